// Ctrl+K (or Cmd+K): type a few letters, go there.
import { tell } from "./api.js";
import { showDialog } from "./dialogs.js";
import { freshId, h } from "./dom.js";
import { attempt } from "./notices.js";
import { go, personName, shown } from "./shown.js";
import { t } from "./words.js";

const MOST = 10;

function destinations() {
  const as = shown.me.id;
  const app = { label: `${shown.bot.name} · ${t("tab.home")}`, words: shown.bot.name, act: () => go({ as, channel: "", view: "home" }) };
  const channels = [...shown.channels.values()].map((channel) => ({ label: `#${channel.name}`, words: channel.name, act: () => go({ as, channel: channel.id }) }));
  const people = [...shown.people.values()].filter((person) => person.id !== as && person.kind !== "bot").map((person) => ({ label: personName(person.id), words: `${person.name} ${person.real_name}`, act: () => openDirect(person.id) }));
  return [app, ...channels, ...people];
}

async function openDirect(id) {
  const answer = await attempt(() => tell("/sandbox/dm", { as: shown.me.id, with: id }));
  if (answer) go({ as: shown.me.id, channel: answer.channel.id || answer.channel });
}

/** Opens the jump dialog; choosing goes there, Escape leaves everything as it was. */
export async function openJump() {
  if (document.querySelector("dialog[open]")) return;
  const all = destinations();
  const listId = freshId("jump");
  const state = { found: [], active: 0 };
  const list = h("ul", { id: listId, role: "listbox", class: "jump-list", "aria-label": t("jump.to") });
  const box = h("input", { class: "input", role: "combobox", "aria-expanded": "true", "aria-controls": listId, "aria-autocomplete": "list", "aria-label": t("jump.to"), placeholder: t("jump.hint") });
  const dialog = h("dialog", { class: "jump", "aria-label": t("jump.to") }, box, list);
  const activate = (index) => highlight(state, list, box, index);
  const fill = () => {
    const wanted = box.value.trim().toLowerCase();
    state.found = all.filter((one) => one.words.toLowerCase().includes(wanted)).slice(0, MOST);
    list.replaceChildren(...state.found.map((one, index) => h("li", { role: "option", id: freshId("place"), onClick: () => dialog.close(String(index)) }, one.label)));
    activate(0);
  };
  box.addEventListener("input", fill);
  box.addEventListener("keydown", (event) => keyed(event, state, activate, dialog));
  fill();
  const answer = await showDialog(dialog, box);
  if (answer !== "") state.found[Number(answer)]?.act();
}

function highlight(state, list, box, index) {
  if (!state.found.length) return box.removeAttribute("aria-activedescendant");
  state.active = (index + state.found.length) % state.found.length;
  [...list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === state.active)));
  list.children[state.active].scrollIntoView({ block: "nearest" });
  return box.setAttribute("aria-activedescendant", list.children[state.active].id);
}

function keyed(event, state, activate, dialog) {
  if (event.isComposing) return;
  const acts = { ArrowDown: () => activate(state.active + 1), ArrowUp: () => activate(state.active - 1), Enter: () => state.found.length && dialog.close(String(state.active)) };
  if (!(event.key in acts)) return;
  event.preventDefault();
  acts[event.key]();
}
