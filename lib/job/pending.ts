import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { concat, utf8 } from "../formats/bytes.ts";
import { compactJson, isJsonObject, type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { baseName, joinPath } from "../formats/path.ts";
import { decode } from "../schema/fields.ts";
import { encodeJobEvent, JOB_SCHEMA_ID, type JobEvent, jobEventSchema } from "../schema/job.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { MARKER_FILE } from "./folder.ts";

/** A mutation that is in progress, or that a crash interrupted (docs/spec/job.md 6). */
export interface PendingMutation {
  /** The previous state as it was written, including members that Gait doesn't know; absent for a submit. */
  readonly previous: JsonObject | undefined;
  readonly updated: JsonObject;
  readonly event: JobEvent;
}

/**
 * Encode a marker. The bytes of both states are copied from their files: encoding them again would be most of the
 * cost of a mutation of a large job.
 */
export function pendingBytes(
  previous: Uint8Array | undefined,
  updated: Uint8Array,
  event: JobEvent,
): Uint8Array<ArrayBuffer> {
  const head = { schema_id: JOB_SCHEMA_ID.pending, schema_version: RECORD_VERSION };
  const { created_at, job_id } = event;
  const begin = compactJson({ ...head, created_at, job_id }).slice(0, -1);
  return concat([
    utf8(begin),
    ...(previous === undefined ? [] : [utf8(',\n"previous_state": '), previous]),
    utf8(',\n"updated_state": '),
    updated,
    utf8(`,\n"event": ${compactJson(encodeJobEvent(event))}\n}\n`),
  ]);
}

/**
 * Read the marker of a job folder.
 *
 * @throws {GaitError} `invalid_input` with the detail `pending_mutation_invalid` when it can't be read or belongs to
 * another job
 */
export async function readPending(folder: string, files: Files): Promise<PendingMutation> {
  const what = `pending mutation "${joinPath(folder, MARKER_FILE)}"`;
  const pending = readJsonObject(await files.read(joinPath(folder, MARKER_FILE)), { what, numbers: "exact" });
  const { updated_state: updated, previous_state: previous = null, event } = pending;
  const invalid = (reason: string) =>
    invalidInput(`Cannot recover job: ${what} ${reason}`, {
      detail: "pending_mutation_invalid",
      hint: "Compare it with state.json and events.jsonl, then move it away",
    });
  if (!isJsonObject(updated) || !isJsonObject(event) || !(previous === null || isJsonObject(previous))) {
    throw invalid("does not hold the states and the event");
  }
  const ids = [pending, updated, event, ...(previous === null ? [] : [previous])].map((part) => part.job_id);
  if (ids.some((id) => id !== baseName(folder))) throw invalid("belongs to another job");
  const decoded = decode(jobEventSchema, event, what);
  if (decoded.revision < 1) throw invalid("holds an event without a revision");
  // Without a previous state, recovery deletes the state file; only the marker of a submit may ask for that.
  if (previous === null && decoded.revision !== 1) throw invalid("lacks the previous state");
  return { previous: previous ?? undefined, updated, event: decoded };
}
