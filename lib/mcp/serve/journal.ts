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

/** A session, and where its journal is. */
export interface JournalPlan {
  readonly sessionId: string;
  readonly runId: string;
  readonly path: string;
  /** What files of the session are called. */
  readonly base: string;
}

/** What journals are asked for with. */
export interface JournalQuestion {
  readonly sessionId: string;
  readonly runId: string;
  readonly folder: string;
  /** The journal that the client chose. */
  readonly chosen: string | undefined;
}

/**
 * Find the journal of a session before anything is decided: a journal that can't be used must not be found out about
 * after the decision was made (docs/spec/mcp.md 6.4).
 *
 * @throws {GaitError} `invalid_input` when the client chose the journal of another session or run
 */
export async function planJournal(
  { sessionId, runId, folder, chosen }: JournalQuestion,
  { files }: Pick<JournalEffects, "files">,
): Promise<JournalPlan> {
  if (hasControl(sessionId)) throw invalidInput("Cannot use a session id with control characters");
  const base = baseOf(sessionId);
  const free = async (path: string) => {
    const owner = await ownerOf(path, files);
    return owner === undefined || owner.sessionId === sessionId && owner.runId === runId;
  };
  const plan = (path: string, named = base) => ({ sessionId, runId, path, base: named });
  if (chosen !== undefined) {
    if (await free(chosen)) return plan(chosen);
    throw invalidInput(`Cannot use session_journal "${chosen}": it belongs to another session or run`);
  }
  const usual = `${folder}/${base}.journal.jsonl`;
  if (await free(usual)) return plan(usual);
  // A second run of a session gets a journal of its own, and checkpoints that don't meet those of the first.
  const own = `${base}_${runId}`;
  return plan(`${folder}/${own}.journal.jsonl`, own);
}

/** What files of a session are called. */
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

/** Journals of one server. */
export interface Journals {
  /**
   * Append a decision, and seal a checkpoint when one is due.
   *
   * @returns what to tell about it
   */
  record(plan: JournalPlan, decided: DecidedCall, tracePath: string, due: CheckpointDue): Promise<string[]>;
}

/** When checkpoints are sealed, and where they go. */
export interface CheckpointDue {
  readonly interval: number;
  readonly folder: string | undefined;
}

/** Keep journals; a journal that was started once is not read whole again. */
export function keepJournals(effects: JournalEffects, version: string): Journals {
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
        // The decision is journaled; the events are sealed by the next checkpoint.
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
