// The inspector: what travels between workspace and bot, faults to provoke, and the domain's clock.
import { ask, tell } from "./api.js";
import { fromWallClock, shortMoment, toWallClock } from "./dates.js";
import { focusMark, h, restoreFocus } from "./dom.js";
import { attempt } from "./notices.js";
import { shown } from "./shown.js";
import { t } from "./words.js";

const FAULTS = ["drop", "delay", "duplicate", "ratelimit", "error", "error_after", "lost_answer", "reset"];
const METHODS = ["event", "chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "views.publish", "conversations.members", "users.info"];
const SPEEDS = [1, 10, 60, 600, 3600];
const HOUR = 3600;
const MOST_ENTRIES = 300;

const state = { entries: new Map(), last: 0, clockRead: 0, ticking: 0, frame: 0 };
const parts = {};

export function isInspectorOpen() {
  return !document.getElementById("inspector").hidden;
}

export function openInspector() {
  const drawer = document.getElementById("inspector");
  drawer.setAttribute("aria-label", t("inspector"));
  drawer.hidden = false;
  document.body.classList.add("with-inspector");
  draw(drawer);
  loadTraffic();
  state.ticking = setInterval(drawNow, 1000);
  drawer.querySelector("button").focus();
}

export function closeInspector() {
  clearInterval(state.ticking);
  document.getElementById("inspector").hidden = true;
  document.body.classList.remove("with-inspector");
  document.querySelector("[data-focus=inspector]")?.focus();
}

function draw(drawer) {
  parts.clock = h("div", {});
  parts.faults = h("div", {});
  parts.traffic = h("ol", { class: "traffic" });
  const close = h("button", { type: "button", class: "icon-button", "aria-label": t("close"), onClick: closeInspector }, "✕");
  const section = (name, content) => h("details", { open: true }, h("summary", {}, t(name)), content);
  drawer.replaceChildren(h("div", { class: "column-heading" }, h("div", { class: "column-title" }, h("h2", {}, t("inspector"))), close),
    h("div", { class: "inspector-body" }, section("clock", parts.clock), section("faults", parts.faults), section("traffic", h("div", {}, h("p", { class: "hint" }, t("traffic.hint")), parts.traffic))));
  drawClock();
  drawFaults();
  drawTraffic();
}

// clock --------------------------------------------------------------------------------------------------------------

/** Takes over a clock as the sandbox told it. */
export function takeClock(clock) {
  shown.clock = { now: clock.now, paused: clock.paused, speed: clock.speed };
  state.clockRead = performance.now();
  if (isInspectorOpen()) drawClock();
}

function clockSeconds() {
  const since = shown.clock.paused ? 0 : ((performance.now() - state.clockRead) / 1000) * shown.clock.speed;
  return Date.parse(shown.clock.now) / 1000 + since;
}

/** Draws a part anew; what had the focus in it has it again. */
function redraw(part, ...children) {
  const mark = focusMark(part);
  part.replaceChildren(...children);
  restoreFocus(part, mark, null);
}

async function turn(change) {
  const answer = await attempt(() => tell("/sandbox/clock", change));
  if (answer) takeClock(answer.clock || answer);
}

function drawClock() {
  if (!shown.clock) return;
  const button = (label, change, focus = `clock/${change.action}/${change.seconds}`) => h("button", { type: "button", class: "button small", dataset: { focus }, onClick: () => turn(change) }, label);
  const { paused, speed } = shown.clock;
  const speeds = h("select", { class: "select", "aria-label": t("clock.speed"), dataset: { focus: "clock/speed" }, onChange: (event) => turn({ action: "speed", factor: Number(event.currentTarget.value) }) },
    SPEEDS.map((factor) => h("option", { value: String(factor) }, `${factor}×`)));
  speeds.value = String(speed);
  const moment = h("input", { type: "datetime-local", class: "input", "aria-label": t("clock.moment"), dataset: { focus: "clock/moment" }, value: toWallClock(clockSeconds()) });
  const set = h("button", { type: "button", class: "button small", dataset: { focus: "clock/set" }, onClick: () => moment.value && turn({ action: "jump_to", moment: new Date(fromWallClock(moment.value) * 1000).toISOString() }) }, t("clock.set"));
  parts.now = h("strong", { class: "now" });
  redraw(parts.clock, h("p", { class: "hint" }, t("clock.hint")), parts.now,
    h("div", { class: "inspector-row" }, button(t(paused ? "clock.resume" : "clock.pause"), { action: paused ? "resume" : "pause" }, "clock/pause"), speeds),
    h("div", { class: "inspector-row" }, button(t("clock.hour"), { action: "advance", seconds: HOUR }), button(t("clock.day"), { action: "advance", seconds: 24 * HOUR }), button(t("clock.next"), { action: "next_due" })),
    h("div", { class: "inspector-row" }, moment, set));
  drawNow();
}

function drawNow() {
  if (shown.clock && parts.now) parts.now.textContent = `${shortMoment(clockSeconds())}${shown.clock.paused ? ` · ${t("clock.paused")}` : ""}`;
}

// faults -------------------------------------------------------------------------------------------------------------

function drawFaults() {
  const fault = h("select", { class: "select", "aria-label": t("fault.kind"), dataset: { focus: "fault/kind" } }, FAULTS.map((name) => h("option", { value: name }, t(`fault.${name}`))));
  const method = h("select", { class: "select", "aria-label": t("fault.method"), dataset: { focus: "fault/method" } }, METHODS.map((name) => h("option", { value: name }, name === "event" ? t("fault.event") : name)));
  const times = h("input", { type: "number", class: "input tiny", min: "1", value: "1", "aria-label": t("fault.times"), dataset: { focus: "fault/times" } });
  const add = () => addFault({ method: method.value, fault: fault.value, times: Number(times.value) || 1 });
  const rules = shown.faults.map((rule) => h("li", {}, `${t(`fault.${rule.fault}`)} · ${rule.target} · ${rule.times ?? "∞"}×`));
  redraw(parts.faults, h("p", { class: "hint" }, t("faults.hint")), rules.length ? h("ul", { class: "rules" }, rules) : null ?? "",
    h("div", { class: "inspector-row" }, fault, method, times),
    h("div", { class: "inspector-row" }, h("button", { type: "button", class: "button small", dataset: { focus: "fault/add" }, onClick: add }, t("fault.add")), h("button", { type: "button", class: "button small", dataset: { focus: "fault/clear" }, onClick: clearFaults }, t("fault.clear"))));
}

async function addFault(rule) {
  const answer = await attempt(() => tell("/sandbox/faults", { rules: [rule] }));
  if (!answer) return;
  shown.faults = answer.rules;
  drawFaults();
}

async function clearFaults() {
  const answer = await attempt(() => tell("/sandbox/faults", {}, "DELETE"));
  if (!answer) return;
  shown.faults = [];
  drawFaults();
}

// traffic ------------------------------------------------------------------------------------------------------------

async function loadTraffic() {
  const answer = await attempt(() => ask("/sandbox/traffic", { after: state.last }));
  if (answer) answer.entries.forEach(keepEntry);
  drawTraffic();
}

/** Takes an entry from the stream: new, or the outcome of one already listed. */
export function takeTraffic(entry) {
  if (!isInspectorOpen() || !entry) return;
  keepEntry(entry);
  // Many entries may come within one frame.
  state.frame ||= requestAnimationFrame(() => {
    state.frame = 0;
    drawTraffic();
  });
}

function keepEntry(entry) {
  state.entries.set(entry.number, entry);
  state.last = Math.max(state.last, entry.number);
  if (state.entries.size > MOST_ENTRIES) state.entries.delete(state.entries.keys().next().value);
}

function drawTraffic() {
  const open = new Set([...parts.traffic.querySelectorAll("details[open]")].map((one) => one.dataset.number));
  const newest = [...state.entries.values()].sort((one, other) => other.number - one.number);
  redraw(parts.traffic, ...newest.map((entry) => entryNode(entry, open)));
}

function entryNode(entry, open) {
  const toBot = entry.direction === "to_bot";
  const arrow = h("span", { class: toBot ? "arrow to-bot" : "arrow", role: "img", "aria-label": t(toBot ? "to.bot" : "from.bot") }, toBot ? "→" : "←");
  const bad = !["ok", "acked", "pending"].includes(entry.outcome);
  const retry = entry.attempt > 1 ? ` · ${t("attempt", { count: entry.attempt })}` : "";
  const took = entry.milliseconds === null || entry.milliseconds === undefined ? "" : `${Math.round(entry.milliseconds)} ms`;
  const summary = h("summary", { dataset: { focus: `traffic/${entry.number}` } }, arrow, h("span", { class: "traffic-name" }, entry.name || entry.kind), h("span", { class: bad ? "outcome bad" : "outcome" }, [entry.outcome + retry, took].filter(Boolean).join(" · ")));
  const body = h("pre", { tabindex: "0" }, [entry.id, JSON.stringify(entry.body, null, 1), entry.answer && `→ ${JSON.stringify(entry.answer, null, 1)}`].filter(Boolean).join("\n"));
  return h("li", {}, h("details", { open: open.has(String(entry.number)), dataset: { number: String(entry.number) } }, summary, body));
}
