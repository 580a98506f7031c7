// Block Kit: every block the workspace draws (docs.slack.dev/reference/block-kit/blocks).
import { drawElement, isInteractive } from "./elements.js";
import { fragment, freshId, h } from "./dom.js";
import { markdown } from "./markdown.js";
import { plainText, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { t } from "./words.js";

const DRAWN = {
  section,
  header: (block) => h("p", { class: "block-header", role: "heading", "aria-level": "3" }, plainText(block.text)),
  context: (block) => h("div", { class: "block-context" }, block.elements.map(contextPart)),
  divider: () => h("hr"),
  actions: (block, context) => h("div", { class: "block-actions" }, elementsOf(block, context)),
  context_actions: (block, context) => h("div", { class: "block-actions context-actions" }, elementsOf(block, context)),
  input,
  image: (block) => picture(block, "block-image"),
  rich_text: richText,
  markdown: (block) => markdown(block.text),
  table,
  file: (block) => h("div", { class: "unknown" }, block.external_id || ""),
};

/**
 * Blocks as nodes. `context` is `{values, send, errors, channel}`: where answers are kept, how a press is sent, the errors by
 * block id to show beside inputs. A block without an id gets one from its place, as Slack gives it one.
 */
export function drawBlocks(blocks, context) {
  return fragment((blocks || []).map((block, index) => drawBlock({ ...block, block_id: block.block_id || `block-${index}` }, context)));
}

function drawBlock(block, context) {
  const draw = DRAWN[block.type];
  const content = draw ? draw(block, context) : h("span", { class: "unknown" }, t("unknown.block", { type: block.type }));
  return h("div", { class: `block block-of-${block.type}`, dataset: { block: block.block_id } }, content);
}

function elementsOf(block, context) {
  return block.elements.map((element) => drawElement(element, block.block_id, context));
}

function section(block, context) {
  const text = block.text ? h("div", { class: "section-text" }, textObject(block.text)) : null;
  const fields = block.fields ? h("div", { class: "section-fields" }, block.fields.map((field) => h("div", {}, textObject(field)))) : null;
  const body = h("div", { class: "section-body" }, text, fields);
  if (!block.accessory) return h("div", { class: "block-section" }, body);
  return h("div", { class: "block-section with-accessory" }, body, h("div", { class: "accessory" }, accessory(block, context, body)));
}

function accessory(block, context, body) {
  if (block.accessory.type === "image") return picture(block.accessory, "accessory-image");
  if (["button", "overflow"].includes(block.accessory.type)) return drawElement(block.accessory, block.block_id, context);
  body.id = freshId("section");
  return drawElement(block.accessory, block.block_id, context, { "aria-labelledby": body.id });
}

function contextPart(element) {
  if (element.type === "image") return picture(element, "context-image");
  return h("span", {}, textObject(element));
}

// The page never leaves the machine it runs on, so a picture from elsewhere is named and linked instead of loaded.
function picture(block, style) {
  const url = block.image_url || block.slack_file?.url || "";
  const title = block.title ? h("div", { class: "image-title" }, plainText(block.title)) : null;
  const here = url.startsWith("data:image/") || new URL(url || "/", location.href).origin === location.origin;
  if (here && url) return h("figure", { class: style }, title, h("img", { src: url, alt: block.alt_text || "" }));
  const named = block.alt_text || t("image");
  if (style === "context-image") return h("span", { class: "image-elsewhere small", role: "img", "aria-label": named, title: url }, "▨");
  const link = url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, t("image.open")) : null;
  return h("figure", { class: `${style} image-elsewhere` }, title, h("span", {}, "▨ ", named), link);
}

function input(block, context) {
  const one = isLabelable(block.element) ? freshId("input") : null;
  const label = h(one ? "label" : "span", { class: "input-label", id: freshId("label"), for: one }, plainText(block.label), block.optional ? h("span", { class: "optional" }, ` ${t("optional")}`) : null);
  const hint = block.hint ? h("div", { class: "hint", id: freshId("hint") }, plainText(block.hint)) : null;
  const error = h("div", { class: "input-error", id: freshId("error") }, context.errors?.[block.block_id] || "");
  error.hidden = !error.textContent;
  const labelled = {
    ...(one ? { id: one } : { "aria-labelledby": label.id }),
    "aria-describedby": [hint && hint.id, error.id].filter(Boolean).join(" "),
    "aria-invalid": error.hidden ? null : "true",
    "aria-required": block.optional ? null : "true",
    silent: !block.dispatch_action,
    dispatch: Boolean(block.dispatch_action),
  };
  const drawn = isInteractive(block.element) ? drawElement(block.element, block.block_id, context, labelled) : drawElement(block.element, block.block_id, context);
  return h("div", { class: error.hidden ? "block-input" : "block-input invalid" }, label, drawn, error, hint);
}

// Groups of boxes, and the buttons of a multiple choice and of files, are named by reference instead.
function isLabelable({ type }) {
  return !type.startsWith("multi_") && !["checkboxes", "radio_buttons", "file_input"].includes(type);
}

function table(block) {
  const settings = block.column_settings || [];
  const cell = (row) => (content, column) => {
    const setting = settings[column] || {};
    const classes = [`align-${setting.align || "left"}`, setting.is_wrapped ? "wrapped" : ""].join(" ").trim();
    return h(row === 0 ? "th" : "td", { class: classes, scope: row === 0 ? "col" : null }, cellContent(content));
  };
  const rows = block.rows.map((cells, row) => h("tr", {}, cells.map(cell(row))));
  const body = [h("thead", {}, rows.slice(0, 1)), h("tbody", {}, rows.slice(1))];
  return h("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": t("table") }, h("table", {}, body));
}

function cellContent(content) {
  if (!content) return "";
  return content.type === "rich_text" ? richText(content) : String(content.text ?? content.value ?? "");
}
