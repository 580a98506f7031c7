// Slack's mrkdwn: parsed into a tree first (no document needed, so it can be tested by itself), then drawn as nodes.
// Rules: docs.slack.dev/messaging/formatting-message-text. A style opens where no letter or digit stands before it and no space after it;
// it closes on the same line where no space stands before it and no letter or digit after it.
import { fragment, h } from "./dom.js";
import { emojiNode, linkNode, mentionNode, dateNode } from "./inline.js";

const STYLES = { "*": "bold", "_": "italic", "~": "strike" };
const WORD = /[\p{L}\p{N}]/u;
const EMOJI = /:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/y;
const URL = /(?:https?:\/\/|mailto:)[^\s<>|*~`]+/y;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const ENTITY = /&(?:amp|lt|gt);/y;
const FENCE = "```";
const QUOTE = /^(?:>|&gt;) ?/;
const QUOTE_REST = /^(?:>>>|&gt;&gt;&gt;) ?/;

export function unescaped(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/** `[{kind, …}]`: `pre`, `quote`, and the inline kinds of `parseInline`. `verbatim` leaves bare addresses alone. */
export function parse(text, { verbatim = false } = {}) {
  const nodes = [];
  let from = 0;
  for (const fence of fences(text)) {
    nodes.push(...parseLines(text.slice(from, fence.start).replace(/\n$/, ""), verbatim));
    nodes.push({ kind: "pre", children: literal(fence.inside.replace(/^\n|\n$/g, "")) });
    from = fence.end;
  }
  return nodes.concat(parseLines(text.slice(from), verbatim));
}

// Pairs of three backticks with something between them; a line break right after the pair belongs to it.
function fences(text) {
  const found = [];
  for (let start = text.indexOf(FENCE); start >= 0; ) {
    const close = text.indexOf(FENCE, start + 3);
    if (close < 0) break;
    const inside = text.slice(start + 3, close);
    const whole = Boolean(inside.trim());
    const end = close + (text[close + 3] === "\n" ? 4 : 3);
    if (whole) found.push({ start, inside, end });
    start = text.indexOf(FENCE, whole ? end : start + 3);
  }
  return found;
}

function parseLines(text, verbatim) {
  if (!text) return [];
  const nodes = [];
  let plain = [];
  const settle = () => {
    if (plain.length) nodes.push(...parseInline(plain.join("\n"), verbatim));
    plain = [];
  };
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; ) {
    const quoted = quoteAt(lines, at);
    if (!quoted.length) {
      plain.push(lines[at]);
      at += 1;
      continue;
    }
    settle();
    nodes.push({ kind: "quote", children: parseInline(quoted.join("\n"), verbatim) });
    at += quoted.length;
  }
  settle();
  return nodes;
}

function quoteAt(lines, at) {
  if (QUOTE_REST.test(lines[at])) return [lines[at].replace(QUOTE_REST, ""), ...lines.slice(at + 1)];
  const quoted = [];
  for (let line = at; line < lines.length && QUOTE.test(lines[line]); line += 1) quoted.push(lines[line].replace(QUOTE, ""));
  return quoted;
}

// Inside code nothing is styled, but control sequences are still resolved.
function literal(text) {
  return text.split(/(<[^<>\n]+>)/).filter(Boolean).map((part) => {
    const control = part.startsWith("<") && part.endsWith(">") ? controlOf(part.slice(1, -1)) : null;
    return control || { kind: "text", text: unescaped(part) };
  });
}

export function parseInline(text, verbatim = false) {
  const scan = { text, verbatim, nodes: [], written: "", endless: {} };
  for (let at = 0; at < text.length; ) at = step(scan, at);
  flush(scan);
  return scan.nodes;
}

function step(scan, at) {
  const found = inlineAt(scan, at);
  if (!found) {
    scan.written += scan.text[at];
    return at + 1;
  }
  if (found.node.kind === "text") scan.written += found.node.text;
  else {
    flush(scan);
    scan.nodes.push(found.node);
  }
  return found.end;
}

function flush(scan) {
  if (scan.written) scan.nodes.push({ kind: "text", text: scan.written });
  scan.written = "";
}

function inlineAt(scan, at) {
  const { text } = scan;
  const character = text[at];
  if (character === "<") return controlAt(text, at);
  if (character === "`") return codeAt(text, at);
  if (character in STYLES) return styleAt(scan, at);
  if (character === ":") return emojiAt(text, at);
  if (character === "&") return entityAt(text, at);
  if (character === "\n") return { node: { kind: "break" }, end: at + 1 };
  return scan.verbatim ? null : urlAt(text, at);
}

function controlAt(text, at) {
  const end = text.indexOf(">", at);
  if (end < 0) return null;
  const node = controlOf(text.slice(at + 1, end));
  return node && { node, end: end + 1 };
}

function controlOf(inside) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescaped(inside.slice(bar + 1));
  if (target.startsWith("@")) return { kind: "user", id: target.slice(1), label };
  if (target.startsWith("#")) return { kind: "channel", id: target.slice(1), label };
  if (target.startsWith("!")) return commandOf(inside.slice(1), target.slice(1), label);
  if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return null;
  return { kind: "link", url: unescaped(target), label };
}

function commandOf(whole, target, label) {
  const date = /^date\^(\d+)\^([^|^]*)(?:\^([^|]*))?/.exec(whole);
  if (date) return { kind: "date", seconds: Number(date[1]), format: unescaped(date[2]), url: date[3] ? unescaped(date[3]) : "", label };
  if (target.startsWith("subteam^")) return { kind: "group", id: target.slice(8), label };
  if (["here", "channel", "everyone"].includes(target)) return { kind: "broadcast", range: target };
  return label ? { kind: "text", text: label } : { kind: "text", text: `<!${target}>` };
}

function codeAt(text, at) {
  const end = text.indexOf("`", at + 1);
  const inside = text.slice(at + 1, end);
  if (end < 0 || !inside.trim() || inside.includes("\n")) return null;
  return { node: { kind: "code", children: literal(inside) }, end: end + 1 };
}

// A mark without an end on its line is remembered, so that a line full of marks is looked through once for each.
function styleAt(scan, at) {
  const { text } = scan;
  const mark = text[at];
  const before = at ? lastCharacter(text, at) : "";
  const after = text[at + 1];
  if (at < (scan.endless[mark] ?? 0) || WORD.test(before) || !after || /\s/.test(after) || after === mark) return null;
  const end = closing(text, at, mark);
  if (text[end] !== mark) {
    scan.endless[mark] = end;
    return null;
  }
  return { node: { kind: STYLES[mark], children: parseInline(text.slice(at + 1, end), scan.verbatim) }, end: end + 1 };
}

function lastCharacter(text, at) {
  return [...text.slice(Math.max(0, at - 2), at)].pop() || "";
}

// The place of the mark that closes, or of the line's end when none does.
function closing(text, at, mark) {
  let end = at + 1;
  for (; end < text.length && text[end] !== "\n"; end += 1) {
    end = skippedTo(text, end);
    if (text[end] !== mark || /\s/.test(text[end - 1]) || end === at + 1) continue;
    const next = String.fromCodePoint(text.codePointAt(end + 1) || 32);
    if (!WORD.test(next)) return end;
  }
  return end;
}

// A mark inside a control sequence or between backticks does not close a style.
function skippedTo(text, at) {
  const whole = text[at] === "<" ? controlAt(text, at) : text[at] === "`" ? codeAt(text, at) : null;
  return whole ? whole.end - 1 : at;
}

function sticky(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function emojiAt(text, at) {
  const match = sticky(EMOJI, text, at);
  return match && { node: { kind: "emoji", name: match[1] }, end: at + match[0].length };
}

function entityAt(text, at) {
  const match = sticky(ENTITY, text, at);
  return match && { node: { kind: "text", text: ENTITIES[match[0]] }, end: at + match[0].length };
}

function urlAt(text, at) {
  if (at && WORD.test(text[at - 1])) return null;
  const match = sticky(URL, text, at);
  if (!match) return null;
  const url = match[0].replace(/[.,;:!?)\]}'"_]+$/, "");
  return { node: { kind: "link", url: unescaped(url), label: "" }, end: at + url.length };
}

const DRAWN = {
  text: (node) => document.createTextNode(node.text),
  break: () => h("br"),
  bold: (node) => h("strong", {}, drawAll(node.children)),
  italic: (node) => h("em", {}, drawAll(node.children)),
  strike: (node) => h("s", {}, drawAll(node.children)),
  code: (node) => h("code", {}, drawAll(node.children)),
  pre: (node) => h("pre", {}, drawAll(node.children)),
  quote: (node) => h("blockquote", {}, drawAll(node.children)),
  emoji: (node) => emojiNode(node.name),
  link: (node) => linkNode(node.url, node.label),
  user: mentionNode,
  channel: mentionNode,
  group: mentionNode,
  broadcast: mentionNode,
  date: dateNode,
};

export function drawAll(nodes) {
  return nodes.map((node) => DRAWN[node.kind](node));
}

/** The text of a message or a mrkdwn object as nodes. */
export function mrkdwn(text, options) {
  return fragment(drawAll(parse(text || "", options)));
}

/** A Block Kit text object: `mrkdwn` is parsed, `plain_text` only has its emoji drawn. */
export function textObject(object) {
  if (!object) return fragment();
  if (object.type === "mrkdwn") return mrkdwn(object.text, { verbatim: object.verbatim });
  return plainText(object);
}

/** `plain_text`: no styles, no mentions; emoji unless `emoji` is false; line breaks kept. */
export function plainText(object) {
  const text = object.text || "";
  if (object.emoji === false) return fragment(text);
  return fragment(text.split(/(:[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:)/).map(plainPart));
}

function plainPart(part) {
  const name = /^:([^:].*):$/.exec(part);
  return name ? emojiNode(name[1]) : part;
}

/** A short reading of a message in words, for labels and announcements. */
export function inWords(text) {
  return mrkdwn(text).textContent;
}
