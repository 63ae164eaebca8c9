/** Offset of the start of the line that contains an offset; reads only this line. */
export function lineStartOf(text: string, at: number): number {
  let start = at;
  while (start > 0 && !isBreak(text.charCodeAt(start - 1))) start--;
  return start;
}

/** Offset of the end of the line that contains an offset, without its line break. */
export function lineEndOf(text: string, at: number): number {
  let end = at;
  while (end < text.length && !isBreak(text.charCodeAt(end))) end++;
  return end;
}

function isBreak(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d;
}
