// Things to try: who, where, what; a press goes there and writes it, Enter is left to the person.
import { h } from "./dom.js";
import { isNarrow } from "./screens.js";
import { channelNamed, go, personNamed, shown } from "./shown.js";
import { t } from "./words.js";

const DISMISSED = "signpost-things-dismissed";

const THINGS = [
  { key: "ask", as: "alice", channel: "ask-it", text: "how do I enroll my iPhone?" },
  { key: "dutch", as: "bram", channel: "ask-it", text: "hoe meld ik mijn Android-telefoon aan?" },
  { key: "chinese", as: "mei", channel: "ask-it", text: "如何註冊我的 iPhone？" },
  { key: "nomatch", as: "sven", channel: "ask-it", text: "företagsportalen säger fel 0x80180099 och jag kommer inte vidare, vad gör jag?" },
  { key: "claim", as: "tia", channel: "tier-1", text: "" },
  { key: "home", as: "alice", view: "home" },
];

let written = null;

export function isDismissed() {
  return localStorage.getItem(DISMISSED) === "yes";
}

function dismiss(changed) {
  localStorage.setItem(DISMISSED, "yes");
  changed();
}

export function bringBack() {
  localStorage.removeItem(DISMISSED);
}

/** The list as a card. `changed` is called when it was dismissed. */
export function thingsCard(changed) {
  const close = h("button", { type: "button", class: "icon-button", "aria-label": t("things.dismiss"), title: t("things.dismiss"), onClick: () => dismiss(changed) }, "✕");
  // Folded on a phone, where it would push the conversation away.
  const open = !isNarrow();
  const list = h("details", { open }, h("summary", {}, h("h2", {}, t("things"))), h("ol", {}, THINGS.map(thing)));
  return h("section", { class: "things", "aria-label": t("things") }, list, close);
}

function thing(one) {
  const person = personNamed(one.as);
  const name = person ? person.real_name : one.as;
  const act = () => begin(one);
  const quote = one.text ? h("span", { class: "thing-quote" }, `“${one.text}”`) : null;
  return h("li", {}, h("button", { type: "button", class: "thing", onClick: act }, h("span", {}, t(`thing.${one.key}`, { name })), quote));
}

function begin(one) {
  const as = personNamed(one.as)?.id || shown.me.id;
  if (one.view) return go({ as, channel: "", view: one.view });
  // Another person may see channels this one does not: ids follow from the name once that person's state is there.
  written = { as, channel: one.channel, text: one.text };
  const channel = channelNamed(one.channel)?.id || "";
  const here = shown.place.as === as && shown.place.channel === channel && channel;
  go({ as, channel });
  if (here) window.dispatchEvent(new HashChangeEvent("hashchange"));
  return undefined;
}

/** What a thing to try wants written, once; and in which channel, by name. */
export function takeWritten() {
  const wanted = written && written.as === shown.me.id ? written : null;
  if (wanted) written = null;
  return wanted;
}
