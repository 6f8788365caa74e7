// What pages can do beyond HTML. Everything works without it; nothing here is needed to see or to save.
"use strict";

// Copy buttons: the text of the element that they name.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const text = source.value ?? source.textContent;
  navigator.clipboard.writeText(text).then(() => {
    const label = button.querySelector("span");
    const before = label.textContent;
    label.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = before; }, 2000);
  });
});

// One menu at a time, and Escape closes it where the focus came from.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// The tree of events: search, and the box of a group, which stands for all of it.
for (const tree of document.querySelectorAll(".tree")) {
  const boxes = (group) => [...group.querySelectorAll("li input")];
  for (const group of tree.querySelectorAll(".group")) {
    const all = group.querySelector(".box input");
    const count = group.querySelector(".count");
    const show = () => {
      const chosen = boxes(group).filter((box) => box.checked).length;
      all.checked = chosen > 0 && chosen === boxes(group).length;
      count.textContent = count.dataset.of.replace("{0}", chosen);
    };
    all.addEventListener("change", () => {
      for (const box of boxes(group)) box.checked = all.checked;
      show();
    });
    group.querySelector("ul").addEventListener("change", show);
    show();
  }
  const search = tree.querySelector("input[type=search]");
  search?.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const group of tree.querySelectorAll(".group")) {
      let found = 0;
      for (const item of group.querySelectorAll("li")) {
        item.hidden = !item.textContent.toLowerCase().includes(wanted);
        if (!item.hidden) found += 1;
      }
      group.hidden = found === 0;
      if (wanted && found) group.querySelector("details").open = true;
    }
  });
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  else if (form.method === "post") form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// The code of a single-use link is behind the #, which browsers send to nobody: put it into the form, and out of sight.
const signIn = document.getElementById("sign-in");
const code = new URLSearchParams(location.hash.slice(1)).get("key");
if (signIn && code) {
  history.replaceState(null, "", location.pathname);
  signIn.elements.key.value = code;
  signIn.requestSubmit();
}

// The same where more is asked than the code.
const asking = document.querySelector("form[data-hash]");
const given = asking && new URLSearchParams(location.hash.slice(1)).get(asking.dataset.hash);
if (given) {
  history.replaceState(null, "", location.pathname);
  asking.elements[asking.dataset.hash].value = given;
  if ("send" in asking.dataset) asking.requestSubmit();
}

// In a frame: whoever holds it is told how tall the page is. The policy of the page lets nobody else hold it, and what is told
// is for the origin that asked.
if (window.parent !== window) {
  document.documentElement.classList.add("framed");
  let watching = false;
  window.addEventListener("message", (event) => {
    if (watching || event.source !== window.parent || event.data?.type !== "tidings-portal:hello") return;
    watching = true;
    const tell = () => window.parent.postMessage({ type: "tidings-portal:height", height: document.body.offsetHeight }, event.origin);
    new ResizeObserver(tell).observe(document.body);
  });
}
