/*
 * Linear trimming of given characters. `/[. ]+$/` is quadratic in a run that does not reach the end, because the
 * match restarts at each of its characters.
 */

/** Remove matching units from the end, in linear time. */
export function trimEndChars(text: string, isCut: (unit: string) => boolean): string {
  let end = text.length;
  while (end > 0 && isCut(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Remove matching units from both ends. */
export function trimChars(text: string, isCut: (unit: string) => boolean): string {
  let start = 0;
  while (start < text.length && isCut(text[start]!)) start++;
  return trimEndChars(text.slice(start), isCut);
}
