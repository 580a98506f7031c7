// Building and updating the document. Strings become text nodes, so nothing a person or the bot wrote is ever parsed as HTML.

const PROPERTIES = new Set(["value", "checked", "selected", "indeterminate", "htmlFor"]);

function setProperty(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) return element.addEventListener(name.slice(2).toLowerCase(), value);
  if (name === "class") return void (element.className = value);
  if (name === "dataset") return Object.assign(element.dataset, value);
  if (PROPERTIES.has(name)) return void (element[name] = value);
  element.setAttribute(name, value === true ? "" : String(value));
}

/** An element with attributes, listeners (`onClick`) and children (nodes, strings, nested lists; null is skipped). */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) setProperty(element, name, value);
  element.append(...present(children));
  return element;
}

export function fragment(...children) {
  const made = document.createDocumentFragment();
  made.append(...present(children));
  return made;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

export function hiddenText(text) {
  return h("span", { class: "visually-hidden" }, text);
}

let lastId = 0;

/** An id for `aria-*` references, unique in this document. */
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** What has the focus inside `root`, in words that outlive a re-rendering. */
export function focusMark(root) {
  const active = document.activeElement;
  if (!active || !root.contains(active)) return null;
  const holder = active.closest("[data-focus]");
  const mark = { key: holder && root.contains(holder) ? holder.dataset.focus : null };
  if ("selectionStart" in active && active.type !== "checkbox" && active.type !== "radio") {
    mark.start = active.selectionStart;
    mark.end = active.selectionEnd;
  }
  return mark;
}

/** Gives the focus back to the element `focusMark` described; else to `fallback`. */
export function restoreFocus(root, mark, fallback) {
  if (!mark) return;
  const again = mark.key && [...root.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === mark.key);
  const target = again || fallback;
  if (!target) return;
  target.focus({ preventScroll: true });
  if (again && mark.start !== undefined && mark.start !== null && target.setSelectionRange) restoreCaret(target, mark);
}

function restoreCaret(target, mark) {
  try {
    target.setSelectionRange(mark.start, mark.end);
  } catch {
    // Inputs such as type=email have no caret to restore.
  }
}

const versions = new WeakMap();

/**
 * Makes the children of `container` those of `items` ({key, version, build}) and touches only what changed,
 * so that focus, scroll position and half-made choices survive.
 */
export function reconcile(container, items) {
  const existing = new Map([...container.children].map((child) => [child.dataset.key, child]));
  let cursor = container.firstElementChild;
  for (const item of items) {
    const old = existing.get(item.key);
    const node = old && versions.get(old) === item.version ? old : rebuilt(item, old);
    if (old && cursor === old) cursor = node;
    existing.delete(item.key);
    if (cursor === node) cursor = node.nextElementSibling;
    else container.insertBefore(node, cursor);
  }
  for (const gone of existing.values()) gone.remove();
}

function rebuilt(item, old) {
  const node = item.build();
  node.dataset.key = item.key;
  versions.set(node, item.version);
  if (!old) return node;
  const mark = focusMark(old);
  old.replaceWith(node);
  restoreFocus(node, mark, node);
  return node;
}
