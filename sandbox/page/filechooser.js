// Block Kit's file_input: files are uploaded as soon as they are chosen, named beneath, and taken away again.
import { MAX_FILE_BYTES, upload } from "./api.js";
import { freshId, h } from "./dom.js";
import { icon } from "./icons.js";
import { announce, attempt, notice } from "./notices.js";
import { shown } from "./shown.js";
import { t } from "./words.js";

const MOST_FILES = 10;

/** `{element, named, focus, files(), keep(files)}`: `named` holds `aria-*` that label it, `files()` the kept `[{id, name}]`. */
export function fileChooser(at) {
  const most = at.element.max_files || MOST_FILES;
  const accept = (at.element.filetypes || []).map((type) => `.${type}`).join(",");
  const state = { ...at, most, list: h("ul", { class: "chosen-files" }), opener: null };
  const chooser = h("input", { type: "file", hidden: true, multiple: most > 1, accept: accept || null, onChange: (event) => taken(state, event.currentTarget) });
  const id = freshId("files");
  const labels = at.named["aria-labelledby"];
  state.opener = h("button", {
    type: "button", class: "button", ...at.named, id, "aria-labelledby": labels ? `${labels} ${id}` : null,
    dataset: { focus: at.focus, action: at.element.action_id }, onClick: () => chooser.click(),
  }, t("file.choose"));
  draw(state);
  return h("div", { class: "file-input" }, chooser, state.opener, state.list);
}

async function taken(state, chooser) {
  const wanted = [...chooser.files].filter((file) => fits(state, file));
  // The same file can be chosen again after it was removed.
  chooser.value = "";
  state.opener.setAttribute("aria-busy", "true");
  for (const file of wanted) await add(state, file);
  state.opener.removeAttribute("aria-busy");
}

function fits({ element }, file) {
  const types = element.filetypes || [];
  const type = file.name.split(".").pop().toLowerCase();
  if (file.size > MAX_FILE_BYTES) notice(t("file.too.big", { name: file.name, size: MAX_FILE_BYTES / 1_000_000 }));
  else if (types.length && !types.includes(type)) notice(t("file.wrong.type", { name: file.name, types: types.join(", ") }));
  else return true;
  return false;
}

// Where one file is allowed, another one takes its place.
async function add(state, file) {
  if (state.most > 1 && state.files().length >= state.most) return notice(t("file.most", { count: state.most }));
  const given = await attempt(() => upload(shown.me.id, file));
  if (!given) return undefined;
  const before = state.most > 1 ? state.files() : [];
  state.keep([...before, { id: given.id, name: given.name }]);
  draw(state);
  return announce(t("file.chosen", { name: given.name }));
}

function draw(state) {
  state.list.replaceChildren(...state.files().map((file) => h("li", { class: "file" }, icon("file"), " ", file.name, removing(state, file))));
  state.list.hidden = !state.files().length;
}

function removing(state, file) {
  const remove = () => {
    state.keep(state.files().filter((one) => one.id !== file.id));
    draw(state);
    announce(t("file.removed", { name: file.name }));
    state.opener.focus();
  };
  return h("button", { type: "button", class: "icon-button", "aria-label": t("remove", { name: file.name }), onClick: remove }, "✕");
}
