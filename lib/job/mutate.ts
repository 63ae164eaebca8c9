import type { Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { joinPath } from "../formats/path.ts";
import { compareInstants, type Rfc3339, timeAfter, timeOfMillis, unixNanos } from "../formats/time.ts";
import { JOB_SCHEMA_ID, type JobEvent, type JobState } from "../schema/job.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import type { JobEffects } from "./context.ts";
import { appendEvent, endLog, eventLine, type EventLog, readLog } from "./event_log.ts";
import { nextDigest } from "../signing/line_chain.ts";
import { sha256 } from "../signing/mod.ts";
import { jobFolder, MARKER_FILE, NEXT_STATE_FILE, STATE_FILE } from "./folder.ts";
import { checkTail, type Finding, historyEdited, nextLink, type Tail } from "./links.ts";
import { withJobLock } from "./lock.ts";
import { encodePending } from "./pending.ts";
import { isPending, recoverJob } from "./recovery.ts";
import { jobNotFound, readState } from "./state.ts";
import { holdState, markOwnState } from "./state_cache.ts";
import { checkHistory } from "./verify.ts";
import { encodeState, withLogDigest } from "./written_state.ts";

/** What a mutation changes: members of the state, and the event that records the change. */
export interface Change {
  readonly state: Partial<Omit<JobState, "revision" | "updated_at" | "job_id">>;
  readonly event: EventContent;
}

/** An event without the members that {@linkcode commit} fills in. */
export interface EventContent {
  readonly type: string;
  readonly actor?: string | undefined;
  readonly reasonCode: string;
  readonly payload?: JobEvent["payload"];
}

/**
 * How much of a job is checked before it is changed (docs/spec/job.md 2.5): that state and last event fit, or all lines
 * of the log. `unchecked` only warns, for changes that make nothing possible, such as an emergency stop.
 */
export type HistoryTrust = "end" | "whole" | "unchecked";

/** The events of the job that is changed, from its log, which is read once at most. */
export type EventsOf = () => Promise<readonly JobEvent[]>;

/** The result of a mutation. */
export interface MutationResult {
  readonly state: JobState;
  readonly event: JobEvent;
  /** Warnings of the recovery that ran before the mutation. */
  readonly warnings: readonly string[];
}

/**
 * Change a job durably (docs/spec/job.md 6): under its lock, recover an interrupted mutation, read the state, apply
 * the change, and commit both. After an error the job is unchanged.
 *
 * @param change computes the change; when it throws, no file is touched
 * @throws {GaitError} `invalid_input` with the detail `job_not_found`, `verification_failed` when state or log were
 * edited, or what {@linkcode change} throws
 */
export async function mutateJob(
  root: string,
  id: string,
  effects: JobEffects,
  change: (state: JobState, now: Rfc3339, events: EventsOf) => Change | Promise<Change>,
  trust: HistoryTrust = "end",
): Promise<MutationResult> {
  const { files } = effects;
  const folder = jobFolder(root, id);
  if (await files.stat(joinPath(folder, STATE_FILE)) === undefined && !await isPending(folder, files)) {
    throw jobNotFound(folder);
  }
  return await withJobLock(folder, effects, async () => {
    const { warnings } = await recoverJob(folder, files);
    const previous = await readState(folder, files, id.trim());
    let log: Promise<EventLog> | undefined;
    const readOnce = () => log ??= readLog(folder, files);
    const edited = await checkBefore(folder, previous, trust, files, readOnce);
    const now = timeAfterPrevious(previous.updated_at, effects.now());
    const { state, event } = await change(previous, now, async () => (await readOnce()).events);
    const updated = { ...previous, ...state, updated_at: now, revision: previous.revision + 1 };
    const done = await commit(folder, previous, updated, event, files, edited?.unfitting);
    const warned = edited === undefined ? [] : [`${edited.finding.text}: it was edited`];
    return { ...done, warnings: [...warnings, ...warned, ...done.warnings] };
  });
}

/**
 * Check that a job is as Gait wrote it.
 *
 * @returns what does not fit, for a change that is made all the same
 * @throws {GaitError} `verification_failed` for any other change
 */
async function checkBefore(
  folder: string,
  state: JobState,
  trust: HistoryTrust,
  files: Files,
  readOnce: () => Promise<EventLog>,
): Promise<Tail | undefined> {
  const tail = await checkTail(folder, state, files);
  const fail = (found: Finding) => historyEdited(state.job_id, "change", found);
  if (tail !== undefined && trust !== "unchecked") throw fail(tail.finding);
  if (trust === "whole") {
    const [first] = (await checkHistory({ state, ...await readOnce() })).findings;
    if (first !== undefined) throw fail(first);
  }
  return tail;
}

/**
 * Write a new state and its event so that after a crash at any moment, recovery leaves both or neither: the state under
 * another name, the marker, the event; then the state takes the place of the previous one, which is intact until then.
 *
 * @param previous the previous state; absent for a submit
 * @param vouched a digest for the event in place of that of the state: the one of the event before, when the previous
 * state was edited. No event vouches for what came of such a state.
 */
export async function commit(
  folder: string,
  previous: JobState | undefined,
  updated: JobState,
  content: EventContent,
  files: Files,
  vouched?: string,
): Promise<MutationResult> {
  const torn = await endLog(folder, files);
  const prev_digest = await nextLink(folder, previous, files);
  // Encoded once, though the event names the digest of the state without its last member.
  const encoded = encodeState({ ...updated, log_digest: undefined }, previous);
  const event: JobEvent = {
    schema_id: JOB_SCHEMA_ID.event,
    schema_version: RECORD_VERSION,
    created_at: updated.updated_at,
    job_id: updated.job_id,
    revision: updated.revision,
    type: content.type,
    actor: content.actor ?? "",
    reason_code: content.reasonCode,
    ...(content.payload && { payload: sortedMembers(content.payload) }),
    prev_digest,
    state_digest: vouched || await sha256(encoded),
  };
  const log_digest = await nextDigest(prev_digest, eventLine(event), sha256);
  const state = { ...updated, log_digest };
  const bytes = withLogDigest(encoded, log_digest);
  const [path, next] = [joinPath(folder, STATE_FILE), joinPath(folder, NEXT_STATE_FILE)];
  try {
    // The name of the next state is synced together with that of the marker.
    const [digest] = await Promise.all([
      sha256(bytes),
      files.writeAtomic(next, bytes, { anywhere: true, sync: "content" }),
    ]);
    await files.writeAtomic(joinPath(folder, MARKER_FILE), encodePending(event, digest), { anywhere: true });
    await appendEvent(folder, event, files);
    await files.rename(next, path);
    holdState(files, { path, version: (await files.stat(path))?.version ?? "", state });
    if (!vouched) markOwnState(state);
  } catch (error) {
    // If recovery fails as well, the marker stays and the next command recovers.
    const recovered = await recoverJob(folder, files).catch(() => undefined);
    if (recovered?.outcome === "nothing") await files.remove(next).catch(() => {}); // a full disk needs the space
    if (recovered?.outcome !== "completed") throw error;
    return { state, event, warnings: recovered.warnings };
  }
  // State and log agree, so a marker that can't be removed only makes the next command run recovery.
  await files.remove(joinPath(folder, MARKER_FILE)).catch(() => {});
  return { state, event, warnings: torn === undefined ? [] : [torn] };
}

function sortedMembers(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(object).sort(compareBytewise).map((name) => [name, object[name]!]));
}

/** Year 10000, in nanoseconds since 1970: RFC 3339 has four digits for a year. */
const END_OF_TIME = BigInt(Date.UTC(10_000, 0, 1)) * 1_000_000n;

/**
 * The time of a mutation: always after the previous one, even if the clock was set back, so that the times of
 * checkpoints and approvals show their order.
 */
function timeAfterPrevious(previous: Rfc3339, now: number): Rfc3339 {
  const time = timeOfMillis(now);
  if (compareInstants(time, previous) > 0) return time;
  const next = unixNanos(previous) + 1n;
  if (next < END_OF_TIME) return timeAfter(0, next);
  throw invalidInput(`Cannot change job: its updated_at, ${previous}, is the last time that there is`, {
    detail: "job_state_invalid",
    hint: `Restore ${STATE_FILE} from a copy`,
  });
}
