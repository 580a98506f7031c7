// The left column: who one acts as, channels, direct messages, the app.
import { h, hiddenText, reconcile } from "./dom.js";
import { openJump } from "./jump.js";
import { avatar } from "./message.js";
import { addressOf, appMessages, go, personName, shown } from "./shown.js";
import { language, t } from "./words.js";
import { icon } from "./icons.js";

const LANGUAGE_NAMES = { en: "English", nl: "Nederlands", sv: "Svenska", "zh-Hant": "繁體中文" };

/**
 * Brings the column up to date. Only what changed is touched: an open list of persons stays open, a row that is
 * being pressed stays where it is.
 */
export function drawSidebar() {
  const column = document.getElementById("sidebar");
  column.setAttribute("aria-label", t("region.sidebar"));
  const people = [...shown.people.values()].map((person) => [person.id, person.real_name, person.kind, person.language, person.tier, person.deleted]);
  reconcile(column, [
    { key: "heading", version: JSON.stringify([shown.team.name, shown.bot.connected, shown.bot.name, language()]), build: heading },
    { key: "person", version: JSON.stringify([shown.me.id, language(), people]), build: personPicker },
    { key: "lists", version: language(), build: () => h("nav", { class: "sidebar-lists", "aria-label": t("channels"), onKeydown: moveBetweenRows }) },
  ]);
  reconcile(column.querySelector(".sidebar-lists"), lists());
  for (const { key, rows } of sections()) reconcile(column.querySelector(`[data-key="${key}"] .rows`), rows);
}

function heading() {
  const connected = shown.bot.connected;
  const text = t(connected ? "bot.connected" : "bot.away", { name: shown.bot.name });
  return h("div", { class: "workspace-name" }, h("h1", {}, shown.team.name),
    h("span", { class: connected ? "bot-state connected" : "bot-state" }, h("span", { class: "dot", "aria-hidden": "true" }), text));
}

// who ----------------------------------------------------------------------------------------------------------------

function personPicker() {
  const select = h("select", { id: "act-as", class: "act-as", dataset: { focus: "act-as" }, onChange: (event) => actAs(event.currentTarget.value) }, groups());
  select.value = shown.me.id;
  return h("div", { class: "person-picker" }, h("label", { for: "act-as" }, t("act.as")), h("div", { class: "act-as-row" }, avatar(shown.me.id), select));
}

function groups() {
  const people = [...shown.people.values()].filter((person) => person.kind !== "bot" && !person.deleted);
  const of = (test) => people.filter(test);
  const languages = Object.entries(LANGUAGE_NAMES).map(([language, name]) => [name, of((one) => one.kind === "user" && one.language === language)]);
  const tiers = [1, 2, 3].map((tier) => [t("group.tier", { tier }), of((one) => one.kind === "agent" && one.tier === tier)]);
  const others = ["admin", "guest", "external"].map((kind) => [t(`group.${kind}`), of((one) => one.kind === kind)]);
  return [...languages, ...tiers, ...others].filter(([, members]) => members.length).map(([label, members]) =>
    h("optgroup", { label }, members.map((person) => h("option", { value: person.id }, optionText(person)))));
}

function optionText(person) {
  const nickname = person.real_name.toLowerCase().startsWith(person.name) ? "" : ` (${person.name})`;
  return `${person.real_name}${nickname}`;
}

function actAs(id) {
  go({ as: id, channel: shown.place.channel, view: shown.place.view });
}

// lists --------------------------------------------------------------------------------------------------------------

function lists() {
  const filled = sections().filter((section) => section.rows.length);
  return filled.map(({ key, title }) => ({ key, version: title, build: () => h("section", { class: "sidebar-section", "aria-label": title }, h("h2", {}, title), h("ul", { class: "rows" })) }));
}

// What the column lists: `[{key, title, rows}]`, each row an item for `reconcile`.
function sections() {
  const channels = [...shown.channels.values()].filter((channel) => !channel.is_archived || channel.is_member);
  const joined = channels.filter((channel) => channel.is_member).sort(byName);
  const others = channels.filter((channel) => !channel.is_member).sort(byName);
  const direct = shown.dms.filter((dm) => !dm.is_app);
  const all = [
    { key: "apps", title: t("apps"), rows: [item("app", [shown.bot.name, unreadOf(appMessages()), isInApp()], appRow)] },
    { key: "channels", title: t("channels"), rows: joined.map(channelItem) },
    { key: "direct", title: t("direct.messages"), rows: [...direct.map(directItem), item("new", [], newDirect)] },
    { key: "others", title: t("channels.others"), rows: others.map(channelItem) },
  ];
  return all.filter((section) => section.rows.length);
}

function item(key, facts, build) {
  const place = [shown.me.id, language(), isCurrent(key)];
  return { key, version: JSON.stringify([...facts, ...place]), build: () => h("li", {}, build()) };
}

function channelItem(channel) {
  return item(channel.id, [channel.name, channel.kind, channel.is_archived, channel.is_ext_shared, unreadOf(channel)], () => channelRow(channel));
}

function directItem(dm) {
  return item(dm.id, [personName(dm.with), unreadOf(dm)], () => directRow(dm));
}

function unreadOf(place) {
  return (place && shown.unread[place.id]) || 0;
}

function isCurrent(id) {
  return shown.place.channel === id && !shown.place.view;
}

function byName(one, other) {
  return Number(one.is_archived) - Number(other.is_archived) || one.name.localeCompare(other.name);
}

function row(id, change, content, unread, extra = "") {
  return h("a", {
    class: ["row", unread ? "unread" : "", extra].join(" ").trim(), href: addressOf({ view: "", thread: "", message: "", ...change }),
    "aria-current": isCurrent(id) ? "page" : null, dataset: { focus: `row/${id}`, channel: id },
  }, content, unread ? [h("span", { class: "count", "aria-hidden": "true" }, unread > 99 ? "99+" : String(unread)), hiddenText(` ${t("unread", { count: unread })}`)] : null);
}

function channelRow(channel) {
  const sign = channel.is_archived ? "▫" : channel.kind === "private" ? icon("lock") : "#";
  const spoken = channel.is_archived ? t("archived") : channel.kind === "private" ? t("private") : "";
  const shared = channel.is_ext_shared ? h("span", { class: "shared", title: t("shared"), role: "img", "aria-label": t("shared") }, "◇") : null;
  const content = [h("span", { class: "sign", "aria-hidden": "true" }, sign), h("span", { class: "row-name" }, channel.name), shared, spoken ? hiddenText(` (${spoken})`) : null];
  return row(channel.id, { channel: channel.id }, content, unreadOf(channel), channel.is_archived ? "archived" : "");
}

function directRow(dm) {
  return row(dm.id, { channel: dm.id }, [avatar(dm.with), h("span", { class: "row-name" }, personName(dm.with))], unreadOf(dm));
}

function newDirect() {
  return h("button", { type: "button", class: "row row-button", dataset: { focus: "row/new" }, onClick: openJump }, h("span", { class: "sign", "aria-hidden": "true" }, "+"), t("direct.new"));
}

function isInApp() {
  return shown.place.view === "home" || isCurrent(appMessages()?.id);
}

function appRow() {
  const unread = unreadOf(appMessages());
  const change = unread ? { channel: appMessages().id } : { channel: "", view: "home" };
  const made = row("app", change, [avatar(shown.bot.user_id), h("span", { class: "row-name" }, shown.bot.name)], unread);
  if (isInApp()) made.setAttribute("aria-current", "page");
  return made;
}

function moveBetweenRows(event) {
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const rows = [...event.currentTarget.querySelectorAll(".row")];
  const at = rows.indexOf(document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  rows[(next + rows.length) % rows.length].focus();
}
