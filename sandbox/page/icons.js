// The page's own signs, drawn: a machine without an emoji font would show empty boxes.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  lock: "M4.5 7V5a3.5 3.5 0 0 1 7 0v2M3.5 7h9v6.5h-9z",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14",
  people: "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 7.3a2.3 2.3 0 0 0 0-4.5M12 9.7c1.5.6 2.5 1.9 2.5 3.8",
  clip: "M12.5 7.5 8 12a3 3 0 0 1-4.2-4.2l5.2-5.2a2 2 0 0 1 2.8 2.8L6.8 10.4a1 1 0 0 1-1.4-1.4L9.5 4.9",
  file: "M3.5 1.5h5.5l3.5 3.5v9.5h-9zM9 1.5v3.5h3.5",
  speech: "M2 3h12v8H7l-3 3v-3H2z",
  eye: "M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  bolt: "M9 1.5 3.5 9H7.5L6.5 14.5 12.5 6.5H8.5z",
  smile: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM5.5 9.5c.6 1.2 1.5 1.8 2.5 1.8s1.9-.6 2.5-1.8M6 6v.8M10 6v.8",
};

/** A sign in the colour of the text beside it, unseen by screen readers: what it marks has a label of its own. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  drawing.append(path);
  return drawing;
}
