// Moments in the acting person's time zone and language, and Slack's date tokens (docs.slack.dev/messaging/formatting-message-text#date-formatting).
import { shown } from "./shown.js";
import { language } from "./words.js";

function zone() {
  return (shown.me && shown.me.tz) || "UTC";
}

// A Dutch speaker may carry en-GB as interface locale: the page speaks Dutch, so its dates do too.
function locale() {
  const own = (shown.me && shown.me.locale) || "";
  const wanted = language();
  if (own.split("-")[0] === wanted.split("-")[0]) return own;
  return wanted;
}

const formats = new Map();

function formatted(seconds, options) {
  const key = `${locale()}|${zone()}|${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), { timeZone: zone(), ...options }));
  return formats.get(key).format(new Date(seconds * 1000));
}

export function clockTime(seconds) {
  return formatted(seconds, { hour: "numeric", minute: "2-digit" });
}

export function fullMoment(seconds) {
  return formatted(seconds, { dateStyle: "full", timeStyle: "short" });
}

export function shortMoment(seconds) {
  return formatted(seconds, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
}

/** `2026-11-20` in the person's zone. */
export function dayKey(seconds) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone(), year: "numeric", month: "2-digit", day: "2-digit" });
  return parts.format(new Date(seconds * 1000));
}

const DAY = 86400;

function dayDistance(seconds) {
  return Math.round((Date.parse(dayKey(seconds)) - Date.parse(dayKey(Date.now() / 1000))) / (DAY * 1000));
}

function pretty(seconds, otherwise) {
  const distance = dayDistance(seconds);
  if (Math.abs(distance) > 1) return otherwise;
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(distance, "day");
}

function capital(text) {
  return text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);
}

export function dayLabel(seconds) {
  return capital(pretty(seconds, formatted(seconds, { weekday: "long", day: "numeric", month: "long" })));
}

const UNITS = [["year", 365 * DAY], ["month", 30 * DAY], ["day", DAY], ["hour", 3600], ["minute", 60], ["second", 1]];

function ago(seconds) {
  const distance = seconds - Date.now() / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(distance) >= length) || ["second", 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(Math.round(distance / size), unit);
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const PLAIN = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };

const TOKENS = {
  date_num: dayKey,
  date_slash: (s) => formatted(s, { day: "2-digit", month: "2-digit", year: "numeric" }),
  date: (s) => formatted(s, PLAIN),
  date_pretty: (s) => pretty(s, formatted(s, PLAIN)),
  date_short: (s) => formatted(s, SHORT),
  date_short_pretty: (s) => pretty(s, formatted(s, SHORT)),
  date_long: (s) => formatted(s, LONG),
  date_long_full: (s) => formatted(s, LONG),
  date_long_pretty: (s) => pretty(s, formatted(s, LONG)),
  day_divider_pretty: dayLabel,
  time: clockTime,
  time_secs: (s) => formatted(s, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};

/** `{date_short_pretty} {time}` filled in; a token nobody knows stays as written. */
export function slackDate(seconds, format) {
  return format.replace(/\{(\w+)\}/g, (token, name) => (TOKENS[name] ? TOKENS[name](seconds) : token));
}

function zoneOffset(milliseconds) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone(), hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
    hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(new Date(milliseconds));
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - milliseconds;
}

/** Unix seconds of a `2026-11-20T09:00` read on the person's wall clock. */
export function fromWallClock(text) {
  const asUtc = Date.parse(`${text}Z`);
  const first = asUtc - zoneOffset(asUtc);
  return Math.round((asUtc - zoneOffset(first)) / 1000);
}

/** The reverse of `fromWallClock`. */
export function toWallClock(seconds) {
  return new Date(seconds * 1000 + zoneOffset(Math.floor(seconds) * 1000)).toISOString().slice(0, 16);
}
