// What went wrong, said once and loudly; and what is new, said politely to screen readers.
import { h } from "./dom.js";
import { t } from "./words.js";

const SHOWN_FOR = 9000;

/** A notice over the page that goes away by itself or by its button. */
export function notice(text) {
  const close = h("button", { type: "button", class: "icon-button", "aria-label": t("close"), onClick: () => item.remove() }, "✕");
  const item = h("div", { class: "notice" }, h("span", {}, text), close);
  document.getElementById("notices").append(item);
  setTimeout(() => item.remove(), SHOWN_FOR);
}

/** Runs something that asks the sandbox; a refusal becomes a notice. Gives the answer, or null when refused. */
export async function attempt(action) {
  try {
    return await action();
  } catch (refused) {
    notice(refusalText(refused));
    return null;
  }
}

function refusalText(refused) {
  if (refused.code) return refused.message;
  return t("unreachable");
}

/** Takes the regions of notices along to `place`: what lies beneath a modal dialog is neither seen nor read out. */
export function carryNotices(place) {
  place.append(document.getElementById("announcer"), document.getElementById("notices"));
}

export function announce(text) {
  const region = document.getElementById("announcer");
  region.textContent = "";
  // A change in a later frame is what makes a screen reader speak, also when the words are the same.
  requestAnimationFrame(() => (region.textContent = text));
}
