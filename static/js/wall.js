// The pledge wall asks for its newest figures every five seconds. Without this file the link "Show the newest" does it.
(function () {
  "use strict";
  var part = document.getElementById("wall-now");
  var late = document.getElementById("wall-late");
  if (!part || !window.fetch) return;
  var every = 5000, tag = "", failures = 0, timer = 0;

  function draw(html) {
    var before = part.querySelector(".wall-list li b");
    part.innerHTML = html; // our own template, escaped by the server
    var after = part.querySelector(".wall-list li");
    if (after && (!before || before.textContent !== after.querySelector("b").textContent)) after.className = "is-new";
  }

  function ask() {
    window.clearTimeout(timer);
    if (document.hidden) return;
    fetch(part.dataset.now, { headers: tag ? { "If-None-Match": tag } : {}, credentials: "omit" })
      .then(function (answer) {
        if (answer.status === 304) return null;
        if (!answer.ok) throw new Error(answer.status);
        tag = answer.headers.get("ETag") || "";
        return answer.text();
      })
      .then(function (html) {
        failures = 0;
        if (html !== null) draw(html);
      })
      .catch(function () { failures += 1; })
      .then(function () {
        late.hidden = failures < 3;
        timer = window.setTimeout(ask, every);
      });
  }

  document.addEventListener("visibilitychange", ask);
  ask();
})();
