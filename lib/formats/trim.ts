/*
 * Cutting characters off the ends of a text. `/[. ]+$/` looks right but takes time by the square of a run that does not
 * reach the end: a regular expression begins anew at each character of it.
 */

/** A text without the units at its end that a test names; each unit is looked at once. */
export function trimEndChars(text: string, isCut: (unit: string) => boolean): string {
  let end = text.length;
  while (end > 0 && isCut(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** A text without the units at both ends that a test names. */
export function trimChars(text: string, isCut: (unit: string) => boolean): string {
  let start = 0;
  while (start < text.length && isCut(text[start]!)) start++;
  return trimEndChars(text.slice(start), isCut);
}
