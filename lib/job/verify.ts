import { asText, canonicalize } from "../formats/json/mod.ts";
import type { JobEvent, JobState } from "../schema/job.ts";
import { FIRST_DIGEST, nextDigest } from "../signing/line_chain.ts";
import { equalHex, hasherFor } from "../signing/mod.ts";
import { linesOf } from "./event_log.ts";
import { newLedger } from "./ledger.ts";
import { type Finding, logFinding, stateFinding, USUAL_LINE } from "./links.ts";

/** How state and log of a job vouch for each other. */
export interface HistoryCheck {
  /** Events that name the digest of all lines before them, and those that don't: other programs write these. */
  readonly chained: number;
  readonly unchained: number;
  /** Whether the last event vouches for the state, and the state for the log; other programs write neither. */
  readonly stateBound: boolean;
  readonly logBound: boolean;
  /** Empty when nothing was edited, as far as digests tell. */
  readonly findings: readonly Finding[];
}

/**
 * Check state and log of a job against each other, line by line (docs/spec/job.md 2.5).
 *
 * @param log the bytes that the events were read from
 */
export async function checkHistory(
  { state, events, log }: {
    readonly state: JobState;
    readonly events: readonly JobEvent[];
    readonly log: Uint8Array<ArrayBuffer>;
  },
): Promise<HistoryCheck> {
  const findings: Finding[] = [];
  const hash = await hasherFor(log.length / USUAL_LINE);
  let [digest, at, chained, lastFit]: [string, number, number, number] = [FIRST_DIGEST, 0, 0, 0];
  for (const line of linesOf(log)) {
    const event = events[at++];
    const named = event?.prev_digest;
    if (named) {
      chained++;
      if (!equalHex(named, digest)) findings.push(brokenAt(at, event.revision, lastFit));
      lastFit = at;
    }
    // After a break the chain goes on from what the event names, so that each break is told once.
    const next = nextDigest(named || digest, line, hash);
    digest = typeof next === "string" ? next : await next; // waiting for what is there costs as much as its hash
  }
  const last = events.at(-1);
  const logBound = Boolean(state.log_digest);
  if (logBound && !equalHex(state.log_digest!, digest)) findings.push(logFinding(state, last));
  // Where the end of the log is gone, so is the event that would tell.
  const isCut = findings.some(({ code }) => code === "event_log_cut");
  const edited = last && !isCut ? await stateFinding(state, last) : undefined;
  if (edited) findings.push(edited);
  const ledger = events[0] && await ledgerFinding(state, events[0]);
  if (ledger) findings.push(ledger);
  const stateBound = Boolean(last?.state_digest);
  return { chained, unchained: events.length - chained, stateBound, logBound, findings };
}

/**
 * Whether the safety invariants are those of the submit. Only where Gait logged it: other programs' states have hashes
 * that follow from nothing that they say.
 */
async function ledgerFinding(state: JobState, submitted: JobEvent): Promise<Finding | undefined> {
  if (!submitted.prev_digest || submitted.type !== "submitted") return undefined;
  const bound = (name: string) => asText(submitted.payload?.[name] ?? "");
  const ledger = await newLedger({
    policy_digest: bound("policy_digest"),
    policy_ref: bound("policy_ref"),
    identity: bound("identity"),
  });
  const { safety_invariant_version, safety_invariant_hash, safety_invariants } = state;
  const stored = { safety_invariant_version, safety_invariant_hash, safety_invariants };
  if (
    canonicalize(stored) === canonicalize({ ...ledger, safety_invariants: [...ledger.safety_invariants] })
  ) return undefined;
  const text = "the safety invariants of the state are not those that it was submitted with";
  return { code: "ledger_edited", revision: state.revision, text };
}

/** @param lastFit the line before it that named the right digest; 0 for none */
function brokenAt(line: number, revision: number, lastFit: number): Finding {
  const from = Math.max(1, lastFit);
  const which = line === 1
    ? "a line before line 1 was removed"
    : from === line - 1
    ? `line ${from} was changed, or a line beside it removed, inserted or moved`
    : `one of the lines ${from} to ${line - 1} was changed, or one removed, inserted or moved`;
  return {
    code: "event_log_edited",
    line,
    revision,
    text: `line ${line} of the log does not follow those before it: ${which}`,
  };
}
