// The small things inside a text: emoji, links, mentions, dates. Shared by mrkdwn, rich_text and markdown.
import { slackDate, fullMoment } from "./dates.js";
import { h } from "./dom.js";
import { emojiCharacter } from "./emoji.js";
import { addressOf, channelName, personName, shown } from "./shown.js";

/** The character of an emoji, read aloud by its name; an unknown one as it was written. */
export function emojiNode(name, unicode) {
  const character = unicode ? fromUnicode(unicode) : emojiCharacter(name);
  if (!character) return document.createTextNode(`:${name}:`);
  const label = name.split("::")[0].replaceAll("_", " ");
  return h("span", { class: "emoji", role: "img", "aria-label": label, title: `:${name}:` }, character);
}

function fromUnicode(codes) {
  return String.fromCodePoint(...codes.split("-").map((code) => parseInt(code, 16)));
}

const SAFE = /^(?:https?|mailto|tel|sms|slack):/i;
const PERMALINK = /\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})/;

/** A link that opens elsewhere; a permalink into this workspace opens here. An unknown scheme stays text. */
export function linkNode(url, label) {
  const shownLabel = label || url.replace(/^(?:mailto|tel):/, "");
  if (!SAFE.test(url)) return document.createTextNode(label ? `${label} (${url})` : url);
  const here = PERMALINK.exec(url);
  if (here) return h("a", { href: permalinkAddress(url, here) }, shownLabel);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: label && label !== url ? url : null }, shownLabel);
}

function permalinkAddress(url, [, channel, seconds, rest]) {
  const thread = /[?&]thread_ts=([\d.]+)/.exec(url);
  return addressOf({ channel, view: "", thread: thread ? thread[1] : "", message: `${seconds}.${rest}` });
}

export function mentionNode(node) {
  if (node.kind === "channel") return channelMention(node);
  const own = node.kind === "user" && shown.me && node.id === shown.me.id;
  const loud = own || node.kind === "broadcast";
  return h("span", { class: loud ? "mention mention-own" : "mention" }, mentionText(node));
}

function mentionText(node) {
  if (node.kind === "broadcast") return `@${node.range}`;
  if (node.kind === "group") return groupName(node);
  const known = shown.people.has(node.id) || node.id === shown.bot.user_id;
  return `@${known ? personName(node.id) : node.label || node.id}`;
}

function groupName(node) {
  const group = shown.groups.get(node.id);
  return group ? `@${group.handle}` : node.label || `@${node.id}`;
}

function channelMention(node) {
  if (!shown.channels.has(node.id)) return h("span", { class: "mention" }, `#${node.label || node.id}`);
  const href = addressOf({ channel: node.id, view: "", thread: "", message: "" });
  return h("a", { class: "mention", href }, `#${channelName(node.id)}`);
}

/** `{seconds, format, url, label}`; the label is the fallback for clients that cannot, so here it is not shown. */
export function dateNode(node) {
  const machine = new Date(node.seconds * 1000).toISOString();
  const time = h("time", { datetime: machine, title: fullMoment(node.seconds) }, slackDate(node.seconds, node.format));
  if (!node.url || !SAFE.test(node.url)) return time;
  return h("a", { href: node.url, target: "_blank", rel: "noopener noreferrer" }, time);
}
