// "Exit this page": the link works without this file. With it, the page goes blank at once, the back button does not
// come back here, and pressing Shift three times within five seconds does the same.
(function () {
  "use strict";
  var link = document.querySelector(".exit-button");
  if (!link) return;
  var presses = [];

  function leave(event) {
    if (event) event.preventDefault();
    document.documentElement.hidden = true;
    window.location.replace(link.href);
  }

  link.addEventListener("click", leave);
  document.addEventListener("keyup", function (event) {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    var now = Date.now();
    presses = presses.filter(function (then) { return now - then < 5000; });
    presses.push(now);
    if (presses.length > 2) leave();
  });
})();
