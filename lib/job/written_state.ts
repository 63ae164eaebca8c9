import { GaitError } from "../errors/mod.ts";
import { concat, decodeUtf8Strict, utf8 } from "../formats/bytes.ts";
import { isJsonObject, type JsonValue, prettyText } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { decode } from "../schema/fields.ts";
import {
  encodeJobCheckpoint,
  encodeJobState,
  type JobCheckpoint,
  type JobState,
  jobStateSchema,
} from "../schema/job.ts";
import type { Digest } from "../signing/mod.ts";
import { isShallow, isWrittenTime, parsed, PLAIN, TEXT, TEXT_NOT_EMPTY, unescaped } from "./written_text.ts";

/*
 * State files as Gait writes them. A job of ten thousand checkpoints has a state of two megabytes, which every command
 * reads and every mutation writes. Checkpoints that were there before are copied as bytes: encoding each of them anew
 * would be most of the cost of a mutation.
 */

/**
 * The bytes of a list of checkpoints in its file: with all separators, without the brackets. INVARIANT: they are what
 * {@linkcode encodeState} gives for these checkpoints.
 */
const encodedLists = new WeakMap<JobState["checkpoints"], Uint8Array<ArrayBuffer>>();

/** Line feeds in values are escaped, so these are the brackets of the state's own member. */
const [OPEN, CLOSE] = ['\n  "checkpoints": [', "\n  ]"];

/**
 * Encode a state file. Checkpoints that the previous state has as well are copied from its file, when that was written
 * or recognized by {@linkcode readWrittenState} here.
 */
export function encodeState(state: JobState, previous?: JobState): Uint8Array<ArrayBuffer> {
  const { checkpoints } = state;
  const text = prettyText(encodeJobState({ ...state, checkpoints: [] }));
  if (checkpoints.length === 0) return utf8(text);
  const at = text.indexOf(OPEN) + OPEN.length;
  const [before, after] = [utf8(text.slice(0, at)), utf8(CLOSE.slice(0, -1) + text.slice(at))];
  const bytes = concat([before, ...listParts(checkpoints, previous?.checkpoints ?? []), after]);
  encodedLists.set(checkpoints, bytes.subarray(before.length, bytes.length - after.length));
  return bytes;
}

/** How every state file ends. */
const END = utf8("\n}\n");

/**
 * The encoded state with a digest of its log, given the one without: what {@linkcode encodeState} gives for the state
 * with that member. A large state is encoded once, though an event names its digest without the member.
 */
export function withLogDigest(encoded: Uint8Array, digest: Digest): Uint8Array<ArrayBuffer> {
  return concat([encoded.subarray(0, -END.length), utf8(`,\n  "log_digest": "${digest}"`), END]);
}

/** The list of checkpoints in two parts: those that are known, and the added ones. */
function listParts(checkpoints: JobState["checkpoints"], previous: JobState["checkpoints"]): Uint8Array[] {
  const encoded = encodedLists.get(previous);
  const known = encoded !== undefined && previous.every((item, i) => item === checkpoints[i])
    ? encoded
    : undefined;
  const added = checkpoints.slice(known && previous.length).map((item) =>
    `\n${prettyText(encodeJobCheckpoint(item)).trimEnd().replaceAll(/^/gm, "    ")}`
  );
  if (known === undefined) return [utf8(added.join(","))];
  return added.length === 0 ? [known] : [known, utf8("," + added.join(","))];
}

/**
 * Read a state that is byte for byte as Gait writes it; `undefined` for any other, which the caller then reads
 * strictly. Bytes that equal the encoded form can't contain what the strict reader checks for, such as duplicate keys
 * or unusual spellings of numbers.
 */
export function readWrittenState(bytes: Uint8Array<ArrayBuffer>): JobState | undefined {
  const text = decodeUtf8Strict(bytes) ?? "";
  if (LONE_SURROGATE.test(text)) return undefined;
  const start = text.indexOf(OPEN) + OPEN.length;
  const isEmpty = text[start] === "]";
  const end = isEmpty ? start : text.indexOf(CLOSE, start); // whatever is in the list is indented further
  const after = isEmpty ? text.slice(start) : text.slice(end + CLOSE.length - 1);
  const before = text.slice(0, start);
  const value = end < start ? undefined : parsed(before + after);
  if (!isJsonObject(value) || !isEmptyList(value.checkpoints) || !isShallow(value, DEPTH)) return undefined;
  if (prettyText(value) !== before + after) return undefined;
  const checkpoints = isEmpty ? [] : readCheckpoints(text, start, end);
  if (checkpoints === undefined) return undefined;
  try {
    const state = { ...decode(jobStateSchema, value, "state"), checkpoints };
    if (!isEmpty) {
      const list = bytes.subarray(utf8(before).length, bytes.length - utf8(text.slice(end)).length);
      encodedLists.set(checkpoints, list);
    }
    return state;
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}

/**
 * An escaped half of a character, which the strict reader takes for U+FFFD. JSON.parse keeps it and prettyText escapes
 * it again, so a comparison of bytes alone would take it for something that Gait wrote.
 */
const LONE_SURROGATE = /\\u[dD][89a-fA-F]/;

/** Levels of a state: those of members of approvals. */
const DEPTH = 3;

function isEmptyList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** A checkpoint in the list, with the separator before it; its empty members are left out. */
// deno-lint-ignore gait/linear-regex -- sticky; alternatives differ in their first character, repetitions have a limit
const CHECKPOINT = new RegExp(
  [
    String.raw`,?\n    \{`,
    String.raw`      "checkpoint_id": ${PLAIN},`,
    String.raw`      "created_at": ${PLAIN},`,
    String.raw`      "type": ${PLAIN},`,
    String.raw`      "summary": ${TEXT},(?:`,
    String.raw`      "required_action": ${TEXT_NOT_EMPTY},)?`,
    String.raw`      "reason_code": ${PLAIN}(?:,`,
    String.raw`      "actor": ${TEXT_NOT_EMPTY})?`,
    String.raw`    \}`,
  ].join(String.raw`\n`),
  "y",
);

/**
 * The checkpoints of the list between two offsets; `undefined` unless every one is written as Gait does. By one pattern:
 * parsing them as JSON and encoding the result for comparison takes three times as long.
 */
function readCheckpoints(text: string, start: number, end: number): JobCheckpoint[] | undefined {
  const checkpoints: JobCheckpoint[] = [];
  CHECKPOINT.lastIndex = start;
  while (CHECKPOINT.lastIndex < end) {
    const found = CHECKPOINT.exec(text);
    if (found === null || found[0].startsWith(",") !== checkpoints.length > 0) return undefined;
    const summary = unescaped(found[4]!);
    const required_action = unescaped(found[5] ?? "");
    const actor = unescaped(found[7] ?? "");
    if (summary === undefined || required_action === undefined || actor === undefined) return undefined;
    if (!isWrittenTime(found[2]!)) return undefined;
    checkpoints.push({
      checkpoint_id: found[1]!,
      created_at: found[2] as Rfc3339,
      type: found[3]!,
      summary,
      required_action,
      reason_code: found[6]!,
      actor,
    });
  }
  return CHECKPOINT.lastIndex === end ? checkpoints : undefined;
}
