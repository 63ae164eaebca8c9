import type { Files } from "../effects/mod.ts";
import { invalidInput, invalidOption } from "../errors/mod.ts";
import { compareBytewise, equalBytes, utf8 } from "../formats/bytes.ts";
import {
  isJsonObject,
  type JsonObject,
  prettyJson,
  readJsonLines,
  readJsonObject,
} from "../formats/json/mod.ts";
import { baseName, cleanPath, folderOf, joinPath } from "../formats/path.ts";
import { decode } from "../schema/fields.ts";
import { type JobEvent, jobEventSchema, type JobState, jobStateSchema } from "../schema/job.ts";
import { sha256 } from "../signing/mod.ts";

/** A job as read from its folder. */
export interface JobRecord {
  readonly state: JobState;
  readonly events: readonly JobEvent[];
}

/** The inputs of the environment fingerprint (docs/spec/job.md 2.3). */
export interface JobContext {
  readonly os: string;
  readonly arch: string;
  readonly runtime: string;
  readonly shell: string;
}

/**
 * Find the folder of a job: a folder, its `state.json`, or an id below a root (docs/spec/pack.md 3.2).
 *
 * @throws {GaitError} `invalid_input` when there is no such job
 */
export async function locateJob(source: string, root: string, files: Files): Promise<string> {
  const given = cleanPath(source.trim());
  const info = await files.stat(given);
  if (info?.kind === "folder") return given;
  if (info?.kind === "file" && baseName(given).toLowerCase() === STATE_FILE) return folderOf(given);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(given)) {
    throw invalidInput(`Cannot find job "${source}": it is neither a job id nor an existing folder`);
  }
  const folder = joinPath(root, given);
  if ((await files.stat(folder))?.kind === "folder") return folder;
  throw invalidOption(
    () => `Cannot find job "${source}": looked at ${folder}`,
    (name) => `Give its id together with ${name("jobRoot")}, or its folder`,
  );
}

/**
 * Read a job from its folder; an interrupted mutation is recovered first (docs/spec/job.md section 6).
 *
 * @throws {GaitError} `invalid_input` when a file can't be read, or a number in it can't be kept exactly
 */
export async function readJob(folder: string, files: Files, around: JobContext): Promise<JobRecord> {
  await recoverJob(folder, files);
  const path = joinPath(folder, STATE_FILE);
  const options = { numbers: "exact" } as const;
  const what = `job state "${path}"`;
  const state = decode(jobStateSchema, readJsonObject(await files.read(path), { what, ...options }), what);
  if (state.job_id.trim() === "") throw invalidInput(`Cannot read ${what}: job_id is missing`);
  return {
    state: await completed(state, around),
    events: await readJobEvents(joinPath(folder, EVENTS_FILE), files),
  };
}

/** Events in file order; a job without a log has none. */
async function readJobEvents(path: string, files: Files): Promise<JobEvent[]> {
  if (await files.stat(path) === undefined) return [];
  const events: JobEvent[] = [];
  for (const { line, value } of readJsonLines(await files.read(path), path, { numbers: "exact" })) {
    events.push(decode(jobEventSchema, value, `${path}, line ${line}`));
  }
  return events;
}

/** Fill in members that older versions omitted (docs/spec/pack.md 3.2, docs/spec/job.md 2.4). */
async function completed(state: JobState, around: JobContext): Promise<JobState> {
  const invariants = state.safety_invariants.length > 0 ? state.safety_invariants : ledgerOf(state);
  const kept = invariants.map((entry) => entry.trim()).filter((entry) => entry !== "").sort(compareBytewise);
  return {
    ...state,
    status: state.status || "running",
    stop_reason: state.stop_reason || "none",
    status_reason_code: state.status_reason_code || "submitted",
    environment_fingerprint: state.environment_fingerprint || await fingerprintOf(around),
    safety_invariant_version: state.safety_invariant_version || "1",
    safety_invariant_hash: state.safety_invariant_hash || await sha256(utf8(kept.join("|"))),
    safety_invariants: invariants,
  };
}

function ledgerOf({ policy_digest, policy_ref, identity }: JobState): string[] {
  const bound = { policy_digest, policy_ref, identity };
  return [
    "control_boundary=runtime_go",
    "fail_closed=true",
    "default_privacy=reference_receipts",
    ...Object.entries(bound).filter(([, value]) => value !== "").map(([name, value]) => `${name}=${value}`),
  ].sort(compareBytewise);
}

async function fingerprintOf({ os, arch, runtime, shell }: JobContext): Promise<string> {
  const parts = [`goarch=${arch}`, `goos=${os}`, `goversion=${runtime}`, `shell=${shell.trim()}`];
  return `envfp:${await sha256(utf8(parts.sort(compareBytewise).join("|")))}`;
}

/** Files of a job folder (docs/spec/job.md section 2). */
export const STATE_FILE = "state.json";
export const EVENTS_FILE = "events.jsonl";
const MARKER = "pending_mutation.json";

/** The lock timing of job commands (docs/spec/job.md section 6). */
const LOCK = { wait: 2_000, retry: 10 };

/**
 * Finish or undo an interrupted mutation (docs/spec/job.md section 6): if its event is in the log, the new state is
 * kept, or else the previous one.
 *
 * @throws {GaitError} `invalid_input` if the marker can't be read or belongs to another job; it is then kept
 */
export async function recoverJob(folder: string, files: Files): Promise<void> {
  const marker = joinPath(folder, MARKER);
  if (await files.stat(marker) === undefined) return;
  const statePath = joinPath(folder, STATE_FILE);
  await files.withLock(statePath, LOCK, async () => {
    if (await files.stat(marker) === undefined) return; // another process was faster
    const what = `pending mutation "${marker}"`;
    const pending = readJsonObject(await files.read(marker), { what, numbers: "exact" });
    const parts = ["updated_state", "previous_state", "event"].map((name) => pending[name]);
    const [updated, previous, event] = parts;
    const ids = [pending, ...parts.filter(isJsonObject)].map((part) => part.job_id);
    if (ids.some((id) => id !== baseName(folder)) || !isJsonObject(updated) || !isJsonObject(event)) {
      throw invalidInput(`Cannot recover job: ${what} is not of this job`);
    }
    if (typeof event.revision !== "number") {
      throw invalidInput(`Cannot recover job: the event of ${what} has no revision`);
    }
    const logged = await holdsRevision(joinPath(folder, EVENTS_FILE), event.revision, files);
    const target = logged ? updated : previous;
    if (isJsonObject(target)) await writeState(statePath, target, files);
    else if (await files.stat(statePath) !== undefined) await files.remove(statePath);
    await files.remove(marker);
  });
}

async function holdsRevision(path: string, revision: number, files: Files): Promise<boolean> {
  if (await files.stat(path) === undefined) return false;
  for (const { value } of readJsonLines(await files.read(path), path)) {
    if (isJsonObject(value) && value.revision === revision) return true;
  }
  return false;
}

async function writeState(path: string, state: JsonObject, files: Files): Promise<void> {
  const content = prettyJson(state);
  const held = await files.stat(path) === undefined ? undefined : await files.read(path);
  if (!held || !equalBytes(held, content)) await files.writeAtomic(path, content);
}
