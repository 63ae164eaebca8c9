import { compareBytewise } from "./bytes.ts";

/*
 * Text normalisation of the gate (docs/spec/gate.md, conventions). Digests depend on every rule here, so built-in
 * functions are used only where they agree: `String.trim` keeps U+0085 and removes U+FEFF, and `toLowerCase` turns
 * U+0130 into two characters and treats a final sigma differently.
 */

/** Remove Unicode White_Space from both ends. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++;
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return end - start === text.length ? text : text.slice(start, end);
}

/** Lower-case each code point independently. */
export function lower(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return lowerUnicode(text);
  }
  return text.toLowerCase();
}

/** {@linkcode trim} and {@linkcode lower}. */
export function trimLower(text: string): string {
  return lower(trim(text));
}

/** The trimmed, non-empty items of a comma-separated list. */
export function commaList(list: string): string[] {
  return list.split(",").map(trim).filter((item) => item !== "");
}

/** Trimmed items without empty ones and duplicates, sorted by UTF-8 bytes. */
export function set(items: readonly string[]): string[] {
  return unique(items.map(trim));
}

/** {@linkcode set} of the lower-cased items. */
export function lset(items: readonly string[]): string[] {
  return unique(items.map(trimLower));
}

function unique(items: readonly string[]): string[] {
  const kept = new Set(items);
  kept.delete("");
  return [...kept].sort(compareBytewise);
}

function isWhiteSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  return unit === 0x85 || unit === 0xa0 || unit === 0x1680 || (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f || unit === 0x3000;
}

function lowerUnicode(text: string): string {
  let result = "";
  for (const char of text) result += char === "\u0130" ? "i" : char.toLowerCase();
  return result;
}
