// On a phone one column fills the screen; it is then the page's main landmark. Wider, each column has its own role.

const NARROW = matchMedia("(max-width: 760px)");
const ROLES = { sidebar: "region", main: "main", thread: "complementary" };
const REGION = { list: "sidebar", main: "main", thread: "thread" };

export function isNarrow() {
  return NARROW.matches;
}

/** Shows `list`, `main` or `thread` where there is room for one only. */
export function showScreen(screen) {
  document.body.dataset.screen = screen;
  giveRoles();
}

function giveRoles() {
  const visible = REGION[document.body.dataset.screen];
  for (const [id, role] of Object.entries(ROLES)) {
    const hidden = NARROW.matches && id !== visible;
    document.getElementById(id).setAttribute("role", hidden ? "none" : NARROW.matches ? "main" : role);
  }
}

NARROW.addEventListener("change", giveRoles);
