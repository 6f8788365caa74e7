// Boards: says when there is no network, and moves the focus with the arrow keys. Buttons work without it.
"use strict";

// A press that cannot go out is not kept for later: whoever pressed is told so, and presses again.
const offline = document.getElementById("offline");
if (offline) {
  const show = () => { offline.hidden = navigator.onLine; };
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || !event.target.matches("[data-press]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    show();
  }, true);
}

// Arrow keys go to the nearest tile in their direction; Home and End to the first and the last.
const TOWARDS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
document.addEventListener("keydown", (event) => {
  const tile = event.target.closest(".board .tile");
  if (!tile || event.altKey || event.ctrlKey || event.metaKey) return;
  const tiles = [...document.querySelectorAll(".board .tile")];
  let next;
  if (event.key === "Home") next = tiles[0];
  else if (event.key === "End") next = tiles.at(-1);
  else if (TOWARDS[event.key]) next = nearest(tile, tiles, TOWARDS[event.key]);
  else return;
  event.preventDefault();
  next?.focus();
});

function nearest(from, tiles, [right, down]) {
  const middle = (tile) => {
    const box = tile.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [x, y] = middle(from);
  let best;
  let least = Infinity;
  for (const tile of tiles) {
    const [otherX, otherY] = middle(tile);
    const ahead = (otherX - x) * right + (otherY - y) * down;
    const aside = Math.abs((otherX - x) * down) + Math.abs((otherY - y) * right);
    if (tile === from || ahead < 2) continue;
    const far = ahead + 3 * aside;
    if (far < least) { least = far; best = tile; }
  }
  return best;
}

// The payload: whether it is JSON, as it is typed. The server looks again when it is saved.
const json = document.getElementById("json");
const state = document.getElementById("json-state");
if (json && state) {
  const judge = () => {
    const text = json.value.trim();
    let said = state.dataset.none;
    let tone = "";
    if (text) {
      try {
        JSON.parse(text);
        said = state.dataset.valid;
        tone = "ok";
      } catch (error) {
        tone = "bad";
        said = state.dataset.invalid;
        const place = placeOf(error.message, text);
        if (place) said += ` ${state.dataset.place.replace("{0}", place[0]).replace("{1}", place[1])}`;
      }
    }
    state.className = `small json-state tone ${tone}`;
    if (state.textContent !== said) state.textContent = said;
    if (tone === "bad") json.setAttribute("aria-invalid", "true");
    else json.removeAttribute("aria-invalid");
  };
  json.addEventListener("input", judge);
  if (json.value) judge();
}

/** Where a browser found that it is no JSON: line and column, if it says so. */
function placeOf(message, text) {
  const named = message.match(/line (\d+) column (\d+)/);
  if (named) return [named[1], named[2]];
  const offset = message.match(/position (\d+)/);
  const at = offset ? Number(offset[1]) : /end of (JSON|data)/i.test(message) ? text.length : -1;
  if (at < 0) return null;
  const before = text.slice(0, at).split("\n");
  return [before.length, before.at(-1).length + 1];
}
