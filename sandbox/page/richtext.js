// rich_text blocks (docs.slack.dev/reference/block-kit/blocks/rich-text-block): sections, lists, quotes, preformatted text.
import { fragment, h } from "./dom.js";
import { dateNode, emojiNode, linkNode, mentionNode } from "./inline.js";

const WRAPPERS = [["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"], ["highlight", "mark"], ["client_highlight", "mark"], ["code", "code"]];

function styled(node, style = {}) {
  return WRAPPERS.reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function lines(text) {
  return fragment(text.split("\n").map((line, index) => (index ? [h("br"), line] : line)));
}

const INLINE = {
  text: (element) => lines(element.text),
  link: (element) => linkNode(element.url, element.text),
  emoji: (element) => emojiNode(element.name, element.unicode),
  user: (element) => mentionNode({ kind: "user", id: element.user_id }),
  usergroup: (element) => mentionNode({ kind: "group", id: element.usergroup_id }),
  channel: (element) => mentionNode({ kind: "channel", id: element.channel_id }),
  broadcast: (element) => mentionNode({ kind: "broadcast", range: element.range }),
  date: (element) => dateNode({ seconds: element.timestamp, format: element.format, url: element.url, label: element.fallback }),
  color: (element) => colorNode(element.value),
};

function colorNode(value) {
  const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
  swatch.style.background = value;
  return h("span", { class: "color" }, swatch, value);
}

function inline(elements) {
  return (elements || []).map((element) => {
    const draw = INLINE[element.type];
    return draw ? styled(draw(element), element.style) : h("span", { class: "unknown" }, element.text || element.type);
  });
}

function list(element) {
  const tag = element.style === "ordered" ? "ol" : "ul";
  const classes = ["rich-list", `indent-${element.indent || 0}`, element.border ? "bordered" : ""].join(" ").trim();
  const start = tag === "ol" && element.offset ? element.offset + 1 : null;
  return h(tag, { class: classes, start }, element.elements.map((item) => h("li", {}, inline(item.elements))));
}

const PARTS = {
  rich_text_section: (element) => h("div", { class: "rich-section" }, inline(element.elements)),
  rich_text_list: list,
  rich_text_quote: (element) => h("blockquote", {}, inline(element.elements)),
  rich_text_preformatted: (element) => h("pre", {}, inline(element.elements)),
};

export function richText(block) {
  const parts = (block.elements || []).map((element) => (PARTS[element.type] || PARTS.rich_text_section)(element));
  return h("div", { class: "rich-text" }, parts);
}
