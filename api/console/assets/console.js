// What JavaScript adds: nothing that a page needs. The error summary is what a reader hears first.
const summary = document.getElementById("error-summary");
if (summary) {
  summary.focus();
}

// A page that shows what may change follows the record: when that changes, the page shows it. It never moves the focus,
// and never takes away what somebody reads with the keyboard or has filled in: then it says that something changed, and
// waits. Readers may stop it.
const strip = document.getElementById("live");
if (strip && window.EventSource) {
  const state = strip.querySelector(".app-live__state");
  const news = strip.querySelector(".app-live__news");
  const button = strip.querySelector("button");
  let source = null, last = "", next = "stop", timer = 0, showing = false;

  const say = (what, told, button_, then) => {
    state.textContent = what;
    if (news.textContent !== told) {
      news.textContent = told;
    }
    button.textContent = button_;
    next = then;
  };
  const following = (told) => say("This page follows the record.", told, "Stop following", "stop");
  const stop = () => {
    if (source) {
      source.close();
      source = null;
    }
  };
  const start = () => {
    stop();
    const address = new URL(strip.dataset.live, location.href);
    if (last) {
      const [after, today] = last.split("@");
      address.searchParams.set("after", after);
      if (today) {
        address.searchParams.set("today", today);
      }
    }
    source = new EventSource(address);
    source.addEventListener("alive", (e) => { last = e.lastEventId; });
    source.addEventListener("changed", (e) => { last = e.lastEventId; changed(); });
    source.addEventListener("end", (e) => {
      stop();
      if (e.data === "slow") {
        say("This page could not keep up with the record, and does not follow it any more.", "The record has changed.", "Show, and follow again", "show");
      } else {
        say("The register does not tell this page what changes: it is trying again.", "", "Stop following", "stop");
        timer = setTimeout(start, 5000);
      }
    });
    source.onerror = () => {
      if (source && source.readyState === EventSource.CLOSED) {
        stop();
        say("This page does not follow the record.", "", "Follow it", "start");
      }
    };
  };
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(busy() ? wait : show, 250);
  };
  const wait = () => say("This page follows the record.", "The record has changed.", "Show what changed", "show");
  // busy tells whether somebody is in the middle of something that a new content would take away.
  const busy = () => {
    const main = document.getElementById("maincontent");
    if (main.contains(document.activeElement) && document.activeElement !== main || String(getSelection())) {
      return true;
    }
    return [...main.querySelectorAll("input:not([type=hidden]), textarea, select")].some((f) => f.type === "checkbox" || f.type === "radio"
      ? f.checked !== f.defaultChecked : f.tagName === "SELECT" ? [...f.options].some((o) => o.selected !== o.defaultSelected && f.selectedIndex > 0) : f.value !== f.defaultValue);
  };
  const show = async () => {
    if (showing) {
      return;
    }
    showing = true;
    try {
      const here = new URL(location.href);
      here.searchParams.delete("done");
      here.searchParams.delete("min");
      const answer = await fetch(here, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live");
      if (!answer.ok || !fresh) {
        throw new Error(answer.statusText);
      }
      replace(page);
      strip.dataset.live = fresh.dataset.live;
      const at = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
      following("The record changed, and this page with it, at " + at + ".");
      if (!source) {
        last = "";
        start();
      }
    } catch {
      say("This page follows the record.", "The record has changed. Load the page again to see it.", "Show what changed", "show");
    }
    showing = false;
  };
  // replace puts the content of a page in the place of this page's; what was unfolded stays so.
  const replace = (page) => {
    const named = (root) => [...root.querySelectorAll("details")].map((d) => [d, d.querySelector("summary").textContent.trim()]);
    for (const part of [".app-as-at", "#maincontent", ".nhsuk-footer__meta"]) {
      const old = document.querySelector(part), fresh = page.querySelector(part);
      if (!old || !fresh || old.contains(document.activeElement) && part !== "#maincontent") {
        continue;
      }
      const open = named(old).filter(([d]) => d.open).map(([, name]) => name);
      old.replaceChildren(...fresh.childNodes);
      for (const [d, name] of named(old)) {
        d.open = d.open || open.includes(name);
      }
    }
  };
  button.addEventListener("click", () => {
    if (next === "show") {
      show();
    } else if (next === "start") {
      following("");
      start();
    } else {
      clearTimeout(timer);
      stop();
      say("This page does not follow the record.", "", "Follow it", "start");
    }
  });
  // A browser has few connections for each site: a page that nobody sees leaves its own to others.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      stop();
    } else if (next !== "start" && !source) {
      start();
    }
  });
  addEventListener("pagehide", stop);
  strip.hidden = false;
  following("");
  start();
}
