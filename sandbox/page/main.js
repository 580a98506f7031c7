// Start: who and where from the address, the state from the sandbox, then the stream.
import { Refused, ask, listen } from "./api.js";
import { createChannelView, createThreadView } from "./channel.js";
import { h } from "./dom.js";
import { createHomeView } from "./home.js";
import { closeInspector, isInspectorOpen, openInspector, takeClock, takeTraffic } from "./inspector.js";
import { openJump } from "./jump.js";
import { showModals } from "./modal.js";
import { inWords } from "./mrkdwn.js";
import { announce, notice } from "./notices.js";
import { addressOf, channelNamed, directMessage, personName, placeOf, placeTitle, shown, takeState } from "./shown.js";
import { isNarrow, showScreen } from "./screens.js";
import { drawSidebar } from "./sidebar.js";
import { bringBack, isDismissed, takeWritten, thingsCard } from "./things.js";
import { setLanguage, t } from "./words.js";
import { icon } from "./icons.js";

const open = { main: null, thread: null, home: null, stop: () => {}, lost: false };
const RETRY_AFTER = 2000;
const STREAM_PATIENCE = 1500;
const UNSEEN_FOR = 60_000;
const FIRST_PERSON = "alice";
const LAST_PERSON = "signpost-person";

// state and place ----------------------------------------------------------------------------------------------------

async function loadState(as) {
  const state = await stateOf(as);
  takeState(state);
  setLanguage(shown.me.language);
  takeClock(state.clock);
  return state;
}

// Somebody who is not there (an old address) becomes the first of the cast.
async function stateOf(as) {
  try {
    return await ask("/sandbox/state", { as: as || FIRST_PERSON });
  } catch (error) {
    if (error.code !== "person_not_found") throw error;
    return ask("/sandbox/state", { as: FIRST_PERSON });
  }
}

/** Follows the address: the person first, then the place. */
async function follow() {
  const place = placeOf(location.hash);
  const formerPerson = shown.me?.id;
  if (!shown.me || (place.as && place.as !== formerPerson)) await become(place.as || localStorage.getItem(LAST_PERSON) || FIRST_PERSON);
  shown.place = settled({ ...place, as: shown.me.id });
  const address = addressOf({});
  if (location.hash !== address) history.replaceState(null, "", address);
  drawAll(formerPerson !== shown.me.id);
}

// The stream first, the state after it, so that nothing that happens between the two is missed.
async function become(as) {
  await listenAs(as);
  const state = await loadState(as);
  if (state.me.id !== as && state.me.name !== as) await listenAs(state.me.id);
  localStorage.setItem(LAST_PERSON, state.me.id);
  showModals(state.views);
}

// A place the person cannot see becomes the question channel, or the first channel they are in.
function settled(place) {
  const wanted = takeWritten();
  const named = wanted && channelNamed(wanted.channel);
  open.toWrite = wanted?.text || "";
  if (named) return { ...place, channel: named.id, view: "", thread: "", message: "" };
  if (place.view === "home") return { ...place, channel: "", thread: "", message: "" };
  if (shown.channels.has(place.channel) || directMessage(place.channel)) return place;
  const first = channelNamed("ask-it") || [...shown.channels.values()].find((channel) => channel.is_member);
  return { ...place, view: "", channel: first ? first.id : "", thread: "", message: "" };
}

// drawing ------------------------------------------------------------------------------------------------------------

function drawAll(personChanged) {
  drawTopbar();
  drawSidebar();
  if (personChanged) open.main = open.thread = open.home = null;
  drawMain();
  drawThread();
  document.title = `${shown.place.view === "home" ? shown.bot.name : placeTitle(shown.place.channel)} · ${shown.team.name}`;
  // Somebody who picks another person in the list of a phone stays there.
  const staying = personChanged && document.body.dataset.screen === "list";
  if (!staying) showScreen(shown.place.thread ? "thread" : "main");
  if (isInspectorOpen() && personChanged) openInspector();
}

function drawTopbar() {
  const bar = document.getElementById("topbar");
  const inspector = h("button", { type: "button", class: "button small", dataset: { focus: "inspector" }, "aria-expanded": String(isInspectorOpen()), "aria-controls": "inspector", onClick: toggleInspector }, t("inspector"));
  const jump = h("button", { type: "button", class: "jump-button", dataset: { focus: "jump" }, onClick: openJump }, icon("search"), " ", t("jump.to"), h("kbd", {}, "Ctrl K"));
  const things = isDismissed() ? h("button", { type: "button", class: "button small", onClick: () => (bringBack(), drawTopbar(), drawMain(true)) }, t("things")) : null;
  bar.replaceChildren(h("img", { class: "mark", src: "/page/icon.svg", alt: "" }), h("h1", { class: "visually-hidden" }, t("product")), h("span", { class: "product", "aria-hidden": "true" }, t("product")), jump, things || "", inspector);
}

function toggleInspector() {
  if (isInspectorOpen()) closeInspector();
  else openInspector();
  document.querySelector("#topbar [data-focus=inspector]").setAttribute("aria-expanded", String(isInspectorOpen()));
}

function drawMain(again = false) {
  const main = document.getElementById("main");
  const { place } = shown;
  const same = place.view === "home" ? open.home : open.main && open.main.conversation.channel === place.channel;
  if (same && !again) return useWritten();
  open.home = open.main = null;
  if (place.view === "home") showHome(main);
  else if (place.channel) showChannel(main, place);
  else main.replaceChildren(h("p", { class: "empty" }, t("no.such.place")));
  return undefined;
}

function mainLabel(main, title) {
  main.setAttribute("aria-label", title);
}

function showHome(main) {
  open.home = createHomeView();
  mainLabel(main, shown.bot.name);
  main.replaceChildren(things(), open.home.element);
  open.home.open();
}

async function showChannel(main, place) {
  const view = createChannelView(place.channel);
  open.main = view;
  mainLabel(main, placeTitle(place.channel));
  main.replaceChildren(things(), view.element);
  focusComposer(view);
  useWritten();
  await view.conversation.load();
  if (open.main === view && place.message && !place.thread) view.conversation.mark(place.message);
}

// Before anything is loaded, so that the focus is never taken away later; not on a phone, where a keyboard would come up;
// not from the person picker, which is walked by arrow keys.
function focusComposer(view) {
  if (!isNarrow() && document.activeElement?.id !== "act-as") view.composer?.focus();
}

function things() {
  return isDismissed() ? "" : thingsCard(() => (drawTopbar(), drawMain(true)));
}

function useWritten() {
  if (!open.toWrite || !open.main?.composer) return;
  open.main.composer.write(open.toWrite);
  open.toWrite = "";
}

async function drawThread() {
  const panel = document.getElementById("thread");
  const { channel, thread, message } = shown.place;
  panel.hidden = !thread;
  document.body.classList.toggle("with-thread", Boolean(thread));
  if (!thread) {
    panel.replaceChildren();
    open.thread = null;
    return;
  }
  if (open.thread?.conversation.thread === thread && open.thread.conversation.channel === channel) return;
  open.thread = createThreadView(channel, thread);
  panel.setAttribute("aria-label", t("thread"));
  panel.replaceChildren(open.thread.element);
  const view = open.thread;
  focusComposer(view);
  await view.conversation.load();
  if (open.thread === view && message) view.conversation.mark(message);
}

// stream -------------------------------------------------------------------------------------------------------------

/** Listens as somebody; resolves once the stream is open, or after a moment without it. */
function listenAs(as) {
  open.stop();
  return new Promise((resolve) => {
    setTimeout(resolve, STREAM_PATIENCE);
    const opened = (again) => (again ? caughtUp() : resolve());
    open.stop = listen(as, heard, opened, lost);
  });
}

// A browser allows one host six connections: a tab nobody looks at gives its own back after a while.
function seen() {
  clearTimeout(open.leaving);
  if (document.hidden) open.leaving = setTimeout(() => (open.stop(), (open.away = true)), UNSEEN_FOR);
  else if (open.away) comeBack();
}

async function comeBack() {
  open.away = false;
  await listenAs(shown.me.id);
  await caughtUp();
}

function lost() {
  if (open.lost) return;
  open.lost = true;
  notice(t("unreachable"));
}

async function caughtUp() {
  open.lost = false;
  const state = await loadState(shown.me.id);
  drawSidebar();
  showModals(state.views);
  open.main?.conversation.load();
  open.thread?.conversation.load();
}

const HEARD = {
  message: heardMessage,
  ephemeral: heardMessage,
  message_changed: passOn,
  message_deleted: passOn,
  reaction: passOn,
  view: (event) => showModals(event.views),
  view_closed: (event) => showModals(event.views),
  home: heardHome,
  channel: heardChannel,
  person: heardPerson,
  unread: heardUnread,
  bot: heardBot,
  clock: takeClock,
  traffic: (event) => takeTraffic(event.entry),
};

function heard(event) {
  HEARD[event.type]?.(event);
}

function passOn(event) {
  const inMain = open.main?.conversation.take(event);
  const inThread = open.thread?.conversation.take(event);
  return Boolean(inMain || inThread);
}

function heardMessage(event) {
  if (!event.message) return;
  const seen = passOn(event);
  const { message } = event;
  if (message.user === shown.me.id) return;
  if (seen) announce(t("announced", { name: personName(message.user), text: inWords(message.text) }));
  else if ((message.text || "").includes(`<@${shown.me.id}>`)) announce(t("mentioned", { name: personName(message.user), place: placeTitle(event.channel) }));
}

function heardHome(event) {
  shown.home = event.view;
  open.home?.take(event.view);
}

async function heardChannel(event) {
  const before = shown.channels.get(event.channel.id);
  await loadState(shown.me.id);
  const after = shown.channels.get(event.channel.id);
  drawSidebar();
  const shape = (channel) => channel && JSON.stringify([channel.name, channel.is_member, channel.is_archived, channel.members, channel.bot_is_member]);
  if (event.channel.id === shown.place.channel && shape(before) !== shape(after)) after ? drawMain(true) : follow();
}

async function heardPerson(event) {
  shown.people.set(event.person.id, event.person);
  if (event.person.id !== shown.me.id) return drawSidebar();
  await loadState(shown.me.id);
  return drawAll(true);
}

async function heardUnread(event) {
  shown.unread[event.channel] = event.unread;
  const isKnown = shown.channels.has(event.channel) || directMessage(event.channel);
  if (!isKnown) await loadState(shown.me.id);
  drawSidebar();
}

function heardBot({ type: _type, ...bot }) {
  shown.bot = { ...shown.bot, ...bot };
  drawSidebar();
}

// keys ---------------------------------------------------------------------------------------------------------------

const REGIONS = ["topbar", "sidebar", "main", "thread", "inspector"];
const ENTRY = { topbar: "button", sidebar: "[aria-current=page]", main: "[data-focus=composer]", thread: "[data-focus=composer]", inspector: "button" };

function nextRegion(step) {
  const visible = REGIONS.filter((id) => document.getElementById(id).checkVisibility());
  const at = visible.findIndex((id) => document.getElementById(id).contains(document.activeElement));
  const id = visible[(at + step + visible.length) % visible.length];
  const region = document.getElementById(id);
  (region.querySelector(ENTRY[id]) || region).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "F6") {
    event.preventDefault();
    nextRegion(event.shiftKey ? -1 : 1);
  }
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    openJump();
  }
  if (event.key === "Escape" && !event.defaultPrevented) escape(event);
});

function escape(event) {
  if (document.querySelector("dialog[open], :popover-open")) return;
  if (event.target.closest("#inspector")) closeInspector();
  else if (event.target.closest("#thread")) location.hash = addressOf({ thread: "", message: "" });
}

document.getElementById("sidebar").addEventListener("click", (event) => {
  // The row of the place that is already open only changes the screen.
  if (event.target.closest("a.row")) showScreen(shown.place.thread ? "thread" : "main");
});

document.addEventListener("visibilitychange", seen);

async function start() {
  try {
    await follow();
    window.addEventListener("hashchange", () => follow().catch(failed));
  } catch (error) {
    failed(error);
    if (!shown.me) setTimeout(start, RETRY_AFTER);
  }
}

function failed(error) {
  if (!(error instanceof Refused) && !(error instanceof TypeError)) throw error;
  notice(error instanceof Refused ? error.message : t("unreachable"));
}

start();
