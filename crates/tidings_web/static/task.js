// How far a task has come: the part of the page that says so is fetched anew until the task has ended.
"use strict";

const FIRST_MS = 700;
const LATER_MS = 2000;

function later(wait) {
  setTimeout(async () => {
    const shown = document.getElementById("task");
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("task");
      // No such part: the session has ended, or the server does not answer as it should. The page says it better.
      if (!next) return location.reload();
      const hasFocus = shown.contains(document.activeElement);
      const isSame = shown.querySelector("button") && next.hasAttribute("data-running");
      if (isSame) {
        shown.querySelector("p").textContent = next.querySelector("p").textContent;
        shown.querySelector("progress").value = next.querySelector("progress").value;
      } else {
        shown.replaceWith(document.adoptNode(next));
        if (hasFocus) next.querySelector("a, button")?.focus();
      }
      if (next.hasAttribute("data-running")) later(LATER_MS);
    } catch {
      later(LATER_MS);
    }
  }, wait);
}

if (document.querySelector("#task[data-running]")) later(FIRST_MS);
