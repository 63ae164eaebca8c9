/** Maximum length of a text to match. */
const MAX_TEXT = 64 * 1024;

/**
 * Whether a whole text matches a pattern in which `*` stands for any characters and `?` for exactly one. Patterns are
 * not compiled to regular expressions, which could take exponential time on a hostile text from a run.
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
      // Extend the match of the last `*` by one character; backtracking to earlier ones is unnecessary.
      at = star + 1;
      from = ++resume;
    } else return false;
  }
  while (at < pattern.length && pattern[at] === "*") at++;
  return at === pattern.length;
}
