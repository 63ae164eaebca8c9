import { invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/mod.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { readJsonObject } from "../formats/json/mod.ts";
import { set, trim } from "../formats/text.ts";
import { isZeroTime, type Rfc3339, toUtc } from "../formats/time.ts";
import { decode } from "../schema/fields.ts";
import { ADOPTION_EVENT_SCHEMA_ID, adoptionEventSchema } from "../schema/scout.ts";

/** One use of a command, from the adoption log (docs/spec/scout.md section 5). */
export interface AdoptionEvent {
  /** UTC. */
  readonly at: Rfc3339;
  readonly command: string;
  /** Empty when none was named. */
  readonly workflow: string;
  readonly success: boolean;
  readonly exitCode: number;
  readonly elapsed: number;
  readonly milestones: readonly string[];
}

/** A line of an adoption log is shorter than this. */
const MAX_LINE_BYTES = 1 << 20;

/**
 * Read an adoption log; blank lines are skipped.
 *
 * @throws {GaitError} `invalid_input` naming the first line that is no event
 */
export function* readAdoptionLog(files: Files, path: string): Generator<AdoptionEvent> {
  let line = 0;
  for (const { bytes } of files.readLines(path, MAX_LINE_BYTES - 1)) {
    line++;
    const text = trim(decodeUtf8(bytes));
    if (text !== "") yield eventOf(text, `"${path}", line ${line}`);
  }
}

function eventOf(text: string, what: string): AdoptionEvent {
  const event = decode(adoptionEventSchema, readJsonObject(text, { what }), what);
  const { os, arch } = event.environment ?? { os: "", arch: "" };
  const fault = trim(event.schema_id) !== "" && event.schema_id !== ADOPTION_EVENT_SCHEMA_ID
    ? "its schema_id is another one"
    : trim(event.schema_version) !== "" && event.schema_version !== "1.0.0"
    ? "its schema_version is another one"
    : isZeroTime(event.created_at)
    ? "created_at is missing"
    : trim(event.command) === ""
    ? "command is missing"
    : event.exit_code < 0 || event.exit_code > 255
    ? "exit_code must be 0 to 255"
    : trim(os) === "" || trim(arch) === ""
    ? "environment needs os and arch"
    : undefined;
  if (fault !== undefined) {
    throw invalidInput(`Cannot read ${what}: ${fault}`, {
      hint: "Give a log that GAIT_ADOPTION_LOG named, unchanged",
    });
  }
  return {
    at: toUtc(event.created_at),
    command: event.command,
    workflow: trim(event.workflow_id),
    success: event.success,
    exitCode: event.exit_code,
    elapsed: Math.max(0, event.elapsed_ms),
    milestones: set(event.milestones),
  };
}
