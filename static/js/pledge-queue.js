// A pledge that cannot be sent for lack of a connection is kept in this browser, and sent when there is one. The page's
// key goes with it, so that the server makes one pledge of it however often it comes. Without this file a plain submit.
(function () {
  "use strict";
  var form = document.querySelector("form[data-queue]");
  var box = document.getElementById("queue");
  if (!form || !box || !window.fetch || !window.URLSearchParams) return;
  var PREFIX = "first-rung-pledge-", DAY = 24 * 3600 * 1000, PATIENCE = 20000, AGAIN = 20000;
  var button = form.querySelector("button"), words = button.textContent;
  var sending = false, flushing = false;

  function busy(on) {
    sending = on;
    button.textContent = on ? box.dataset.sending : words;
  }

  // Kept before it is sent, so that a tab that closes loses nothing. Each in an item of its own: two tabs never meet.
  function keep(pledge) {
    try { localStorage.setItem(PREFIX + pledge.key, JSON.stringify(pledge)); } catch (error) { return false; }
    return true;
  }

  function drop(pledge) {
    try { localStorage.removeItem(PREFIX + pledge.key); } catch (error) { /* it was never kept */ }
  }

  // Those that wait, the oldest first; not the one that some tab is sending just now. After a day they are deleted.
  function waiting() {
    var found = [];
    try {
      Object.keys(localStorage).forEach(function (name) {
        if (name.indexOf(PREFIX) !== 0) return;
        var pledge = JSON.parse(localStorage.getItem(name));
        var age = Date.now() - pledge.at;
        if (age > DAY) localStorage.removeItem(name);
        else if (pledge.failed || age > PATIENCE) found.push(pledge);
      });
    } catch (error) { /* this browser keeps nothing */ }
    return found.sort(function (one, other) { return one.at - other.at; });
  }

  // Resolves to the address of the saved pledge, or "" when somebody has to look at it. Rejects: try again.
  function send(pledge) {
    var stop = window.AbortController ? new AbortController() : null;
    var options = { method: "POST", body: new URLSearchParams(pledge.fields), credentials: "same-origin" };
    if (stop) options.signal = stop.signal;
    setTimeout(function () { if (stop) stop.abort(); }, PATIENCE);
    return fetch(pledge.url, options).then(function (answer) {
      if (answer.ok && answer.redirected && new URL(answer.url).pathname.indexOf("/k/") === 0) return answer.url;
      if (answer.status >= 500 || answer.status === 429) throw new Error("later");
      return answer.text().then(function (page) {
        if (page.indexOf('name="key"') < 0) throw new Error("not ours"); // the sign-in page of a hall's Wi-Fi
        return "";
      });
    });
  }

  function say(what, link, go) {
    var line = document.createElement("p"), anchor = document.createElement("a");
    line.className = "panel";
    line.appendChild(document.createTextNode(what + " "));
    if (link) {
      anchor.href = typeof go === "string" ? go : "#main";
      anchor.textContent = link;
      if (typeof go !== "string") anchor.addEventListener("click", go);
      line.appendChild(anchor);
    }
    box.textContent = "";
    box.appendChild(line);
  }

  function submitPlainly(pledge) {
    var plain = document.createElement("form");
    plain.method = "post";
    plain.action = pledge.url;
    pledge.fields.forEach(function (field) {
      var input = document.createElement("input");
      input.type = "hidden";
      input.name = field[0];
      input.value = field[1];
      plain.appendChild(input);
    });
    document.body.appendChild(plain);
    drop(pledge);
    plain.submit();
  }

  function flush() {
    var next = waiting()[0];
    if (!next) return Promise.resolve();
    say(box.dataset.kept);
    return send(next).then(function (address) {
      if (!address) return say(box.dataset.look, box.dataset.open, function () { submitPlainly(next); });
      drop(next);
      say(box.dataset.sent, box.dataset.link, address);
      return flush();
    });
  }

  // One tab at a time where the browser can tell; elsewhere the key alone sees to it.
  function tryAgain() {
    if (flushing || !waiting().length) return;
    flushing = true;
    var done = function () { flushing = false; };
    var work = function (lock) { return lock ? flush().catch(done) : null; };
    var ran = navigator.locks ? navigator.locks.request("first-rung-pledges", { ifAvailable: true }, work) : work(true);
    ran.then(done, done);
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (sending) return;
    busy(true);
    var pledge = { key: form.elements.key.value, url: form.action, fields: [], at: Date.now() };
    new FormData(form).forEach(function (value, name) { pledge.fields.push([name, value]); });
    if (!keep(pledge)) return form.submit();
    send(pledge).then(function (address) {
      drop(pledge);
      if (address) location.assign(address);
      else form.submit(); // something to put right, or made before: the server's own page says so
    }, function () {
      busy(false);
      pledge.failed = true;
      keep(pledge);
      form.hidden = true;
      say(box.dataset.kept);
      box.focus();
    });
  });

  window.addEventListener("online", tryAgain);
  window.addEventListener("pageshow", function () { busy(false); });
  // Another tab has kept one, or sent it.
  window.addEventListener("storage", function () {
    if (waiting().length) say(box.dataset.kept);
    else if (form.hidden && !flushing) say(box.dataset.sent);
  });
  setInterval(tryAgain, AGAIN);
  tryAgain();
})();
