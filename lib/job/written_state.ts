import { GaitError } from "../errors/mod.ts";
import { decodeUtf8Strict, equalBytes } from "../formats/bytes.ts";
import { isJsonObject, type JsonObject, type JsonValue, prettyJson } from "../formats/json/mod.ts";
import { parseTime } from "../formats/time.ts";
import { decode } from "../schema/fields.ts";
import { type JobCheckpoint, type JobState, jobStateSchema } from "../schema/job.ts";

/** The members of a checkpoint in the order of the file. */
const MEMBERS = [
  "checkpoint_id",
  "created_at",
  "type",
  "summary",
  "required_action",
  "reason_code",
  "actor",
] as const;

/**
 * Read a state that is byte for byte as Gait writes it; `undefined` for any other, which the caller then reads
 * strictly.
 *
 * A fast path: a job of ten thousand checkpoints has a state of two megabytes, which every mutation reads. Bytes that
 * equal the encoded form can't contain what the strict reader checks for, such as duplicate keys or unusual spellings
 * of numbers.
 */
export function readWrittenState(bytes: Uint8Array): JobState | undefined {
  const value = parse(bytes);
  if (!isJsonObject(value) || !Array.isArray(value.checkpoints) || !equalBytes(prettyJson(value), bytes)) {
    return undefined;
  }
  const checkpoints: JobCheckpoint[] = [];
  for (const item of value.checkpoints) {
    const checkpoint = checkpointOf(item);
    if (checkpoint === undefined) return undefined;
    checkpoints.push(checkpoint);
  }
  try {
    return { ...decode(jobStateSchema, { ...value, checkpoints: [] }, "state"), checkpoints };
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}

function parse(bytes: Uint8Array): JsonValue | undefined {
  const text = decodeUtf8Strict(bytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkpointOf(item: JsonValue): JobCheckpoint | undefined {
  if (!isJsonObject(item)) return undefined;
  const checkpoint: JsonObject = {};
  let held = 0;
  for (const member of MEMBERS) {
    const value = item[member];
    if (value !== undefined) held++;
    if (value !== undefined && typeof value !== "string") return undefined;
    checkpoint[member] = value ?? "";
  }
  if (held !== Object.keys(item).length || !isWrittenTime(checkpoint.created_at as string)) return undefined;
  return checkpoint as unknown as JobCheckpoint;
}

/** Times whose day exists in every year, so that no calendar is needed to check them. */
const PLAIN_TIME =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{0,8}[1-9])?Z$/;

function isWrittenTime(text: string): boolean {
  if (PLAIN_TIME.test(text)) return true;
  try {
    return parseTime(text) === text;
  } catch {
    return false;
  }
}
