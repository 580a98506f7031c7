// The page's own words, in the acting person's language. What people and the bot write is not translated here.
import en from "./words-en.js";
import nl from "./words-nl.js";
import sv from "./words-sv.js";
import zhHant from "./words-zh-hant.js";

export const CATALOGUES = { en, nl, sv, "zh-Hant": zhHant };

let current = "en";

export function setLanguage(language) {
  current = language in CATALOGUES ? language : "en";
  document.documentElement.lang = current;
}

export function language() {
  return current;
}

/** The words of a key, `{name}` filled in; a text with plural forms chooses by `values.count`. */
export function t(key, values = {}) {
  const entry = CATALOGUES[current][key] ?? en[key] ?? key;
  const text = typeof entry === "string" ? entry : entry[new Intl.PluralRules(current).select(values.count)] ?? entry.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
