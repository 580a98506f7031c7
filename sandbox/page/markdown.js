// The markdown block (docs.slack.dev/reference/block-kit/blocks/markdown-block): the usual Markdown, drawn as nodes.
import { fragment, h } from "./dom.js";
import { emojiNode, linkNode } from "./inline.js";

const INLINE = [
  [/^`([^`]+)`/, (m) => h("code", {}, m[1])],
  [/^\*\*((?:[^*]|\*(?!\*))+)\*\*/, (m) => h("strong", {}, inline(m[1]))],
  [/^__([^_]+)__/, (m) => h("strong", {}, inline(m[1]))],
  [/^~~([^~]+)~~/, (m) => h("s", {}, inline(m[1]))],
  [/^\*([^*\s][^*]*)\*/, (m) => h("em", {}, inline(m[1]))],
  [/^_([^_\s][^_]*)_(?![\p{L}\p{N}])/u, (m) => h("em", {}, inline(m[1]))],
  [/^!\[([^\]]*)\]\(([^)\s]+)\)/, (m) => linkNode(m[2], m[1])],
  [/^\[([^\]]+)\]\(([^)\s]+)(?:\s+"[^"]*")?\)/, (m) => linkNode(m[2], m[1])],
  [/^<(https?:\/\/[^>\s]+)>/, (m) => linkNode(m[1], "")],
  [/^https?:\/\/[^\s<>)*]+/, (m) => linkNode(m[0], "")],
  [/^:([a-z0-9_+-]+):/, (m) => emojiNode(m[1])],
  [/^\\([\\`*_{}[\]()#+.!|~-])/, (m) => m[1]],
];

function inline(text) {
  const nodes = [];
  let rest = text;
  let written = "";
  while (rest) {
    const found = firstMatch(rest);
    if (!found) {
      written += rest[0];
      rest = rest.slice(1);
      continue;
    }
    nodes.push(written, found.node);
    written = "";
    rest = rest.slice(found.length);
  }
  return fragment([...nodes, written].filter(Boolean));
}

function firstMatch(text) {
  for (const [pattern, draw] of INLINE) {
    const match = pattern.exec(text);
    if (match) return { node: draw(match), length: match[0].length };
  }
  return null;
}

const FENCE = /^\s*```/;
const HEADING = /^(#{1,6})\s+(.*?)#*$/;
const RULE = /^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/;
const QUOTE = /^\s*>\s?/;
const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** The whole text of a markdown block. */
export function markdown(text) {
  return h("div", { class: "markdown" }, blocksOf((text || "").split("\n")));
}

function blocksOf(lines) {
  const nodes = [];
  for (let at = 0; at < lines.length; ) {
    const [node, next] = blockAt(lines, at);
    if (node) nodes.push(node);
    at = next;
  }
  return nodes;
}

function blockAt(lines, at) {
  const line = lines[at];
  if (!line.trim()) return [null, at + 1];
  if (FENCE.test(line)) return fenceAt(lines, at);
  if (HEADING.test(line)) return [headingNode(line), at + 1];
  if (RULE.test(line)) return [h("hr"), at + 1];
  if (QUOTE.test(line)) return quoteAt(lines, at);
  if (ITEM.test(line)) return listAt(lines, at);
  if (line.includes("|") && TABLE_RULE.test(lines[at + 1] || "")) return tableAt(lines, at);
  return paragraphAt(lines, at);
}

function headingNode(line) {
  const [, marks, text] = HEADING.exec(line);
  return h("p", { class: `heading heading-${marks.length}`, role: "heading", "aria-level": String(Math.min(6, marks.length + 2)) }, inline(text));
}

function fenceAt(lines, at) {
  let end = at + 1;
  while (end < lines.length && !FENCE.test(lines[end])) end += 1;
  return [h("pre", {}, lines.slice(at + 1, end).join("\n")), end + 1];
}

function quoteAt(lines, at) {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end])) end += 1;
  return [h("blockquote", {}, blocksOf(lines.slice(at, end).map((line) => line.replace(QUOTE, "")))), end];
}

function listAt(lines, at) {
  const [, indent, marker] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(marker);
  const list = h(ordered ? "ol" : "ul", { start: ordered && parseInt(marker, 10) !== 1 ? parseInt(marker, 10) : null });
  let next = at;
  while (next < lines.length) {
    const item = ITEM.exec(lines[next]);
    if (!item || item[1].length < indent.length) break;
    if (item[1].length > indent.length + 1 && list.lastElementChild) {
      const [nested, after] = listAt(lines, next);
      list.lastElementChild.append(nested);
      next = after;
    } else {
      list.append(itemNode(item[3]));
      next += 1;
    }
  }
  return [list, next];
}

function itemNode(text) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  if (!task) return h("li", {}, inline(text));
  return h("li", { class: "task" }, task[1] === " " ? "☐ " : "☑ ", inline(task[2]));
}

function cells(line) {
  return line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
}

function tableAt(lines, at) {
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const head = h("tr", {}, cells(lines[at]).map((cell) => h("th", { scope: "col" }, inline(cell))));
  const body = lines.slice(at + 2, end).map((line) => h("tr", {}, cells(line).map((cell) => h("td", {}, inline(cell)))));
  return [h("div", { class: "table-frame", tabindex: "0" }, h("table", {}, h("thead", {}, head), h("tbody", {}, body))), end];
}

function paragraphAt(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !startsBlock(lines[end])) end += 1;
  const parts = lines.slice(at, end).map((line, index) => (index ? [h("br"), inline(line)] : inline(line)));
  return [h("p", {}, parts), end];
}

function startsBlock(line) {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line);
}
