// The middle column: a channel or direct message with its heading, messages and composer; the thread beside it.
import { tell } from "./api.js";
import { createComposer } from "./composer.js";
import { createConversation } from "./conversation.js";
import { confirmed, showDialog } from "./dialogs.js";
import { freshId, h } from "./dom.js";
import { appTabs } from "./home.js";
import { avatar, badges } from "./message.js";
import { attempt } from "./notices.js";
import { openMenu, openPanel } from "./popover.js";
import { showScreen } from "./screens.js";
import { directMessage, go, personName, placeTitle, shown } from "./shown.js";
import { t } from "./words.js";
import { icon } from "./icons.js";

/** A channel's column: `{element, conversation, composer}`; the conversation still has to be loaded. */
export function createChannelView(id) {
  const conversation = createConversation({ channel: id, thread: "" });
  const composer = canWrite(id) ? composerOf(conversation) : null;
  const foot = composer ? composer.element : cannotWrite(id);
  const element = h("div", { class: "column" }, heading(id), conversation.element, foot);
  return { element, conversation, composer };
}

/** The thread's panel, in the same shape. */
export function createThreadView(channel, thread) {
  const conversation = createConversation({ channel, thread });
  const composer = canWrite(channel) ? composerOf(conversation) : null;
  const title = h("div", { class: "column-title" }, h("h2", {}, t("thread")), h("span", { class: "topic" }, placeTitle(channel)));
  const close = h("button", { type: "button", class: "icon-button", "aria-label": t("thread.close"), title: t("thread.close"), dataset: { focus: "thread-close" }, onClick: () => go({ as: shown.me.id, channel }) }, "✕");
  const element = h("div", { class: "column" }, h("div", { class: "column-heading" }, backButton(() => go({ as: shown.me.id, channel })), title, close), conversation.element, composer ? composer.element : cannotWrite(channel));
  return { element, conversation, composer };
}

function composerOf(conversation) {
  const place = placeTitle(conversation.channel);
  const label = conversation.thread ? t("reply.to.thread", { place }) : t("message.to", { place });
  return createComposer({ channel: conversation.channel, thread: conversation.thread, label, editLast: conversation.editLast });
}

/** A way back to the list, shown only where columns are screens. */
export function backButton(act) {
  return h("button", { type: "button", class: "icon-button back", "aria-label": t("back"), onClick: act }, "‹");
}

export function showList() {
  showScreen("list");
  document.querySelector("#sidebar [aria-current], #sidebar .row")?.focus();
}

function canWrite(id) {
  const channel = shown.channels.get(id);
  return channel ? channel.is_member && !channel.is_archived : Boolean(directMessage(id));
}

function cannotWrite(id) {
  const channel = shown.channels.get(id);
  if (!channel) return h("p", { class: "no-composer" }, t("no.such.place"));
  if (channel.is_archived) return h("p", { class: "no-composer" }, t("archived.note"));
  const join = () => attempt(() => tell("/sandbox/join", { as: shown.me.id, channel: id }));
  return h("div", { class: "no-composer" }, h("span", {}, t("not.member", { place: placeTitle(id) })), h("button", { type: "button", class: "button primary", onClick: join }, t("join")));
}

// heading ------------------------------------------------------------------------------------------------------------

function heading(id) {
  const dm = directMessage(id);
  if (dm?.is_app) return h("div", { class: "app-heading" }, h("div", { class: "column-heading" }, backButton(showList), avatar(dm.with), h("div", { class: "column-title" }, h("h2", {}, personName(dm.with)), badges(dm.with))), appTabs("messages"));
  if (dm) return h("div", { class: "column-heading" }, backButton(showList), avatar(dm.with), h("div", { class: "column-title" }, h("h2", {}, personName(dm.with)), badges(dm.with)));
  return channelHeading(id);
}

function channelHeading(id) {
  const channel = shown.channels.get(id);
  const sign = channel?.kind === "private" ? icon("lock") : "#";
  const name = h("h2", {}, h("span", { "aria-hidden": "true" }, sign), channel ? channel.name : id);
  const topic = h("span", { class: "topic" }, [channel?.is_ext_shared ? t("shared") : "", channel?.topic].filter(Boolean).join(" · "));
  const title = h("div", { class: "column-title" }, name, topic);
  return h("div", { class: "column-heading" }, backButton(showList), title, channel ? [membersButton(channel), channelMenu(channel)] : null);
}

function membersButton(channel) {
  const rows = () => channel.members.map((id) => h("li", {}, avatar(id), " ", personName(id), " ", badges(id)));
  const panel = () => h("div", { class: "members", role: "dialog", "aria-label": t("members"), tabindex: "-1" }, h("ul", {}, rows()));
  const open = (event) => {
    const made = panel();
    openPanel(event.currentTarget, made);
    made.focus();
  };
  return h("button", { type: "button", class: "button small", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-label": t("members.count", { count: channel.members.length }), onClick: open }, icon("people"), ` ${channel.members.length}`);
}

function channelMenu(channel) {
  return h("button", {
    type: "button", class: "icon-button", "aria-label": t("channel.actions"), title: t("channel.actions"), "aria-haspopup": "menu", "aria-expanded": "false", dataset: { focus: "channel-menu" },
    onClick: (event) => openMenu(event.currentTarget, channelItems(channel), t("channel.actions")),
  }, "⋮");
}

function channelItems(channel) {
  const act = (what, more = {}) => attempt(() => tell(`/sandbox/${what}`, { as: shown.me.id, channel: channel.id, ...more }));
  if (channel.is_archived) return [{ label: t("unarchive"), act: () => act("unarchive") }];
  if (!channel.is_member) return [{ label: t("join"), act: () => act("join") }];
  const bot = channel.bot_is_member ? [] : [{ label: t("invite.bot", { name: shown.bot.name }), act: () => act("invite", { user: shown.bot.user_id }) }];
  return [
    ...bot,
    { label: t("invite.person"), act: () => invitePerson(channel, act) },
    { label: t("rename"), act: () => rename(channel, act) },
    "-",
    { label: t("leave"), act: () => act("leave") },
    { label: t("archive"), danger: true, act: () => archive(channel, act) },
  ];
}

async function archive(channel, act) {
  const plain = (text) => ({ type: "plain_text", text });
  const sure = await confirmed({ title: plain(t("archive")), text: plain(t("archive.sure", { place: `#${channel.name}` })), confirm: plain(t("archive")), deny: plain(t("cancel")), style: "danger" });
  if (sure) await act("archive");
}

async function rename(channel, act) {
  const name = await answered(t("rename"), h("input", { class: "input", value: channel.name, maxlength: "80" }));
  if (name && name !== channel.name) await act("rename", { name });
}

async function invitePerson(channel, act) {
  const outside = [...shown.people.values()].filter((person) => !channel.members.includes(person.id) && !person.deleted);
  const user = await answered(t("invite.person"), h("select", { class: "select" }, outside.map((person) => h("option", { value: person.id }, personName(person.id)))));
  if (user) await act("invite", { user });
}

// One question in a small dialog; the answer, or "" when it was closed.
async function answered(title, control) {
  const heading = freshId("question");
  control.setAttribute("aria-labelledby", heading);
  const form = h("form", { onSubmit: (event) => (event.preventDefault(), dialog.close(control.value.trim())) }, h("h2", { id: heading }, title), control,
    h("div", { class: "dialog-buttons" }, h("button", { type: "button", class: "button", onClick: () => dialog.close("") }, t("cancel")), h("button", { type: "submit", class: "button primary" }, t("save"))));
  const dialog = h("dialog", { class: "confirm", "aria-labelledby": heading }, form);
  return showDialog(dialog, control);
}
