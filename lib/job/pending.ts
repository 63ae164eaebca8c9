import type { Files } from "../effects/mod.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  prettyJson,
  readJsonObject,
} from "../formats/json/mod.ts";
import { baseName, joinPath } from "../formats/path.ts";
import { decode } from "../schema/fields.ts";
import { encodeJobEvent, JOB_SCHEMA_ID, type JobEvent, jobEventSchema } from "../schema/job.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { isHexDigest } from "../signing/mod.ts";
import { MARKER_FILE } from "./folder.ts";

/** A mutation that is in progress, or that a crash interrupted (docs/spec/job.md 6). */
export interface PendingMutation {
  readonly event: JobEvent;
  readonly states: PendingStates | NextState;
}

/**
 * The states themselves, in a marker of version 1.0.0: that of the existing program. Both are as they were written,
 * including members that Gait doesn't know.
 */
export interface PendingStates {
  /** Absent for a submit. */
  readonly previous: JsonObject | undefined;
  readonly updated: JsonObject;
}

/** The digest of the new state, which is in a file of its own. */
export interface NextState {
  readonly digest: string;
}

/** Version 2.0.0 has no states: readers of 1.0.0 refuse the marker instead of recovering without one. */
const VERSION = "2.0.0";

/** Encode a marker. */
export function encodePending(event: JobEvent, digest: string): Uint8Array<ArrayBuffer> {
  const { created_at, job_id } = event;
  return prettyJson({
    schema_id: JOB_SCHEMA_ID.pending,
    schema_version: VERSION,
    created_at,
    job_id,
    updated_state_sha256: digest,
    event: encodeJobEvent(event),
  });
}

/**
 * Read the marker of a job folder.
 *
 * @throws {GaitError} `invalid_input` with the detail `pending_mutation_invalid` when it can't be read or belongs to
 * another job
 */
export async function readPending(folder: string, files: Files): Promise<PendingMutation> {
  const path = joinPath(folder, MARKER_FILE);
  const bytes = await files.read(path);
  try {
    return decodePending(folder, bytes, `pending mutation "${path}"`);
  } catch (error) {
    if (!(error instanceof GaitError) || error.detail === DETAIL) throw error;
    throw invalidInput(error.message, { detail: DETAIL, hint: hintFor(folder), cause: error });
  }
}

function decodePending(folder: string, bytes: Uint8Array, what: string): PendingMutation {
  const pending = readJsonObject(bytes, { what, numbers: "exact" });
  const { updated_state_sha256: digest, updated_state: updated, previous_state, event, schema_version } =
    pending;
  const previous = previous_state ?? undefined;
  const invalid = (reason: string) => unrecoverable(folder, `${what} ${reason}`);
  if (!isJsonObject(event) || !isObjectOrAbsent(updated) || !isObjectOrAbsent(previous)) {
    throw invalid("does not hold the states and the event");
  }
  const hasStates = updated !== undefined || previous !== undefined;
  if (hasStates && digest !== undefined) throw invalid("holds both the states and a digest");
  if (schema_version !== undefined && schema_version !== (hasStates ? RECORD_VERSION : VERSION)) {
    throw invalid("has a version that does not fit what it holds");
  }
  const parts = [pending, event, updated ?? event, previous ?? event];
  if (parts.some((part) => part.job_id !== baseName(folder))) throw invalid("belongs to another job");
  const decoded = decode(jobEventSchema, event, what);
  if (decoded.revision < 1) throw invalid("holds an event without a revision");
  if (updated === undefined) {
    if (typeof digest === "string" && isHexDigest(digest)) return { event: decoded, states: { digest } };
    throw invalid("does not hold the states");
  }
  // Without a previous state, recovery deletes the state file; only the marker of a submit may ask for that.
  if (previous === undefined && decoded.revision !== 1) throw invalid("lacks the previous state");
  return { event: decoded, states: { updated, previous } };
}

function isObjectOrAbsent(value: JsonValue | undefined): value is JsonObject | undefined {
  return value === undefined || isJsonObject(value);
}

/** The error when a mutation can neither be completed nor undone; the marker is kept. */
export function unrecoverable(folder: string, reason: string): GaitError {
  return invalidInput(`Cannot recover job "${baseName(folder)}": ${reason}`, {
    detail: DETAIL,
    hint: hintFor(folder),
  });
}

const DETAIL = "pending_mutation_invalid";

function hintFor(folder: string): string {
  return `Compare ${MARKER_FILE} with state.json and events.jsonl in ${folder}, then move it away`;
}
