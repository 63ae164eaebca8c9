/** The longest text that a pattern is tried on. */
const MAX_TEXT = 64 * 1024;

/**
 * Whether a whole text is a pattern in which `*` is any run of characters and `?` any one. Patterns are never compiled to
 * regular expressions: a text from a run could make those take exponential time.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (text.length > MAX_TEXT) return false;
  let [at, from] = [0, 0];
  let star = -1;
  let resume = 0;
  while (from < text.length) {
    if (at < pattern.length && pattern[at] === "*") {
      star = at++;
      resume = from;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      // The last `*` takes one character more; earlier ones need not be tried again.
      at = star + 1;
      from = ++resume;
    } else return false;
  }
  while (at < pattern.length && pattern[at] === "*") at++;
  return at === pattern.length;
}
