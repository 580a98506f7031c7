// One message: who, when, what, its reactions, thread and menu.
import { attempt, notice } from "./notices.js";
import { drawBlocks } from "./blocks.js";
import { clockTime, fullMoment } from "./dates.js";
import { h } from "./dom.js";
import { QUICK, emojiCharacter } from "./emoji.js";
import { emojiNode } from "./inline.js";
import { inWords, mrkdwn, unescaped } from "./mrkdwn.js";
import { openMenu, openPanel } from "./popover.js";
import { addressOf, channelName, personName, shown } from "./shown.js";
import { ask, fileAddress, tell } from "./api.js";
import { t } from "./words.js";
import { icon } from "./icons.js";

const answers = new Map();
const AVATAR_COLOURS = 8;

/** What a person chose in a message's selects and inputs, kept while the page is open. */
function valuesOf(message) {
  const key = `${shown.me.id}/${message.channel}/${message.ts}`;
  if (!answers.has(key)) answers.set(key, {});
  return answers.get(key);
}

/** The language of a message where it can be known: told by the bot, seen by its script, or its author's own. */
export function languageOf(message) {
  const payload = message.metadata?.event_payload || {};
  const told = payload.language || payload.locale || payload.lang;
  if (told) return told;
  if (/\p{Script=Han}/u.test(message.text || "")) return "zh-Hant";
  const author = shown.people.get(message.user);
  return author && author.kind === "user" && !/^zh/.test(author.language) ? author.language : null;
}

export function isOwn(message) {
  return message.user === shown.me.id && !message.bot_id;
}

/** An avatar made of the first letter; the app's is a signpost. */
export function avatar(id) {
  if (id === shown.bot.user_id) return h("img", { class: "avatar", src: "/page/icon.svg", alt: "" });
  const name = personName(id);
  const colour = [...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % AVATAR_COLOURS;
  return h("span", { class: `avatar avatar-${colour}`, "aria-hidden": "true" }, [...name][0]);
}

export function badges(id) {
  if (id === shown.bot.user_id) return h("span", { class: "badge" }, t("badge.app"));
  const kind = shown.people.get(id)?.kind;
  if (kind === "guest") return h("span", { class: "badge" }, t("badge.guest"));
  if (kind === "external") return h("span", { class: "badge" }, t("badge.external"));
  return null;
}

/** `{message, grouped, inThread, editing, acts}`: `acts` are `{reply, edit, save, cancel}` of the conversation around it. */
export function messageNode(one) {
  const { message, grouped } = one;
  if (/^(channel|group)_(join|leave)$/.test(message.subtype || "")) return systemLine(message);
  const classes = ["message", grouped ? "grouped" : "", message.ephemeral ? "ephemeral" : ""].join(" ").trim();
  const body = h("div", { class: "message-body" }, ephemeralNote(message), heading(one), content(one), files(message), reactions(one), threadSummary(one));
  const side = grouped ? h("span", { class: "side-time", "aria-hidden": "true" }, clockTime(message.ts)) : picture(message);
  return h("article", { class: classes, tabindex: "-1", dataset: { ts: message.ts }, "aria-label": summary(message) }, h("div", { class: "message-side" }, side), body, one.editing ? null : toolbar(one));
}

function summary(message) {
  return `${authorName(message)}, ${clockTime(message.ts)}`;
}

/** What an app calls itself in this message, or its author's name. */
function authorName(message) {
  return message.username || personName(message.user);
}

function picture(message) {
  const emoji = message.icons?.emoji;
  return emoji ? h("span", { class: "avatar avatar-emoji", "aria-hidden": "true" }, emojiNode(emoji.replace(/:/g, ""))) : avatar(message.user);
}

function systemLine(message) {
  return h("article", { class: "message system", tabindex: "-1", dataset: { ts: message.ts } }, h("div", { class: "message-side" }), h("div", { class: "message-body" }, mrkdwn(message.text), " ", timeOf(message)));
}

function ephemeralNote(message) {
  return message.ephemeral ? h("div", { class: "only-you" }, icon("eye"), " ", t("only.you")) : null;
}

function heading({ message, grouped }) {
  const name = h("span", { class: "author" }, authorName(message));
  if (grouped) return h("div", { class: "visually-hidden" }, name, " ", timeOf(message));
  return h("div", { class: "message-heading" }, name, badges(message.user), timeOf(message));
}

function timeOf(message) {
  return h("time", { class: "time", datetime: new Date(message.ts * 1000).toISOString(), title: fullMoment(message.ts) }, clockTime(message.ts));
}

function content(one) {
  const { message, editing } = one;
  if (editing) return editor(one);
  const edited = message.edited ? h("span", { class: "edited" }, ` (${t("edited")})`) : null;
  // What a person typed is drawn from its text; the rich_text beside it says the same.
  const blocks = message.bot_id ? message.blocks : null;
  const drawn = blocks?.length ? drawBlocks(blocks, pressContext(message)) : mrkdwn(message.text);
  return h("div", { class: "message-content", lang: languageOf(message) }, drawn, edited, attachments(message));
}

function attachments(message) {
  return (message.attachments || []).map((one) => {
    const bar = h("div", { class: "attachment" }, one.title ? h("strong", {}, one.title) : null,
      one.blocks ? drawBlocks(one.blocks, pressContext(message)) : mrkdwn(one.text || one.fallback || ""));
    if (one.color) bar.style.borderColor = /^[0-9a-f]{3,6}$/i.test(one.color) ? `#${one.color}` : one.color;
    return bar;
  });
}

function pressContext(message) {
  const where = { as: shown.me.id, channel: message.channel, ts: message.ts };
  const values = valuesOf(message);
  return {
    values,
    channel: message.channel,
    send: async (action) => Boolean(await attempt(() => tell("/sandbox/press", { ...where, ...action, state: values }))),
    options: (at, query) => optionsOf(where, at, query),
  };
}

/** What an external select offers for a query. */
export async function optionsOf(where, { element, blockId }, query) {
  const asked = { ...where, block_id: blockId, action_id: element.action_id, query };
  const answer = await attempt(() => ask("/sandbox/options", asked));
  return answer || { options: [] };
}

// editing ------------------------------------------------------------------------------------------------------------

function editor({ message, acts }) {
  const box = h("textarea", { class: "input", rows: "2", "aria-label": t("edit.message"), dataset: { focus: "editor" } });
  box.value = editableText(message.text);
  const save = () => acts.save(message, box.value);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      acts.cancel(message);
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    save();
  });
  requestAnimationFrame(() => box.focus());
  return h("div", { class: "editor" }, box, h("div", { class: "editor-buttons" },
    h("button", { type: "button", class: "button", onClick: () => acts.cancel(message) }, t("cancel")),
    h("button", { type: "button", class: "button primary", onClick: save }, t("save"))));
}

// The text as it was typed: names instead of ids, addresses without brackets.
function editableText(text) {
  const name = (id) => `@${shown.people.get(id)?.name || id}`;
  const typed = text
    .replace(/<@(\w+)[^>]*>/g, (_whole, id) => name(id))
    .replace(/<#(\w+)[^>]*>/g, (_whole, id) => `#${channelName(id)}`)
    .replace(/<!(\w+)[^>]*>/g, "@$1")
    .replace(/<([a-z]+:[^|>]+)[^>]*>/g, "$1");
  return unescaped(typed);
}

// files, reactions, thread ------------------------------------------------------------------------------------------

function files(message) {
  if (!message.files?.length) return null;
  return h("div", { class: "files" }, message.files.map(fileNode));
}

function fileNode(file) {
  const address = fileAddress(file);
  const name = file.title || file.name;
  if (/^image\/(png|jpeg|gif|webp)$/.test(file.mimetype || "")) {
    return h("a", { href: address, target: "_blank", rel: "noopener", class: "file-image" }, h("img", { src: address, alt: name }));
  }
  return h("a", { href: address, target: "_blank", rel: "noopener", class: "file" }, icon("file"), " ", name, h("span", { class: "file-size" }, ` ${Math.ceil((file.size || 0) / 1024)} kB`));
}

function reactions({ message }) {
  if (!message.reactions?.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map((reaction) => reactionNode(message, reaction)), addReaction(message, "reaction add"));
}

function reactionNode(message, { name, users, count }) {
  const own = users.includes(shown.me.id);
  const who = users.map(personName).join(", ");
  return h("button", {
    type: "button", class: own ? "reaction own" : "reaction", "aria-pressed": String(own), title: `${who} · :${name}:`, dataset: { focus: `reaction/${name}` },
    onClick: () => react(message, name, own),
  }, emojiNode(name), ` ${count ?? users.length}`);
}

function react(message, name, remove) {
  return attempt(() => tell("/sandbox/react", { as: shown.me.id, channel: message.channel, ts: message.ts, name, remove }));
}

function addReaction(message, style) {
  return h("button", { type: "button", class: style, "aria-label": t("react"), title: t("react"), "aria-haspopup": "dialog", "aria-expanded": "false", onClick: (event) => pickEmoji(event.currentTarget, message) }, icon("smile"), "+");
}

function pickEmoji(anchor, message) {
  let close = () => {};
  const pick = (name) => {
    close();
    const own = message.reactions?.find((one) => one.name === name)?.users.includes(shown.me.id);
    react(message, name, Boolean(own));
  };
  const buttons = QUICK.map((name) => h("button", { type: "button", class: "icon-button", "aria-label": name.replaceAll("_", " "), onClick: () => pick(name) }, emojiCharacter(name)));
  const panel = h("div", { class: "emoji-picker", role: "dialog", "aria-label": t("react") }, buttons);
  close = openPanel(anchor, panel);
  buttons[0].focus();
}

function threadSummary({ message, inThread, acts }) {
  if (inThread || !message.reply_count) return null;
  const faces = (message.reply_users || []).slice(0, 4).map(avatar);
  const label = t("replies", { count: message.reply_count });
  const last = message.latest_reply ? h("span", { class: "last-reply" }, t("last.reply", { time: clockTime(message.latest_reply) })) : null;
  return h("button", { type: "button", class: "thread-link", dataset: { focus: "thread" }, onClick: () => acts.reply(message) }, faces, h("span", {}, label), last);
}

// menu ---------------------------------------------------------------------------------------------------------------

function toolbar(one) {
  const { message, inThread, acts } = one;
  if (message.subtype === "tombstone") return null;
  const lasting = !message.ephemeral;
  const reply = lasting && !inThread
    ? h("button", { type: "button", class: "icon-button", "aria-label": t("reply.in.thread"), title: t("reply.in.thread"), onClick: () => acts.reply(message) }, icon("speech")) : null;
  const more = h("button", {
    type: "button", class: "icon-button more", "aria-label": t("more.actions"), title: t("more.actions"), "aria-haspopup": "menu", "aria-expanded": "false", dataset: { focus: "more" },
    onClick: (event) => openMenu(event.currentTarget, menuItems(one), t("more.actions")),
  }, "⋮");
  return h("div", { class: "toolbar", role: "group", "aria-label": t("message.actions") }, lasting ? addReaction(message, "icon-button") : null, reply, more);
}

function menuItems(one) {
  const { message } = one;
  const groups = [placeItems(one), message.ephemeral ? [] : shortcutItems(message), isOwn(message) && !message.ephemeral ? ownItems(one) : []];
  return groups.filter((group) => group.length).flatMap((group, index) => (index ? ["-", ...group] : group));
}

function placeItems({ message, inThread, acts }) {
  const copyText = { label: t("copy.text"), act: () => copied(inWords(message.text)) };
  if (message.ephemeral) return [copyText];
  const reply = inThread ? [] : [{ label: t("reply.in.thread"), act: () => acts.reply(message) }];
  return [...reply, { label: t("copy.link"), act: () => copied(linkTo(message)) }, copyText];
}

function linkTo(message) {
  const thread = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : "";
  return `${location.origin}/${addressOf({ channel: message.channel, view: "", thread, message: message.ts })}`;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    notice(t("copied"));
  } catch {
    notice(text);
  }
}

function shortcutItems(message) {
  const offered = shown.bot.shortcuts.filter((shortcut) => shortcut.type === "message");
  return offered.map((shortcut) => ({
    label: shortcut.name, description: shown.bot.name,
    act: () => attempt(() => tell("/sandbox/shortcut", { as: shown.me.id, callback_id: shortcut.callback_id, channel: message.channel, ts: message.ts })),
  }));
}

function ownItems({ message, acts }) {
  return [
    { label: t("edit.message"), act: () => acts.edit(message) },
    { label: t("delete.message"), danger: true, act: () => acts.remove(message) },
  ];
}
