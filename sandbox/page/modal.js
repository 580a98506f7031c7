// Modals: the open stack of views of the acting person. The uppermost is shown; what was typed outlives updates of the view.
import { Refused, ask, tell } from "./api.js";
import { drawBlocks } from "./blocks.js";
import { focusMark, freshId, h, restoreFocus } from "./dom.js";
import { optionsOf } from "./message.js";
import { plainText } from "./mrkdwn.js";
import { attempt, carryNotices, notice } from "./notices.js";
import { shown } from "./shown.js";
import { t } from "./words.js";

const typedValues = new Map();
const state = { dialog: null, stack: [], errors: {}, before: null, drawn: "" };

/** Reads the stack again and shows it. */
export async function refreshModals() {
  const as = shown.me.id;
  const answer = await attempt(() => ask("/sandbox/views", { as }));
  if (answer && as === shown.me.id) showModals(answer.views);
}

/** Shows a stack of views, root first; an empty one closes what is open. */
export function showModals(views) {
  const modals = (views || []).filter((view) => view.type === "modal");
  const former = top()?.id;
  state.stack = modals;
  if (!modals.length) return closeDialog();
  if (top().id !== former) state.errors = {};
  if (Object.keys(top().errors || {}).length) state.errors = top().errors;
  const version = JSON.stringify([top(), modals.length, state.errors, shown.me.id]);
  if (version !== state.drawn || !state.dialog) draw(former !== top().id);
  state.drawn = version;
  return undefined;
}

function top() {
  return state.stack[state.stack.length - 1];
}

function valuesOf(view) {
  if (!typedValues.has(view.id)) typedValues.set(view.id, {});
  return typedValues.get(view.id);
}

function openDialog() {
  state.before = document.activeElement;
  state.beforeKey = document.activeElement?.dataset?.focus;
  state.dialog = h("dialog", { class: "modal" });
  state.dialog.addEventListener("cancel", (event) => event.preventDefault());
  state.dialog.addEventListener("keydown", escaped);
  document.body.append(state.dialog);
  state.dialog.showModal();
  carryNotices(state.dialog);
}

function escaped(event) {
  if (event.key !== "Escape" || state.dialog.querySelector(":popover-open")) return;
  event.preventDefault();
  event.stopPropagation();
  close(false);
}

function closeDialog() {
  if (!state.dialog) return;
  carryNotices(document.body);
  state.dialog.close();
  state.dialog.remove();
  state.dialog = null;
  state.errors = {};
  typedValues.clear();
  const again = state.before?.isConnected ? state.before : document.querySelector(`[data-focus="${CSS.escape(state.beforeKey || "composer")}"]`);
  (again || document.getElementById("main")).focus();
}

function draw(isNew) {
  if (!state.dialog) openDialog();
  const mark = isNew ? null : focusMark(state.dialog);
  const scrolled = isNew ? 0 : state.dialog.querySelector(".modal-blocks")?.scrollTop || 0;
  state.dialog.querySelector(".modal-form")?.remove();
  state.dialog.prepend(form(top()));
  state.dialog.querySelector(".modal-blocks").scrollTop = scrolled;
  if (mark) return restoreFocus(state.dialog, mark, state.dialog.querySelector(".modal-close"));
  return focusFirst();
}

function focusFirst() {
  const wrong = state.dialog.querySelector(".block-input.invalid [data-focus], .block-input.invalid input");
  const first = state.dialog.querySelector(".block-input [data-focus]") || state.dialog.querySelector(".modal-blocks [data-focus]");
  (wrong || first || state.dialog.querySelector(".modal-close")).focus();
}

function form(view) {
  const heading = freshId("modal");
  state.dialog.setAttribute("aria-labelledby", heading);
  const depth = state.stack.length;
  const back = depth > 1 ? h("button", { type: "button", class: "icon-button", "aria-label": t("back"), title: t("back"), onClick: () => close(false) }, "‹") : null;
  const cross = h("button", { type: "button", class: "icon-button modal-close", "aria-label": t("close"), title: t("close"), onClick: () => close(true) }, "✕");
  const title = h("h2", { id: heading }, plainText(view.title));
  const blocks = h("div", { class: "modal-blocks", tabindex: "-1" }, drawBlocks(view.blocks, contextOf(view)));
  return h("form", { novalidate: true, class: "modal-form", onSubmit: (event) => submitted(event, view) },
    h("div", { class: "modal-header" }, back, title, cross), blocks, footer(view));
}

function footer(view) {
  const depth = state.stack.length > 1 ? h("span", { class: "modal-depth" }, t("modal.depth", { depth: state.stack.length })) : null;
  const closing = h("button", { type: "button", class: "button", dataset: { focus: "close" }, onClick: () => close(false) }, view.close ? plainText(view.close) : t("cancel"));
  const submit = view.submit ? h("button", { type: "submit", class: "button primary", dataset: { focus: "submit" } }, plainText(view.submit)) : null;
  return h("div", { class: "modal-footer" }, depth, closing, submit);
}

function contextOf(view) {
  const where = { as: shown.me.id, view_id: view.id };
  const values = valuesOf(view);
  return {
    values,
    errors: state.errors,
    send: async (action) => Boolean(await attempt(() => tell("/sandbox/press", { ...where, ...action, state: values }))),
    options: (at, query) => optionsOf(where, at, query),
  };
}

async function close(all) {
  const view = top();
  if (view) await attempt(() => tell("/sandbox/close", { as: shown.me.id, view_id: view.id, whole_stack: all }));
  await refreshModals();
}

// submitting ---------------------------------------------------------------------------------------------------------

async function submitted(event, view) {
  event.preventDefault();
  const errors = missing(view);
  if (Object.keys(errors).length) return showErrors(errors);
  const button = state.dialog.querySelector("[type=submit]");
  if (button.getAttribute("aria-busy")) return undefined;
  button.setAttribute("aria-busy", "true");
  await send(view);
  button.removeAttribute("aria-busy");
  return undefined;
}

async function send(view) {
  try {
    await tell("/sandbox/submit", { as: shown.me.id, view_id: view.id, values: valuesOf(view) });
    state.errors = {};
    await refreshModals();
  } catch (refused) {
    const errors = refused instanceof Refused && refused.answer.errors;
    if (errors && Object.keys(errors).length) showErrors(errors);
    else notice(refused.code ? refused.message : t("unreachable"));
  }
}

function showErrors(errors) {
  state.errors = errors;
  draw(true);
  state.drawn = "";
}

/** What Slack's own client checks before it sends: required, lengths, and the shape of numbers, addresses and links. */
function missing(view) {
  const errors = {};
  view.blocks.forEach((block, index) => {
    if (block.type !== "input") return;
    const id = block.block_id || `block-${index}`;
    const wrong = wrongWith(block, valuesOf(view)[id]?.[block.element.action_id]);
    if (wrong) errors[id] = wrong;
  });
  return errors;
}

function wrongWith(block, value) {
  const { element } = block;
  const empty = value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);
  if (empty) return block.optional ? null : t("required");
  if (typeof value !== "string") return null;
  if (element.min_length && value.length < element.min_length) return t("too.short", { count: element.min_length });
  if (element.max_length && value.length > element.max_length) return t("too.long", { count: element.max_length });
  return wrongShape(element, value);
}

function wrongShape(element, value) {
  if (element.type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(value)) return t("not.email");
  if (element.type === "url_text_input" && !URL.canParse(value)) return t("not.url");
  if (element.type !== "number_input") return null;
  const shape = element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!shape.test(value)) return t("not.number");
  if (element.min_value && Number(value) < Number(element.min_value)) return t("too.small", { value: element.min_value });
  if (element.max_value && Number(value) > Number(element.max_value)) return t("too.large", { value: element.max_value });
  return null;
}
