import type { Effects } from "../../effects/mod.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { hasControl } from "../../formats/path.ts";
import { trimChars } from "../../formats/trim.ts";
import { agentChain } from "../../gate/trace/relationship.ts";
import { POLICY_ID, POLICY_VERSION } from "../../gate/trace/record.ts";
import { appendEvent } from "../../session/append.ts";
import { checkpointSession } from "../../session/checkpoint.ts";
import { sessionPaths } from "../../session/paths.ts";
import { MAX_JOURNAL_LINE, readRecord } from "../../session/records.ts";
import { startSession } from "../../session/start.ts";
import type { DecidedCall } from "../decided_call.ts";

/** Effects for journaling. */
export type JournalEffects = Pick<Effects, "files" | "env" | "now" | "random" | "os" | "arch">;

/** A session, and the path of its journal. */
export interface JournalPlan {
  readonly sessionId: string;
  readonly runId: string;
  readonly path: string;
  /** Base name of the files of the session. */
  readonly base: string;
}

/** The session to find a journal for. */
export interface JournalOptions {
  readonly sessionId: string;
  readonly runId: string;
  readonly folder: string;
  /** Path of the journal that the client chose. */
  readonly chosen: string | undefined;
}

/**
 * Find the journal of a session before anything is decided, so that an unusable journal is an error before the
 * decision and not after it (docs/spec/mcp.md 6.4).
 *
 * @throws {GaitError} `invalid_input` when the client chose the journal of another session or run
 */
export async function planJournal(
  { sessionId, runId, folder, chosen }: JournalOptions,
  { files }: Pick<JournalEffects, "files">,
): Promise<JournalPlan> {
  if (hasControl(sessionId)) throw invalidInput("Cannot use a session id with control characters");
  const base = baseOf(sessionId);
  const isFree = async (path: string) => {
    const owner = await ownerOf(path, files);
    return owner === undefined || owner.sessionId === sessionId && owner.runId === runId;
  };
  const plan = (path: string, named = base) => ({ sessionId, runId, path, base: named });
  if (chosen !== undefined) {
    if (await isFree(chosen)) return plan(chosen);
    throw invalidInput(`Cannot use session_journal "${chosen}": it belongs to another session or run`);
  }
  const defaultPath = `${folder}/${base}.journal.jsonl`;
  if (await isFree(defaultPath)) return plan(defaultPath);
  // A second run of a session gets its own journal, and its own names for checkpoints.
  const runBase = `${base}_${runId}`;
  return plan(`${folder}/${runBase}.journal.jsonl`, runBase);
}

/** The base name of the files of a session. */
function baseOf(sessionId: string): string {
  return trimChars(sessionId.replace(/[/\\ :]/g, "_"), (unit) => unit === "." || unit === "_") || "session";
}

async function ownerOf(
  path: string,
  files: JournalEffects["files"],
): Promise<{ sessionId: string; runId: string } | undefined> {
  const { journal } = sessionPaths(path);
  if (await files.stat(journal) === undefined) return undefined;
  for (const line of files.readLines(journal, MAX_JOURNAL_LINE)) {
    const record = readRecord(line.bytes, `journal "${path}"`);
    if (record.kind !== "header") break;
    return { sessionId: record.header.session_id, runId: record.header.run_id };
  }
  throw invalidInput(`Cannot use journal "${path}": it does not begin with a header`);
}

/** The journals of one server. */
export interface Journals {
  /**
   * Append a decision, and seal a checkpoint when one is due.
   *
   * @returns lines for the warnings of the answer
   */
  record(
    plan: JournalPlan,
    decided: DecidedCall,
    tracePath: string,
    due: CheckpointSchedule,
  ): Promise<string[]>;
}

/** The interval of checkpoints in events, and their folder. */
export interface CheckpointSchedule {
  readonly interval: number;
  readonly folder: string | undefined;
}

/** Make the journals of a server. A journal that this server has started is not read in full again. */
export function makeJournals(effects: JournalEffects, version: string): Journals {
  const started = new Set<string>();
  return {
    async record(plan, decided, tracePath, { interval, folder }) {
      const { sessionId, runId, path, base } = plan;
      const known = `${path}\n${runId}`;
      if (!started.has(known) || await effects.files.stat(path) === undefined) {
        await startSession(path, { sessionId, runId }, effects, version);
        started.add(known);
      }
      const { event: { sequence }, warnings } = await appendEvent(
        path,
        eventOf(decided, tracePath),
        effects,
        version,
      );
      const reported = [`session_journal=${path} sequence=${sequence}`, ...warnings];
      if (interval <= 0 || folder === undefined || sequence % interval !== 0) return reported;
      const out = `${folder}/${base}_cp_${String(sequence).padStart(6, "0")}.zip`;
      try {
        const { chainPath } = await checkpointSession(path, { out }, effects, version);
        return [...reported, `session_checkpoint=${out} chain=${chainPath}`];
      } catch (error) {
        // The decision is already in the journal; the next checkpoint will seal its event.
        if (!(error instanceof GaitError)) throw error;
        return [...reported, `session_checkpoint_error=${error.message}`];
      }
    },
  };
}

function eventOf({ decision, prepared, matchedRuleIds }: DecidedCall, tracePath: string) {
  const { intent, outcome } = decision;
  const { identity } = intent.context;
  return {
    toolName: intent.toolName,
    verdict: outcome.verdict,
    intentDigest: decision.intentDigest,
    policyDigest: decision.policyDigest,
    policyId: POLICY_ID,
    policyVersion: POLICY_VERSION,
    matchedRuleIds,
    traceId: decision.traceId,
    tracePath,
    reasonCodes: outcome.reasonCodes,
    violations: outcome.violations,
    agents: agentChain(identity, intent.delegation),
    callingAgent: identity,
    safetyInvariant: prepared.found().safetyInvariant,
  };
}
