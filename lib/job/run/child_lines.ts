import type { Files } from "../../effects/mod.ts";
import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { isJsonObject, readJson } from "../../formats/json/mod.ts";
import { CHECKPOINT_TYPES, type CheckpointOptions, type CheckpointType } from "../checkpoints.ts";

/** A line of the child. */
export interface ChildLine {
  /** The checkpoint that it asks for; absent when it is blank, or the rest of a line that is too long. */
  readonly checkpoint: CheckpointOptions | undefined;
  /** The offset of the next line. */
  readonly next: number;
}

/** Bytes that are read at once, which is also the maximum length of a line. */
const LIMIT = 65_536;

const NEWLINE = 0x0a;

/**
 * Read the lines of the child from an offset on. Of a line that is too long, the beginning counts and the rest is
 * skipped: read as another line, it could say `completed` in the middle of a text that somebody else wrote.
 *
 * @param isWhole whether nothing will follow, so that a last line without its newline is a line; otherwise it is left
 * for the next call
 */
export async function* childLines(
  path: string,
  offset: number,
  files: Files,
  isWhole = false,
): AsyncGenerator<ChildLine> {
  const size = (await files.stat(path))?.size ?? 0;
  let at = offset;
  let isRest = at > 0 && at < size && (await files.readPart(path, at - 1, 1))[0] !== NEWLINE;
  while (at < size) {
    const block = await files.readPart(path, at, Math.min(LIMIT, size - at));
    if (block.length === 0) return; // somebody cut the file
    const newline = block.indexOf(NEWLINE);
    if (newline < 0 && block.length < LIMIT && !isWhole) return;
    const end = newline < 0 ? block.length : newline;
    const text = isRest ? "" : decodeUtf8(block.subarray(0, end)).trim();
    at += newline < 0 ? end : end + 1;
    isRest = newline < 0;
    yield { checkpoint: text === "" ? undefined : readChildLine(text), next: at };
  }
}

/**
 * Parse a line of the child: a JSON object with the options of `job checkpoint add`, or a type and a summary, or just
 * a summary of progress. A line that begins like JSON but is invalid blocks the job, because it might have requested
 * a decision.
 */
export function readChildLine(text: string): CheckpointOptions {
  if (text.startsWith("{")) return fromJson(text);
  const [word = "", ...rest] = text.split(/[ \t]/);
  if (!isType(word)) return { type: "progress", summary: shortened(text) };
  const summary = shortened(rest.join(" ").trim() || word);
  return { type: word, summary, requiredAction: word === "decision-needed" ? "approve" : undefined };
}

function fromJson(text: string): CheckpointOptions {
  const unreadable = { type: "blocked", summary: shortened(`unreadable request: ${text}`) } as const;
  const value = readObject(text);
  if (value === undefined) return unreadable;
  const { type = "progress", summary, required_action: action = "" } = value;
  if (
    typeof type !== "string" || !isType(type) || typeof summary !== "string" || typeof action !== "string"
  ) {
    return unreadable;
  }
  if (summary.trim() === "") return unreadable;
  return {
    type,
    summary: shortened(summary),
    requiredAction: type === "decision-needed" ? action.trim() || "approve" : undefined,
  };
}

function readObject(text: string) {
  try {
    const value = readJson(text, { what: "line", duplicates: "refuse" });
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isType(word: string): word is CheckpointType {
  return (CHECKPOINT_TYPES as readonly string[]).includes(word);
}

/** Shorten a text to at most 512 bytes, between characters. */
export function shortened(text: string): string {
  if (utf8(text).length <= 512) return text;
  let kept = "";
  let size = 3;
  for (const char of text) {
    size += utf8(char).length;
    if (size > 512) break;
    kept += char;
  }
  return `${kept}…`;
}
