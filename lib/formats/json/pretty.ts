import { utf8 } from "../bytes.ts";
import type { JsonValue } from "./value.ts";

/**
 * JSON for files that people read: 2-space indent, members in the given order, `<`, `>` and `&` escaped, final
 * newline (docs/spec/regress.md 1.3, docs/spec/core.md section 8).
 */
export function prettyJson(value: JsonValue): Uint8Array<ArrayBuffer> {
  return utf8(prettyText(value));
}

/** {@linkcode prettyJson} as text. */
export function prettyText(value: JsonValue): string {
  return escaped(JSON.stringify(value, null, 2)) + "\n";
}

/** One line of compact JSON, members in the given order, escaped as {@linkcode prettyJson} does, without newline. */
export function compactJson(value: JsonValue): string {
  return escaped(JSON.stringify(value));
}

const ESCAPED = ["<", ">", "&", "\u2028", "\u2029"] as const;

/** Most texts have none of these characters, which five searches find out sooner than one replacement. */
function escaped(text: string): string {
  if (!ESCAPED.some((char) => text.includes(char))) return text;
  return text.replace(/[<>&\u2028\u2029]/g, escapeUnit);
}

function escapeUnit(char: string): string {
  return "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0");
}
