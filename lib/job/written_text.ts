import { compactJson, type JsonValue } from "../formats/json/mod.ts";
import { parseTime } from "../formats/time.ts";

/*
 * Texts and times as Gait writes them in the files of a job. Files of other forms are read strictly instead; those of
 * this form can't contain what the strict reader checks for.
 */

const CHAR = String.raw`[^"\\<>&\u2028\u2029\u0000-\u001f]`;

/**
 * Strings without escapes, and with them; an escape is checked once it is found. Their length has a limit, which keeps
 * an expression within its stack; files with longer ones are read as any JSON.
 */
export const PLAIN = `"(${CHAR}{0,4096})"`;
export const PLAIN_NOT_EMPTY = `"(${CHAR}{1,4096})"`;
export const TEXT = String.raw`"((?:${CHAR}|\\.){0,4096})"`;
export const TEXT_NOT_EMPTY = String.raw`"((?:${CHAR}|\\.){1,4096})"`;

/** The string with this content in JSON; `undefined` if Gait would write it otherwise. */
export function unescaped(content: string): string | undefined {
  if (!content.includes("\\")) return content;
  const json = `"${content}"`;
  const value = parsed(json);
  return typeof value === "string" && compactJson(value) === json ? value : undefined;
}

/** The value of a JSON text; `undefined` for any other text. */
export function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether nothing is nested deeper than this. Encoding a value that is nested without end would overflow the stack; the
 * strict reader has a limit.
 */
export function isShallow(value: JsonValue, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => isShallow(member, depth - 1));
}

/** Times whose day exists in every year, so that no calendar is needed to check them. */
const PLAIN_TIME =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{0,8}[1-9])?Z$/;

export function isWrittenTime(text: string): boolean {
  if (PLAIN_TIME.test(text)) return true;
  try {
    return parseTime(text) === text;
  } catch {
    return false;
  }
}
