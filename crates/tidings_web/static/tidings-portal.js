// <tidings-portal url="https://webhooks.example.com/portal/login#key=…" language="fi" theme="dark"></tidings-portal>
//
// Shows the portal in a frame that is as tall as its page. `url` is a single-use link, made by your server for the customer who
// looks at the page; `language` is en, es, fi, de, pl or it; `theme` is light, dark or system. The portal must allow your
// origin; see docs/embedding.md. It sends the event `tidings-portal-ready` once it is shown.
"use strict";

(() => {
  const HEIGHT_MAX = 20000;

  class TidingsPortal extends HTMLElement {
    static observedAttributes = ["url", "language", "theme"];
    #frame = null;
    #origin = "";

    connectedCallback() {
      addEventListener("message", this);
      this.#open();
    }

    disconnectedCallback() {
      removeEventListener("message", this);
      this.#frame?.remove();
      this.#frame = null;
    }

    attributeChangedCallback(name, before, after) {
      if (!this.#frame || before === after) return;
      // A link works once, so a new language or theme goes on within the session that it has opened.
      if (name === "url") this.#open();
      else this.#frame.src = this.#chosen(new URL("/portal/accounts", this.#origin));
    }

    #chosen(url) {
      const language = this.getAttribute("language");
      const theme = this.getAttribute("theme");
      if (language) url.searchParams.set("lang", language);
      if (theme) url.searchParams.set("theme", theme);
      return url.href;
    }

    #open() {
      let url;
      try {
        url = new URL(this.getAttribute("url") ?? "");
      } catch {
        console.error("tidings-portal: `url` must be a link into the portal");
        return;
      }
      if (!["https:", "http:"].includes(url.protocol) || !url.pathname.startsWith("/portal/")) {
        console.error("tidings-portal: `url` must be a link into the portal");
        return;
      }
      this.#origin = url.origin;
      const frame = document.createElement("iframe");
      frame.title = this.getAttribute("title") ?? "Webhooks";
      frame.allow = "clipboard-write";
      Object.assign(frame.style, { display: "block", width: "100%", height: "40rem", border: "0" });
      // Each page of the portal is asked anew for its height; only that origin hears the question.
      frame.addEventListener("load", () => frame.contentWindow?.postMessage({ type: "tidings-portal:hello" }, this.#origin));
      frame.src = this.#chosen(url);
      this.#frame?.remove();
      this.#frame = frame;
      this.append(frame);
    }

    handleEvent(event) {
      if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== this.#origin) return;
      const height = event.data?.height;
      if (event.data?.type !== "tidings-portal:height" || !Number.isFinite(height)) return;
      this.#frame.style.height = `${Math.min(Math.max(Math.ceil(height), 200), HEIGHT_MAX)}px`;
      this.dispatchEvent(new CustomEvent("tidings-portal-ready", { detail: { height } }));
    }
  }

  if (!customElements.get("tidings-portal")) customElements.define("tidings-portal", TidingsPortal);
})();
