// The app's own place: its Home tab, and the way to its Messages tab.
import { tell } from "./api.js";
import { drawBlocks } from "./blocks.js";
import { backButton, showList } from "./channel.js";
import { focusMark, h, restoreFocus } from "./dom.js";
import { avatar, badges, optionsOf } from "./message.js";
import { attempt } from "./notices.js";
import { appMessages, go, shown } from "./shown.js";
import { t } from "./words.js";

const kept = new Map();

/** Home and Messages, as links between the two. `current` is `home` or `messages`. */
export function appTabs(current) {
  const tab = (name, act) => h("button", { type: "button", class: "tab", "aria-current": current === name ? "page" : null, dataset: { focus: `tab/${name}` }, onClick: act }, t(`tab.${name}`));
  return h("nav", { class: "tabs", "aria-label": t("app.tabs", { name: shown.bot.name }) }, tab("home", () => go({ as: shown.me.id, channel: "", view: "home" })), tab("messages", openMessages));
}

async function openMessages() {
  const known = appMessages();
  if (known) return go({ as: shown.me.id, channel: known.id });
  const answer = await attempt(() => tell("/sandbox/dm", { as: shown.me.id, with: shown.bot.user_id }));
  if (answer) go({ as: shown.me.id, channel: answer.channel.id || answer.channel });
  return undefined;
}

/** `{element, open, take}`: `open` tells the bot that Home was opened, `take` shows a view it published. */
export function createHomeView() {
  const content = h("div", { class: "home-content" }, h("p", { class: "empty" }, t("home.waiting", { name: shown.bot.name })));
  const scroller = h("div", { class: "scroller home", tabindex: "0", role: "region", "aria-label": t("tab.home") }, content);
  const header = h("div", { class: "column-heading" }, backButton(showList), avatar(shown.bot.user_id), h("div", { class: "column-title" }, h("h2", {}, shown.bot.name), badges(shown.bot.user_id)));
  const element = h("div", { class: "column" }, h("div", { class: "app-heading" }, header, appTabs("home")), scroller);
  const take = (view) => view && drawHome(content, view);
  return { element, take, open: () => open(take) };
}

// What was published before is shown at once, as Slack does; the bot may publish anew.
async function open(take) {
  take(shown.home);
  await attempt(() => tell("/sandbox/home", { as: shown.me.id }));
}

function drawHome(content, view) {
  const mark = focusMark(content);
  content.replaceChildren(h("div", { class: "home-blocks", lang: languageOf(view) }, drawBlocks(view.blocks, contextOf(view))));
  restoreFocus(content, mark, content.closest(".scroller"));
}

function languageOf(view) {
  return /\p{Script=Han}/u.test(JSON.stringify(view.blocks)) && shown.me.language === "zh-Hant" ? "zh-Hant" : shown.me.language;
}

function contextOf(view) {
  const where = { as: shown.me.id, view_id: view.id };
  if (!kept.has(view.id)) kept.set(view.id, {});
  const values = kept.get(view.id);
  return {
    values,
    send: async (action) => Boolean(await attempt(() => tell("/sandbox/press", { ...where, ...action, state: values }))),
    options: (at, query) => optionsOf(where, at, query),
  };
}
