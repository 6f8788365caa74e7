// Parts of a page that follow what happens: an element with data-live gets its content from the stream of that address.
// Without this the page shows how things were when it was loaded.
"use strict";

for (const part of document.querySelectorAll("[data-live]")) {
  const lamps = document.querySelectorAll("[data-live-lamp]");
  let source = null;
  const shine = (isOn) => { for (const lamp of lamps) lamp.hidden = !isOn; };
  const show = (event) => {
    // Nothing moves away under somebody's hand.
    if (part.querySelector("details.menu[open]")) return;
    const held = part.contains(document.activeElement) ? document.activeElement : null;
    const open = [...part.querySelectorAll("details[id][open]")].map((fold) => fold.id);
    part.innerHTML = event.data;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (!held) return;
    const same = held.id ? document.getElementById(held.id)
      : [...part.querySelectorAll("a[href]")].find((link) => link.getAttribute("href") === held.getAttribute("href"));
    same?.focus({ preventScroll: true });
  };
  const close = () => {
    source?.close();
    source = null;
    shine(false);
  };
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource(part.dataset.live);
    source.addEventListener("open", () => shine(true));
    source.addEventListener("message", show);
    source.addEventListener("error", () => {
      shine(false);
      if (source?.readyState === EventSource.CLOSED) source = null; // the session has ended, or there are too many
    });
  };
  // A browser has few connections to one server; what nobody sees needs none.
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else open(); });
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}
