// A list of messages, of a channel or of a thread, kept in step with the stream.
import { ask, tell } from "./api.js";
import { dayKey, dayLabel } from "./dates.js";
import { confirmed } from "./dialogs.js";
import { h, reconcile } from "./dom.js";
import { messageNode } from "./message.js";
import { attempt } from "./notices.js";
import { go, placeTitle, shown } from "./shown.js";
import { t } from "./words.js";

const GROUPED_WITHIN = 300;
const NEAR_BOTTOM = 120;
const PAGE = 200;

/** `thread` is the root's ts, or "" for the channel's top level. */
export function createConversation({ channel, thread }) {
  const messages = new Map();
  const state = { channel, thread, messages, editing: "", firstUnread: "", hasMore: false, meanwhile: null };
  const list = h("div", { class: "message-list" });
  const label = thread ? t("thread.of", { place: placeTitle(channel) }) : t("messages.in", { place: placeTitle(channel) });
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label, onKeydown: moveBetweenMessages, dataset: { focus: "messages" } }, list);
  Object.assign(state, { list, scroller });
  return {
    element: scroller,
    channel,
    thread,
    load: () => load(state),
    take: (event) => take(state, event),
    mark: (ts) => mark(state, ts),
    editLast: () => editLast(state),
  };
}

async function load(state) {
  const asked = { as: shown.me.id, channel: state.channel, thread_ts: state.thread || undefined };
  // What the stream tells while the answer is on its way is newer than the answer.
  state.meanwhile = [];
  const answer = await attempt(() => ask("/sandbox/messages", asked));
  const meanwhile = state.meanwhile;
  state.meanwhile = null;
  if (!answer) return;
  state.messages.clear();
  for (const message of answer.messages) state.messages.set(message.ts, { channel: state.channel, ...message });
  meanwhile.forEach((event) => keep(state, event));
  state.hasMore = Boolean(answer.has_more);
  if (!state.thread) noteUnread(state);
  draw(state);
  toBottom(state);
  read(state);
}

function noteUnread(state) {
  const count = shown.unread[state.channel] || 0;
  if (!count || state.firstUnread) return;
  const others = sorted(state).filter((message) => message.user !== shown.me.id && !message.ephemeral);
  state.firstUnread = others[Math.max(0, others.length - count)]?.ts || "";
}

async function loadEarlier(state) {
  const before = sorted(state).find((message) => !message.ephemeral)?.ts;
  const answer = await attempt(() => ask("/sandbox/messages", { as: shown.me.id, channel: state.channel, before }));
  if (!answer) return;
  const height = state.scroller.scrollHeight;
  for (const message of answer.messages) state.messages.set(message.ts, { channel: state.channel, ...message });
  state.hasMore = Boolean(answer.has_more) && answer.messages.length > 0;
  draw(state);
  state.scroller.scrollTop += state.scroller.scrollHeight - height;
}

function sorted(state) {
  return [...state.messages.values()].sort((one, other) => (one.ts < other.ts ? -1 : 1));
}

function belongs(state, message) {
  if (message.channel !== state.channel) return false;
  const isReply = message.thread_ts && message.thread_ts !== message.ts;
  if (state.thread) return message.ts === state.thread || message.thread_ts === state.thread;
  return !isReply || message.subtype === "thread_broadcast";
}

/** Takes an event of the stream; true when it brought something new to read here. */
function take(state, event) {
  if (event.channel !== state.channel) return false;
  state.meanwhile?.push(event);
  const atBottom = isAtBottom(state);
  const isNew = keep(state, event);
  if (atBottom) trim(state);
  draw(state);
  if (event.type === "message_deleted" && event.ts === state.thread) go({ as: shown.me.id, channel: state.channel });
  if (atBottom || (isNew && event.message.user === shown.me.id)) toBottom(state);
  if (isNew) read(state);
  return isNew;
}

// A channel that grows for hours does not grow the document: what is far above can be fetched again.
function trim(state) {
  if (state.thread || state.messages.size <= 2 * PAGE) return;
  for (const { ts } of sorted(state).slice(0, state.messages.size - PAGE)) state.messages.delete(ts);
  state.hasMore = true;
}

function keep(state, event) {
  if (event.type === "message_deleted") state.messages.delete(event.ts);
  if (!event.message) return false;
  const message = { channel: event.channel, ...event.message };
  if (!belongs(state, message)) return false;
  const isNew = !state.messages.has(message.ts);
  state.messages.set(message.ts, message);
  return isNew;
}

let reading = 0;

// Several messages that arrive together are marked read once.
function read(state) {
  if (state.thread || document.hidden) return;
  clearTimeout(reading);
  reading = setTimeout(() => {
    const last = sorted(state).filter((message) => !message.ephemeral).pop();
    if (last && shown.place.channel === state.channel) tell("/sandbox/read", { as: shown.me.id, channel: state.channel, ts: last.ts }).catch(() => {});
  }, 150);
}

function isAtBottom({ scroller }) {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM;
}

function toBottom({ scroller }) {
  scroller.scrollTop = scroller.scrollHeight;
}

function mark(state, ts) {
  const node = state.list.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  if (!node) return;
  node.classList.add("marked");
  node.scrollIntoView({ block: "center" });
  node.focus({ preventScroll: true });
}

// drawing ------------------------------------------------------------------------------------------------------------

function draw(state) {
  const items = [];
  if (state.hasMore) items.push({ key: "earlier", version: "1", build: () => earlierButton(state) });
  let previous = null;
  for (const message of sorted(state)) {
    items.push(...dividers(state, previous, message));
    items.push(messageItem(state, previous, message));
    if (state.thread && message.ts === state.thread) items.push(replyCount(state));
    previous = message;
  }
  if (!state.messages.size) items.push({ key: "empty", version: "1", build: () => h("p", { class: "empty" }, t("no.messages")) });
  reconcile(state.list, items);
}

function dividers(state, previous, message) {
  const found = [];
  const day = dayKey(message.ts);
  if (!previous || dayKey(previous.ts) !== day) found.push({ key: `day-${day}`, version: dayLabel(message.ts), build: () => divider(dayLabel(message.ts), "day") });
  if (state.firstUnread === message.ts) found.push({ key: "unread", version: "1", build: () => divider(t("new.messages"), "unread-line") });
  return found;
}

function divider(text, style) {
  return h("div", { class: `divider ${style}` }, h("span", {}, text));
}

function replyCount(state) {
  const count = [...state.messages.values()].filter((message) => message.ts !== state.thread && !message.ephemeral).length;
  return { key: "reply-count", version: String(count), build: () => divider(count ? t("replies", { count }) : t("no.replies"), "reply-count") };
}

function messageItem(state, previous, message) {
  const one = { message, grouped: isGrouped(state, previous, message), inThread: Boolean(state.thread), editing: state.editing === message.ts, acts: actsOf(state) };
  const version = JSON.stringify([message, one.grouped, one.editing]);
  return { key: message.ts, version, build: () => messageNode(one) };
}

function isGrouped(state, previous, message) {
  if (!previous || previous.user !== message.user || previous.username !== message.username || previous.ts === state.thread) return false;
  if (previous.subtype || previous.ephemeral || message.ephemeral || state.firstUnread === message.ts) return false;
  return message.ts - previous.ts < GROUPED_WITHIN && dayKey(previous.ts) === dayKey(message.ts);
}

function earlierButton(state) {
  return h("div", { class: "earlier" }, h("button", { type: "button", class: "button", onClick: () => loadEarlier(state) }, t("earlier", { count: PAGE })));
}

// acting -------------------------------------------------------------------------------------------------------------

function actsOf(state) {
  const edit = (ts) => {
    state.editing = ts;
    draw(state);
  };
  return {
    reply: (message) => go({ as: shown.me.id, channel: state.channel, thread: message.thread_ts || message.ts }),
    edit: (message) => edit(message.ts),
    cancel: () => edit(""),
    save: async (message, text) => {
      const saved = await attempt(() => tell("/sandbox/edit", { as: shown.me.id, channel: state.channel, ts: message.ts, text }));
      if (saved) edit("");
    },
    remove: (message) => remove(state, message),
  };
}

async function remove(state, message) {
  const plain = (text) => ({ type: "plain_text", text });
  const sure = await confirmed({ title: plain(t("delete.message")), text: plain(t("delete.sure")), confirm: plain(t("delete")), deny: plain(t("cancel")), style: "danger" });
  if (sure) await attempt(() => tell("/sandbox/delete", { as: shown.me.id, channel: state.channel, ts: message.ts }));
}

function editLast(state) {
  const own = sorted(state).filter((message) => message.user === shown.me.id && !message.subtype && !message.ephemeral).pop();
  if (!own) return;
  state.editing = own.ts;
  draw(state);
}

function moveBetweenMessages(event) {
  const scroller = event.currentTarget;
  const within = event.target === scroller || event.target.classList.contains("message");
  if (!within || !["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
  const all = [...scroller.querySelectorAll(".message")];
  if (!all.length) return;
  event.preventDefault();
  const at = all.indexOf(event.target);
  const last = all.length - 1;
  const next = { ArrowUp: at < 0 ? last : at - 1, ArrowDown: at < 0 ? last : at + 1, Home: 0, End: last }[event.key];
  all[Math.min(Math.max(next, 0), last)].focus();
}
