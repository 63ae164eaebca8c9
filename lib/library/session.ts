import { appendEvent } from "../session/append.ts";
import { checkpointSession } from "../session/checkpoint.ts";
import { SESSION_VERDICTS } from "../session/event.ts";
import { startSession } from "../session/start.ts";
import type { Verdict } from "../schema/verdict.ts";
import type { PrivateKey } from "../signing/mod.ts";
import { VERSION } from "../version.ts";
import { checkOptions, checkText, type Shape } from "./arguments.ts";
import { openedEffects } from "./effects.ts";
import { withLibraryErrors } from "./errors.ts";

/** The session to open. */
export interface SessionOptions {
  /** Path of its journal. */
  readonly journal: string;
  /** Id of the session. */
  readonly sessionId: string;
  /** Id of the run that its checkpoints are named by. */
  readonly runId: string;
}

/** A decision, as a session records it. */
export interface SessionEntry {
  /** The tool of the call. */
  readonly toolName: string;
  /** What was decided. */
  readonly verdict: Verdict;
  /** Id of the intent. */
  readonly intentId?: string;
  /** Id of the trace of the decision. */
  readonly traceId?: string;
  /** Path of that trace. */
  readonly tracePath?: string;
  /** Digest of the intent: 64 hex digits. */
  readonly intentDigest?: string;
  /** Digest of the policy: 64 hex digits. */
  readonly policyDigest?: string;
  /** Why. */
  readonly reasonCodes?: readonly string[];
  /** What was violated. */
  readonly violations?: readonly string[];
}

/** A session: a journal of what was decided, sealed piece by piece into runpacks. */
export interface Session {
  /**
   * Append one decision, durably, linked to all earlier ones.
   *
   * @returns its sequence number, and warnings
   */
  append(entry: SessionEntry): Promise<{ readonly sequence: number; readonly warnings: readonly string[] }>;
  /** Seal what came since the last checkpoint into a runpack. */
  checkpoint(
    options: { readonly out: string; readonly key?: PrivateKey },
  ): Promise<{ readonly chainPath: string; readonly warnings: readonly string[] }>;
}

const OPTIONS: Shape<SessionOptions> = { journal: "text", sessionId: "text", runId: "text" };
const ENTRY: Shape<SessionEntry> = {
  toolName: "text",
  verdict: SESSION_VERDICTS,
  intentId: "text",
  traceId: "text",
  tracePath: "text",
  intentDigest: "text",
  policyDigest: "text",
  reasonCodes: "texts",
  violations: "texts",
};

/**
 * Start a session, or go on with the one that the journal holds. Relative paths, those of later calls too, count from
 * the working folder of this moment. Needs the permissions to read and to write.
 *
 * @example
 * ```ts
 * import { mkdtemp } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { generateKey, openSession } from "@gait/gait";
 *
 * const folder = await mkdtemp(`${tmpdir()}/gait-`);
 * const session = await openSession({
 *   journal: `${folder}/session.jsonl`,
 *   sessionId: "shift-7",
 *   runId: "run_42",
 * });
 * await session.append({ toolName: "fs.read", verdict: "allow" });
 * await session.append({ toolName: "fs.delete", verdict: "block", reasonCodes: ["default_block"] });
 * const { chainPath } = await session.checkpoint({ out: `${folder}/part_1.zip`, key: await generateKey() });
 * console.log(chainPath); // verified by `gait verify session-chain`
 * ```
 *
 * @throws {GaitError} `invalid_input` when the journal belongs to another session or run, or was changed
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  checkOptions("options", options, OPTIONS);
  const { journal, sessionId, runId } = options;
  checkText("journal", journal);
  // The wait for the lock is not taken from the environment, which a library has no permission to read.
  const effects = { ...openedEffects(), env: { get: () => undefined } };
  await withLibraryErrors(() => startSession(journal, { sessionId, runId }, effects, VERSION));
  return {
    append: (entry) =>
      withLibraryErrors(async () => {
        checkOptions("the entry", entry, ENTRY);
        const { event: { sequence }, warnings } = await appendEvent(journal, entry, effects, VERSION);
        return { sequence, warnings };
      }),
    checkpoint: ({ out, key }) =>
      withLibraryErrors(async () => {
        checkText("out", out);
        const { chainPath, warnings } = await checkpointSession(journal, { out, key }, effects, VERSION);
        return { chainPath, warnings };
      }),
  };
}
