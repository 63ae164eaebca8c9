import type { Files } from "../../effects/types.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { uniqueSorted } from "../../formats/bytes.ts";
import { readJson } from "../../formats/json/mod.ts";
import { trim } from "../../formats/text.ts";
import { isZeroTime, type Rfc3339, toUtc } from "../../formats/time.ts";
import { ADOPTION_EVENT_SCHEMA_ID, adoptionEventSchema } from "../../schema/scout.ts";
import { decode } from "../../schema/fields.ts";

/** A recorded command call. */
export interface AdoptionEvent {
  readonly at: Rfc3339;
  readonly command: string;
  readonly workflow: string;
  readonly success: boolean;
  readonly exitCode: number;
  readonly elapsed: number;
  readonly milestones: readonly string[];
}

/** The longest accepted line: 1 MiB. */
const MAX_LINE_BYTES = 1 << 20;

/** The events of a log, and the numbers of the lines that are none. */
export interface AdoptionLog {
  readonly events: readonly AdoptionEvent[];
  readonly skippedLines: readonly number[];
}

/**
 * Read an adoption log. An unreadable line makes the whole log unusable, because counts that omit events would be
 * wrong.
 *
 * @throws {GaitError} `invalid_input` naming the line
 */
export function readEvents(files: Files, path: string): AdoptionEvent[] {
  return [...readLog(files, path, false).events];
}

/** Read an adoption log without the lines that are no events; whoever reports it must say that there were some. */
export function readValidEvents(files: Files, path: string): AdoptionLog {
  return readLog(files, path, true);
}

function readLog(files: Files, path: string, skipInvalid: boolean): AdoptionLog {
  const events: AdoptionEvent[] = [];
  const skippedLines: number[] = [];
  let number = 0;
  for (const { bytes } of files.readLines(path, MAX_LINE_BYTES)) {
    number++;
    if (bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))) continue;
    try {
      events.push(readEvent(bytes, `adoption log "${path}", line ${number}`));
    } catch (error) {
      if (!skipInvalid || !(error instanceof GaitError)) throw error;
      skippedLines.push(number);
    }
  }
  return { events, skippedLines };
}

function readEvent(bytes: Uint8Array, what: string): AdoptionEvent {
  const event = decode(adoptionEventSchema, readJson(bytes, { what }), what);
  const fail = (reason: string) =>
    invalidInput(`Cannot read ${what}: ${reason}`, {
      hint: "Remove the line, or start a new log: GAIT_ADOPTION_LOG names its file",
    });
  if (!["", ADOPTION_EVENT_SCHEMA_ID].includes(trim(event.schema_id))) {
    throw fail("it is not an adoption event");
  }
  if (!["", "1.0.0"].includes(trim(event.schema_version))) throw fail("its version is unknown");
  if (event.exit_code < 0 || event.exit_code > 255) throw fail("exit_code is not between 0 and 255");
  if (isZeroTime(event.created_at)) throw fail("it has no time");
  const command = trim(event.command);
  if (command === "") throw fail("it names no command");
  const { os = "", arch = "" } = event.environment ?? {};
  if (trim(os) === "" || trim(arch) === "") {
    throw fail("it names no environment");
  }
  return {
    at: toUtc(event.created_at),
    command,
    workflow: trim(event.workflow_id),
    success: event.success,
    exitCode: event.exit_code,
    elapsed: Math.max(0, event.elapsed_ms),
    milestones: uniqueSorted(event.milestones),
  };
}
