// Menus and small panels in the browser's top layer: they close on Escape or a press elsewhere and give the focus back.
import { h } from "./dom.js";

const GAP = 4;

function place(panel, anchor) {
  const from = anchor.getBoundingClientRect();
  const size = panel.getBoundingClientRect();
  const below = from.bottom + GAP + size.height <= innerHeight;
  const top = below ? from.bottom + GAP : Math.max(GAP, from.top - GAP - size.height);
  const left = Math.min(Math.max(GAP, from.right - size.width), innerWidth - size.width - GAP);
  panel.style.top = `${top}px`;
  panel.style.left = `${Math.max(GAP, left)}px`;
}

/** Shows `panel` at `anchor`; `closed` is called once it is gone. Focus returns to the anchor if it was inside. */
export function openPanel(anchor, panel, closed = () => {}) {
  const home = anchor.closest("dialog, #main, #sidebar, #thread, #inspector, #topbar") || document.body;
  panel.popover = "auto";
  panel.classList.add("panel");
  home.append(panel);
  panel.showPopover();
  place(panel, anchor);
  anchor.setAttribute("aria-expanded", "true");
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const held = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.remove();
    // Focused while it is still marked as expanded: a message's toolbar hides otherwise.
    if (held && anchor.isConnected) anchor.focus();
    anchor.setAttribute("aria-expanded", "false");
    closed();
  });
  return () => panel.isConnected && panel.hidePopover();
}

function step(items, event) {
  const at = items.indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (!(event.key in moves)) return;
  event.preventDefault();
  items[(moves[event.key] + items.length) % items.length].focus();
}

/** A menu: `items` are `{label, description?, danger?, href?, act}` or `"-"` for a line between groups. */
export function openMenu(anchor, items, label) {
  let close = () => {};
  const entries = items.map((item) => (item === "-" ? h("div", { role: "separator" }) : entry(item, () => close())));
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label }, entries);
  const buttons = () => [...menu.querySelectorAll("[role=menuitem]")];
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Tab") close();
    step(buttons(), event);
  });
  close = openPanel(anchor, menu);
  buttons()[0]?.focus();
}

function entry(item, close) {
  const choose = () => {
    close();
    item.act();
  };
  const description = item.description ? h("span", { class: "menu-description" }, item.description) : null;
  return h("button", { type: "button", role: "menuitem", tabindex: "-1", class: item.danger ? "danger" : null, onClick: choose }, h("span", {}, item.label), description);
}
