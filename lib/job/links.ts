import type { Files } from "../effects/mod.ts";
import { GaitError, verificationFailed } from "../errors/mod.ts";
import { pathArgument } from "../formats/shell.ts";
import type { JobEvent, JobState } from "../schema/job.ts";
import { FIRST_DIGEST, nextDigest } from "../signing/line_chain.ts";
import { type Digest, equalHex, hasherFor, sha256 } from "../signing/mod.ts";
import { linesOf, readLastEvent, readLogBytes } from "./event_log.ts";
import { isOwnState } from "./state_cache.ts";
import { encodeState } from "./written_state.ts";

/*
 * How state and log of a job vouch for each other (docs/spec/job.md 2.5): each event has the running digest of all lines
 * before it and a digest of the state that it led to, and the state has the running digest of the whole log.
 */

/** A state or log that is not as it was written. */
export interface Finding {
  readonly code: "event_log_edited" | "event_log_cut" | "state_edited" | "ledger_edited";
  /** Line of the log that shows it, from 1. */
  readonly line?: number;
  readonly revision?: number;
  readonly text: string;
}

/** The digest of a state, but for the digest of the log: that one covers the event which has this one. */
export async function stateDigest(state: JobState, previous?: JobState): Promise<Digest> {
  return await sha256(encodeState({ ...state, log_digest: undefined }, previous));
}

/** The running digest of a log, whatever its lines are. */
export async function logDigest(bytes: Uint8Array<ArrayBuffer>): Promise<Digest> {
  let digest = FIRST_DIGEST;
  const hash = await hasherFor(bytes.length / USUAL_LINE);
  for (const line of linesOf(bytes)) digest = await nextDigest(digest, line, hash);
  return digest;
}

/** Typical length of a line, in bytes. */
export const USUAL_LINE = 300;

/** The running digest that the next event of a job names. */
export async function nextLink(
  folder: string,
  previous: JobState | undefined,
  files: Files,
): Promise<Digest> {
  // The state's own digest even where the log has another one: so an edited log never comes to fit again.
  if (previous?.log_digest) return previous.log_digest as Digest;
  return await logDigest(await readLogBytes(folder, files));
}

/** What does not fit at the end of a job. */
export interface Tail {
  readonly finding: Finding;
  /** The digest by which the last event tells that the state was edited. */
  readonly unfitting?: string;
}

/**
 * Compare a state with the last event of its log, whose length does not matter. Lines before it are covered by
 * `checkHistory()`.
 */
export async function checkTail(folder: string, state: JobState, files: Files): Promise<Tail | undefined> {
  let last: Awaited<ReturnType<typeof readLastEvent>>;
  try {
    last = await readLastEvent(folder, files);
  } catch (error) {
    // Without links, a log that can't be read stops no change of a job: it must be possible to stop it.
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    return state.log_digest ? { finding: logFinding(state, undefined) } : undefined;
  }
  const found = [
    await logFindingOf(state, last),
    last && !isOwnState(state) ? await stateFinding(state, last.event) : undefined,
  ];
  const finding = found.find((one) => one !== undefined);
  if (finding === undefined) return undefined;
  return { finding, ...(found[1] && { unfitting: last!.event.state_digest! }) };
}

async function logFindingOf(
  state: JobState,
  last: Awaited<ReturnType<typeof readLastEvent>>,
): Promise<Finding | undefined> {
  if (!state.log_digest) return undefined;
  const before = last?.event.prev_digest;
  const digest = last && before ? await nextDigest(before, last.line, sha256) : FIRST_DIGEST;
  return equalHex(digest, state.log_digest) ? undefined : logFinding(state, last?.event);
}

/** The end of the log is not what the state saw. */
export function logFinding(state: JobState, last: JobEvent | undefined): Finding {
  const logged = last?.revision ?? 0;
  if (logged < state.revision) {
    const text = `the log ends with revision ${logged}, but the state saw revision ${state.revision}`;
    return { code: "event_log_cut", revision: state.revision, text };
  }
  const text = "the last line of the log is not the one that the state saw";
  return { code: "event_log_edited", revision: logged, text };
}

/** Whether a state is the one that the last event of its log led to; an event without a digest vouches for none. */
export async function stateFinding(state: JobState, last: JobEvent): Promise<Finding | undefined> {
  if (!last.state_digest) return undefined;
  const { revision } = state;
  if (last.revision === revision && equalHex(await stateDigest(state, state), last.state_digest)) {
    return undefined;
  }
  const text = `the state is not the one that the event of revision ${last.revision} led to`;
  return { code: "state_edited", revision, text };
}

/** What to do with a job that was edited. */
export const RESTORE =
  "Restore state and log from the same copy, or submit another job; stop and cancel work all the same";

/** The error when a job is not as it was written: exit 2. */
export function historyEdited(id: string, action: string, { code, text }: Finding): GaitError {
  return verificationFailed(`Cannot ${action} job "${id}": ${text}`, {
    detail: code,
    hint: `See what does not fit with: gait job verify --id ${pathArgument(id)}. ${RESTORE}`,
  });
}
