// Modal dialogs on the browser's <dialog>: the rest of the page is inert, the focus stays inside and is given back.
import { textObject } from "./mrkdwn.js";
import { h, freshId } from "./dom.js";
import { t } from "./words.js";

/** Shows a dialog until it is closed; the promise gives its `returnValue`. */
export function showDialog(dialog, focused) {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  (focused || dialog).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before && before.isConnected) before.focus();
      resolve(dialog.returnValue);
    });
  });
}

/** Asks yes or no with Block Kit's confirm object; resolves to true or false. */
export async function confirmed(confirm) {
  if (!confirm) return true;
  const heading = freshId("confirm");
  const yes = h("button", { type: "button", class: confirm.style === "danger" ? "button danger" : "button primary", onClick: () => dialog.close("yes") },
    label(confirm.confirm, t("confirm.yes")));
  const no = h("button", { type: "button", class: "button", onClick: () => dialog.close("no") }, label(confirm.deny, t("confirm.no")));
  const dialog = h("dialog", { class: "confirm", "aria-labelledby": heading },
    h("h2", { id: heading }, label(confirm.title, t("confirm.title"))),
    h("div", { class: "confirm-text" }, textObject(confirm.text)),
    h("div", { class: "dialog-buttons" }, no, yes));
  return (await showDialog(dialog, no)) === "yes";
}

function label(object, otherwise) {
  return object ? textObject(object) : otherwise;
}
