// Where a person writes: Enter sends, Shift+Enter breaks the line, `@` and `/` offer what fits, files come along.
import { MAX_FILE_BYTES, tell, upload } from "./api.js";
import { freshId, h } from "./dom.js";
import { attempt, notice } from "./notices.js";
import { openMenu } from "./popover.js";
import { personName, shown } from "./shown.js";
import { t } from "./words.js";
import { runCommand, ownCommands } from "./commands.js";
import { icon } from "./icons.js";

const drafts = new Map();
const MOST_OFFERED = 8;

/** `{channel, thread, label, editLast}`; gives `{element, focus, write}`. */
export function createComposer({ channel, thread, label, editLast }) {
  const draftKey = `${shown.me.id}/${channel}/${thread}`;
  const listId = freshId("offers");
  const offers = h("ul", { class: "offers", role: "listbox", id: listId, "aria-label": t("offers"), hidden: true });
  const box = h("textarea", { class: "composer-box", rows: "1", "aria-label": label, placeholder: label, "aria-autocomplete": "list", "aria-controls": listId, dataset: { focus: "composer" } });
  const attached = h("div", { class: "attached" });
  const state = { channel, thread, draftKey, offers, box, attached, files: [], active: -1, found: [], sending: false, editLast };
  box.value = drafts.get(draftKey) || "";
  box.addEventListener("input", () => written(state));
  box.addEventListener("keydown", (event) => keyed(state, event));
  box.addEventListener("blur", () => setTimeout(() => hideOffers(state), 150));
  box.addEventListener("paste", (event) => attach(state, event.clipboardData.files));
  const element = h("form", { class: "composer", onSubmit: (event) => submitted(state, event) }, offers, attached, box, tools(state));
  requestAnimationFrame(() => grow(box));
  return { element, focus: () => box.focus(), write: (text) => write(state, text) };
}

function tools(state) {
  const chooser = h("input", { type: "file", multiple: true, hidden: true, onChange: (event) => attach(state, event.currentTarget.files) });
  const attachButton = h("button", { type: "button", class: "icon-button", "aria-label": t("attach"), title: t("attach"), onClick: () => chooser.click() }, icon("clip"));
  const shortcutButton = state.thread ? null : h("button", {
    type: "button", class: "icon-button", "aria-label": t("shortcuts"), title: t("shortcuts"), "aria-haspopup": "menu", "aria-expanded": "false",
    onClick: (event) => openMenu(event.currentTarget, shortcutItems(state), t("shortcuts")),
  }, icon("bolt"));
  const send = h("button", { type: "submit", class: "button primary send", "aria-label": t("send"), title: t("send") }, "➤");
  return h("div", { class: "composer-tools" }, chooser, attachButton, shortcutButton, h("span", { class: "composer-hint" }, t("composer.hint")), send);
}

function shortcutItems(state) {
  const global = shown.bot.shortcuts.filter((shortcut) => shortcut.type === "global");
  const shortcuts = global.map((shortcut) => ({ label: shortcut.name, description: shortcut.description, act: () => shortcutRun(shortcut) }));
  const commands = commandOffers("").map((offer) => ({ label: offer.label, description: offer.detail, act: () => write(state, offer.insert) }));
  return shortcuts.length ? [...shortcuts, "-", ...commands] : commands;
}

function shortcutRun(shortcut) {
  return attempt(() => tell("/sandbox/shortcut", { as: shown.me.id, callback_id: shortcut.callback_id }));
}

function write(state, text) {
  state.box.value = text;
  written(state);
  hideOffers(state);
  state.box.focus();
}

function written(state) {
  drafts.set(state.draftKey, state.box.value);
  grow(state.box);
  offer(state);
}

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 240)}px`;
}

// completion ---------------------------------------------------------------------------------------------------------

function offer(state) {
  const before = state.box.value.slice(0, state.box.selectionStart);
  const mention = /(^|[\s(])@([\p{L}\p{N}._-]*)$/u.exec(before);
  const command = state.thread ? null : /^\/(\S*)$/.exec(before);
  if (command) return showOffers(state, commandOffers(command[1]), 0);
  if (mention) return showOffers(state, mentionOffers(mention[2]), before.length - mention[2].length - 1);
  return hideOffers(state);
}

function commandOffers(typed) {
  const bots = shown.bot.commands.map((one) => ({ name: one.command, detail: [one.usage_hint, one.description].filter(Boolean).join(" · ") }));
  const all = [...bots, ...ownCommands()];
  const fitting = all.filter((one) => one.name.slice(1).startsWith(typed.toLowerCase()));
  return fitting.map((one) => ({ label: one.name, detail: one.detail, insert: `${one.name} ` }));
}

function mentionOffers(typed) {
  const wanted = typed.toLowerCase();
  const people = [...shown.people.values(), { id: shown.bot.user_id, name: "signpost", real_name: shown.bot.name }];
  const unique = new Map(people.filter((person) => !person.deleted && person.id).map((person) => [person.id, person]));
  const fitting = [...unique.values()].filter((person) => person.name.startsWith(wanted) || personName(person.id).toLowerCase().includes(wanted));
  const bot = (person) => (person.id === shown.bot.user_id ? 0 : 1);
  fitting.sort((one, other) => bot(one) - bot(other));
  return fitting.map((person) => ({ label: personName(person.id), detail: `@${person.name}`, insert: `@${person.name} ` }));
}

function showOffers(state, found, from) {
  state.found = found.slice(0, MOST_OFFERED);
  state.from = from;
  if (!state.found.length) return hideOffers(state);
  const rows = state.found.map((one, index) => h("li", { role: "option", id: freshId("offer"), onMousedown: (event) => event.preventDefault(), onClick: () => take(state, index) },
    h("span", {}, one.label), h("span", { class: "offer-detail" }, one.detail)));
  state.offers.replaceChildren(...rows);
  state.offers.hidden = false;
  activate(state, 0);
  return undefined;
}

function hideOffers(state) {
  state.offers.hidden = true;
  state.found = [];
  state.box.removeAttribute("aria-activedescendant");
}

function activate(state, index) {
  state.active = (index + state.found.length) % state.found.length;
  [...state.offers.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === state.active)));
  const row = state.offers.children[state.active];
  state.box.setAttribute("aria-activedescendant", row.id);
  row.scrollIntoView({ block: "nearest" });
}

function take(state, index) {
  const { box } = state;
  const caret = box.selectionStart;
  box.setRangeText(state.found[index].insert, state.from, caret, "end");
  hideOffers(state);
  written(state);
  hideOffers(state);
  box.focus();
}

// sending ------------------------------------------------------------------------------------------------------------

function keyed(state, event) {
  if (event.isComposing) return;
  if (state.found.length && offerKey(state, event)) return;
  if (event.key === "ArrowUp" && !state.box.value) {
    event.preventDefault();
    state.editLast();
  }
  if (event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  send(state);
}

function offerKey(state, event) {
  const acts = {
    ArrowDown: () => activate(state, state.active + 1),
    ArrowUp: () => activate(state, state.active - 1),
    Enter: () => take(state, state.active),
    Tab: () => take(state, state.active),
    Escape: () => hideOffers(state),
  };
  // Enter on a command that is already whole runs it.
  const whole = event.key === "Enter" && state.found[state.active].insert.trim() === state.box.value.trim();
  if (!(event.key in acts) || whole) return false;
  event.preventDefault();
  event.stopPropagation();
  acts[event.key]();
  return true;
}

function submitted(state, event) {
  event.preventDefault();
  send(state);
}

async function send(state) {
  const text = state.box.value;
  if ((!text.trim() && !state.files.length) || state.sending) return;
  state.sending = true;
  const sent = await attempt(() => deliver(state, text));
  state.sending = false;
  if (!sent) return;
  state.files = [];
  state.attached.replaceChildren();
  if (state.box.value === text) write(state, "");
}

async function deliver(state, text) {
  if (/^\/[a-z]/i.test(text)) return runCommand(state.channel, text, state.thread);
  const files = [];
  for (const file of state.files) files.push((await upload(shown.me.id, file)).id);
  return tell("/sandbox/say", { as: shown.me.id, channel: state.channel, text, thread_ts: state.thread || undefined, files: files.length ? files : undefined });
}

function attach(state, files) {
  for (const file of files) {
    if (file.size > MAX_FILE_BYTES) notice(t("file.too.big", { name: file.name, size: MAX_FILE_BYTES / 1_000_000 }));
    else state.files.push(file);
  }
  state.attached.replaceChildren(...state.files.map((file) => attachedNode(state, file)));
}

function attachedNode(state, file) {
  const remove = () => {
    state.files = state.files.filter((one) => one !== file);
    state.attached.replaceChildren(...state.files.map((one) => attachedNode(state, one)));
    state.box.focus();
  };
  return h("span", { class: "file" }, icon("file"), " ", file.name, h("button", { type: "button", class: "icon-button", "aria-label": t("remove", { name: file.name }), onClick: remove }, "✕"));
}
