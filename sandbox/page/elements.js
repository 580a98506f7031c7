// Block Kit's interactive elements. Each keeps its answer in `context.values[block_id][action_id]` (plain values, as
// docs/sandbox-api.md names them) and hands presses to `context.send`.
import { fromWallClock, toWallClock } from "./dates.js";
import { confirmed } from "./dialogs.js";
import { freshId, h, hiddenText } from "./dom.js";
import { fileChooser } from "./filechooser.js";
import { plainText, textObject } from "./mrkdwn.js";
import { openMenu, openPanel } from "./popover.js";
import { channelName, personName, shown } from "./shown.js";
import { t } from "./words.js";

const SINGLE_LINE = { email_text_input: "email", url_text_input: "url", number_input: "text" };

const DRAWN = {
  button,
  workflow_button: button,
  overflow,
  static_select: select,
  external_select: externalSelect,
  users_select: select,
  conversations_select: select,
  channels_select: select,
  multi_static_select: multiSelect,
  multi_external_select: multiSelect,
  multi_users_select: multiSelect,
  multi_conversations_select: multiSelect,
  multi_channels_select: multiSelect,
  checkboxes,
  radio_buttons: radios,
  datepicker: (at) => picker(at, "date", at.element.initial_date),
  timepicker: (at) => picker(at, "time", at.element.initial_time),
  datetimepicker,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  file_input: fileInput,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
};

/**
 * Draws one element. `context` is `{values, send(action), busy}`; `labelled` holds `aria-*` attributes that name the element
 * (an input block's label and errors).
 */
export function drawElement(element, blockId, context, labelled = {}) {
  const draw = DRAWN[element.type];
  if (!draw) return h("span", { class: "unknown" }, t("unknown.element", { type: element.type }));
  return draw({ element, blockId, context, labelled });
}

export function isInteractive(element) {
  return element.type in DRAWN;
}

function focusKey({ element, blockId }, part = "") {
  return [blockId, element.action_id, part].join("/");
}

function kept({ element, blockId, context }, initial) {
  const block = (context.values[blockId] ||= {});
  if (!(element.action_id in block) && initial !== undefined && initial !== null) block[element.action_id] = initial;
  return block[element.action_id];
}

function keep({ element, blockId, context }, value) {
  (context.values[blockId] ||= {})[element.action_id] = value;
}

/** Asks for confirmation where the element wants it, then sends the press. False when the person backed out. */
async function press({ element, blockId, context }, value) {
  if (!(await confirmed(element.confirm))) return false;
  const action = { block_id: blockId, action_id: element.action_id, type: element.type };
  if (value !== undefined) action.value = value;
  return context.send(action);
}

// A chosen value: kept, and sent unless the element sits in an input block that does not dispatch.
async function chosen(at, value) {
  const before = kept(at);
  keep(at, value);
  if (at.labelled.silent) return true;
  if (await press(at, value)) return true;
  keep(at, before);
  return false;
}

function naming(labelled, fallback) {
  const { silent: _silent, dispatch: _dispatch, ...attributes } = labelled;
  if (attributes["aria-labelledby"] || attributes.id || !fallback) return attributes;
  return { ...attributes, "aria-label": fallback };
}

async function busyWhile(control, work) {
  control.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    control.removeAttribute("aria-busy");
  }
}

// buttons ------------------------------------------------------------------------------------------------------------

function button(at) {
  const { element } = at;
  const style = element.style ? ` ${element.style}` : "";
  const attributes = { class: `button block-button${style}`, "aria-label": element.accessibility_label, dataset: { focus: focusKey(at), action: element.action_id } };
  const act = (event) => busyWhile(event.currentTarget, () => press(at));
  if (!element.url) return h("button", { type: "button", ...attributes, onClick: act }, plainText(element.text));
  return h("a", { href: element.url, target: "_blank", rel: "noopener noreferrer", ...attributes, onClick: act }, plainText(element.text), hiddenText(t("opens.elsewhere")));
}

function overflow(at) {
  const items = () => at.element.options.map((option) => ({
    label: plainText(option.text),
    description: option.description ? plainText(option.description) : null,
    act: () => overflowChosen(at, option),
  }));
  return h("button", {
    type: "button", class: "button overflow", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": t("more.choices"),
    dataset: { focus: focusKey(at), action: at.element.action_id },
    onClick: (event) => openMenu(event.currentTarget, items(), t("more.choices")),
  }, "⋯");
}

function overflowChosen(at, option) {
  if (option.url) window.open(option.url, "_blank", "noopener");
  return press(at, option.value);
}

function feedbackButtons(at) {
  const pressed = kept(at);
  const choice = (kind, sign) => {
    const option = at.element[`${kind}_button`];
    return h("button", {
      type: "button", class: "button feedback", "aria-label": option.accessibility_label || option.text.text, title: option.text.text,
      "aria-pressed": String(pressed === option.value), dataset: { focus: focusKey(at, kind), action: at.element.action_id },
      onClick: (event) => feedbackGiven(at, option, event.currentTarget),
    }, sign, h("span", {}, plainText(option.text)));
  };
  return h("span", { class: "feedback-buttons", role: "group", "aria-label": t("feedback") }, choice("positive", "👍 "), choice("negative", "👎 "));
}

async function feedbackGiven(at, option, control) {
  keep(at, option.value);
  for (const other of control.parentElement.children) other.setAttribute("aria-pressed", String(other === control));
  await busyWhile(control, () => press(at, option.value));
}

function iconButton(at) {
  const { element } = at;
  const visible = element.visible_to_user_ids;
  if (visible && !visible.includes(shown.me.id)) return h("span", { hidden: true });
  return h("button", {
    type: "button", class: "button", "aria-label": element.accessibility_label || element.text.text, dataset: { focus: focusKey(at), action: element.action_id },
    onClick: (event) => busyWhile(event.currentTarget, () => press(at)),
  }, element.icon === "trash" ? "🗑 " : "", plainText(element.text));
}

// selects ------------------------------------------------------------------------------------------------------------

const simple = (value, label) => ({ value, label });

function peopleOptions() {
  return [...shown.people.values()].filter((person) => !person.deleted).map((person) => simple(person.id, personName(person.id)));
}

function channelOptions(kinds) {
  const visible = [...shown.channels.values()].filter((channel) => kinds.includes(channel.kind) && !channel.is_archived);
  return visible.map((channel) => simple(channel.id, `#${channelName(channel.id)}`));
}

function conversationOptions(element) {
  const include = element.filter?.include || ["public", "private", "im"];
  const direct = shown.dms.filter((dm) => !(element.filter?.exclude_bot_users && dm.is_app)).map((dm) => simple(dm.id, personName(dm.with)));
  return [...channelOptions(include), ...(include.includes("im") ? direct : [])];
}

/** `[{label, options: [{value, label, description}]}]`; one group without label when the element has none. */
function groupsOf(element) {
  const kind = element.type.replace(/^multi_/, "");
  if (kind === "users_select") return [{ options: peopleOptions() }];
  if (kind === "channels_select") return [{ options: channelOptions(["public"]) }];
  if (kind === "conversations_select") return [{ options: conversationOptions(element) }];
  if (element.option_groups) return element.option_groups.map((group) => ({ label: group.label.text, options: group.options.map(plainOption) }));
  return [{ options: (element.options || []).map(plainOption) }];
}

function plainOption(option) {
  return { value: option.value, label: wordsOf(option.text), description: option.description ? wordsOf(option.description) : "" };
}

function wordsOf(object) {
  return textObject(object).textContent;
}

function initialChoice(element, context) {
  if (element.default_to_current_conversation && context.channel) return context.channel;
  return element.initial_option?.value ?? element.initial_user ?? element.initial_channel ?? element.initial_conversation;
}

function select(at) {
  const { element, context } = at;
  const now = kept(at, initialChoice(element, context));
  const groups = groupsOf(element);
  const placeholder = element.placeholder?.text || t("choose");
  const first = h("option", { value: "" }, placeholder);
  const control = h("select", {
    class: "select", ...naming(at.labelled, placeholder), dataset: { focus: focusKey(at), action: element.action_id },
    onChange: (event) => selected(at, event.currentTarget),
  }, first, groups.map(optionGroup));
  control.value = now ?? "";
  return control;
}

function optionGroup(group) {
  const options = group.options.map((option) => h("option", { value: option.value }, option.description ? `${option.label} · ${option.description}` : option.label));
  return group.label ? h("optgroup", { label: group.label }, options) : options;
}

async function selected(at, control) {
  const before = kept(at);
  const value = control.value || null;
  if (value === null && !at.labelled.silent) return;
  const done = await busyWhile(control, () => chosen(at, value));
  if (!done) control.value = before ?? "";
}

function externalSelect(at) {
  const holder = h("span", { class: "external" });
  const control = select({ ...at, element: { ...at.element, options: at.element.initial_option ? [at.element.initial_option] : [] } });
  const search = h("input", {
    type: "search", class: "input", "aria-label": t("search.choices"), placeholder: t("search.choices"),
    onInput: async (event) => refill(control, await at.context.options(at, event.currentTarget.value)),
  });
  holder.append(search, control);
  return holder;
}

function refill(control, answer) {
  const groups = groupsOf({ type: "static_select", options: answer.options, option_groups: answer.option_groups });
  control.replaceChildren(control.firstElementChild, ...groups.flatMap(optionGroup));
}

// several choices ----------------------------------------------------------------------------------------------------

function initialChoices(element) {
  const options = element.initial_options?.map((option) => option.value);
  return options ?? element.initial_users ?? element.initial_channels ?? element.initial_conversations ?? [];
}

function multiSelect(at) {
  const { element } = at;
  const now = kept(at, initialChoices(element)) || [];
  const all = groupsOf(element).flatMap((group) => group.options);
  const summary = h("span", { class: "multi-summary" }, multiSummary(all, now, element));
  return h("button", {
    type: "button", class: "select multi", "aria-haspopup": "dialog", "aria-expanded": "false", ...multiNaming(at, summary),
    dataset: { focus: focusKey(at), action: element.action_id },
    onClick: (event) => openChoices(at, event.currentTarget, summary),
  }, summary);
}

function multiNaming(at, summary) {
  summary.id = freshId("chosen");
  const label = at.labelled["aria-labelledby"];
  const { "aria-invalid": _invalid, "aria-required": _required, ...attributes } = naming(at.labelled, null);
  return label ? { ...attributes, "aria-labelledby": `${label} ${summary.id}` } : attributes;
}

function multiSummary(all, values, element) {
  if (!values.length) return element.placeholder?.text || t("choose");
  return values.map((value) => all.find((option) => option.value === value)?.label || value).join(", ");
}

function openChoices(at, anchor, summary) {
  const { element } = at;
  const all = groupsOf(element).flatMap((group) => group.options);
  const before = kept(at) || [];
  const picked = new Set(before);
  const rows = all.map((option) => choiceRow("checkbox", option.label, picked.has(option.value), (checked) => {
    if (checked) picked.add(option.value);
    else picked.delete(option.value);
    limit(rows, picked, element.max_selected_items);
  }));
  limit(rows, picked, element.max_selected_items);
  const panel = h("div", { class: "choices", role: "dialog", "aria-label": element.placeholder?.text || t("choose") }, filterInput(rows), h("div", { class: "choice-list", role: "group" }, rows));
  openPanel(anchor, panel, async () => {
    const values = all.map((option) => option.value).filter((value) => picked.has(value));
    if (values.join("\n") === before.join("\n")) return;
    const done = await chosen(at, values);
    summary.textContent = multiSummary(all, done ? values : before, element);
  });
  panel.querySelector("input").focus();
}

function limit(rows, picked, most) {
  for (const row of rows) {
    const box = row.querySelector("input");
    box.disabled = Boolean(most) && picked.size >= most && !box.checked;
  }
}

function filterInput(rows) {
  const narrow = (event) => {
    const wanted = event.currentTarget.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  };
  return h("input", { type: "search", class: "input", "aria-label": t("search.choices"), placeholder: t("search.choices"), onInput: narrow });
}

function choiceRow(type, label, checked, change) {
  const box = h("input", { type, checked, onChange: (event) => change(event.currentTarget.checked) });
  return h("label", { class: "choice" }, box, h("span", {}, label));
}

function optionLabel(option) {
  const description = option.description ? h("span", { class: "option-description" }, textObject(option.description)) : null;
  return h("span", {}, textObject(option.text), description);
}

function checkboxes(at) {
  const now = new Set(kept(at, initialChoices(at.element)) || []);
  const change = async (option, checked, box) => {
    const before = [...now];
    if (checked) now.add(option.value);
    else now.delete(option.value);
    const values = at.element.options.map((one) => one.value).filter((value) => now.has(value));
    if (await chosen(at, values)) return;
    box.checked = !checked;
    now.clear();
    before.forEach((value) => now.add(value));
  };
  return optionFieldset(at, "checkbox", (option) => now.has(option.value), change);
}

function radios(at) {
  const now = kept(at, at.element.initial_option?.value);
  const change = (option) => chosen(at, option.value);
  return optionFieldset(at, "radio", (option) => option.value === now, change);
}

function optionFieldset(at, type, isChecked, change) {
  const name = freshId("group");
  const role = type === "radio" ? "radiogroup" : "group";
  const rows = at.element.options.map((option) => {
    const dataset = { focus: focusKey(at, option.value), action: at.element.action_id };
    const box = h("input", { type, name, value: option.value, checked: isChecked(option), dataset, onChange: () => change(option, box.checked, box) });
    return h("label", { class: "choice" }, box, optionLabel(option));
  });
  const { "aria-invalid": _invalid, "aria-required": _required, ...allowed } = naming(at.labelled, t("choose"));
  return h("div", { class: "choices-inline", role, ...allowed }, rows);
}

// dates and text -----------------------------------------------------------------------------------------------------

function picker(at, type, initial) {
  const placeholder = at.element.placeholder?.text || t(`pick.${type}`);
  return h("input", {
    type, class: "input short", value: kept(at, initial) ?? "", ...naming(at.labelled, placeholder), dataset: { focus: focusKey(at), action: at.element.action_id },
    onChange: (event) => event.currentTarget.value && chosen(at, event.currentTarget.value),
  });
}

function datetimepicker(at) {
  const now = kept(at, at.element.initial_date_time);
  return h("input", {
    type: "datetime-local", class: "input short", value: now ? toWallClock(now) : "", ...naming(at.labelled, t("pick.datetime")),
    dataset: { focus: focusKey(at), action: at.element.action_id },
    onChange: (event) => event.currentTarget.value && chosen(at, fromWallClock(event.currentTarget.value)),
  });
}

function textInput(at) {
  const { element } = at;
  const triggers = element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  const attributes = {
    class: "input", value: kept(at, element.initial_value) ?? "", placeholder: element.placeholder?.text, minlength: element.min_length, maxlength: element.max_length,
    ...naming(at.labelled, element.placeholder?.text || t("type.here")), dataset: { focus: focusKey(at), action: element.action_id },
    onInput: (event) => typed(at, event.currentTarget.value, triggers),
    onKeydown: (event) => entered(at, event, triggers),
  };
  if (element.multiline) return h("textarea", { rows: "4", ...attributes });
  return h("input", { type: SINGLE_LINE[element.type] || "text", inputmode: element.type === "number_input" ? "decimal" : null, ...attributes });
}

function typed(at, value, triggers) {
  keep(at, value || null);
  if (at.labelled.dispatch && triggers.includes("on_character_entered")) press(at, value);
}

function entered(at, event, triggers) {
  if (event.key !== "Enter" || event.isComposing || at.element.multiline) return;
  if (!at.labelled.dispatch) return;
  event.preventDefault();
  if (triggers.includes("on_enter_pressed")) press(at, event.currentTarget.value);
}

// files --------------------------------------------------------------------------------------------------------------

function fileInput(at) {
  const { "aria-invalid": _invalid, "aria-required": _required, ...named } = naming(at.labelled, null);
  return fileChooser({ named, element: at.element, focus: focusKey(at), files: () => kept(at, []), keep: (files) => keep(at, files) });
}
