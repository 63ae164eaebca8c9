import type { Files, Journal, Journals } from "../../../effects/types.ts";
import { GaitError, invalidInput, messageOf } from "../../../errors/mod.ts";
import { concat } from "../../../formats/bytes.ts";
import { timeOfMillis } from "../../../formats/time.ts";
import { type RunningDigest, runningDigest } from "../../../signing/running_digest.ts";
import type { CallLog } from "../relay/types.ts";
import {
  callLine,
  type CallRecord,
  closedLine,
  endLine,
  headerLine,
  MAX_LOG_BYTES,
  readSessionLog,
  type SessionLog,
} from "./records.ts";
import { SESSIONS } from "./seal.ts";

/** The calls of one part of a session: its evidence is sealed at once, in memory. */
const PART_CALLS = 50_000;

/** A log of calls that can be closed. */
export interface OpenCallLog extends CallLog {
  /**
   * End the session.
   *
   * @returns its log; nothing when no call was decided
   */
  close(): Promise<void>;
}

/** What a log is about, and where it goes. */
export interface CallLogOptions {
  readonly session: string;
  readonly server: string;
  /** The folder of the evidence of the gateway, which exists. */
  readonly folder: string;
  /** After so many calls a part ends when none is open, and after twice as many whatever is open. */
  readonly partCalls?: number;
}

/** Effects for a log of calls. */
export interface CallLogEffects {
  readonly journals: Journals;
  readonly files: Pick<Files, "read">;
  readonly now: () => number;
  /** Seals a part of the session. */
  readonly seal: (log: SessionLog) => Promise<void>;
  readonly notify: (text: string) => void;
}

/** A part of a session that is being written. */
interface Part {
  readonly journal: Journal;
  calls: number;
  /** Calls whose end is not known. */
  readonly open: Set<string>;
  /** Digest of all its lines: what is sealed is what was written. */
  readonly digest: RunningDigest;
  /** Lines that are not written yet: a line of one part must never get into the journal of another. */
  waiting: Uint8Array[];
  writing: Promise<void> | undefined;
}

/**
 * Log the decided calls of a session. A session that decides nothing leaves no file.
 *
 * What is decided outlives the process before the call is forwarded; the trace of the call has been synced already, so
 * the log need not wait for the disk too. When the process is killed, the next gateway finds the file unlocked and seals
 * it.
 */
export function openCallLog(
  { session, server, folder, partCalls = PART_CALLS }: CallLogOptions,
  { journals, files, now, seal, notify }: CallLogEffects,
): OpenCallLog {
  let part: Part | undefined;
  let parts = 0;
  let counter = 0;
  const time = () => timeOfMillis(now());

  async function begin(): Promise<Part> {
    const number = ++parts;
    const name = number === 1 ? session : `${session}_${number}`;
    const journal = await journals.create(`${folder}/${SESSIONS}/${name}.calls.jsonl`);
    const begun: Part = {
      journal,
      calls: 0,
      open: new Set(),
      digest: runningDigest(),
      waiting: [],
      writing: undefined,
    };
    await append(begun, [headerLine({ session, server, createdAt: time(), part: number })]);
    return begun;
  }

  async function append(to: Part, lines: readonly Uint8Array[], sync = false): Promise<void> {
    const bytes = concat(lines);
    await to.journal.append(bytes, { sync });
    to.digest.add(bytes);
  }

  let beginning: Promise<Part> | undefined;
  async function current(): Promise<Part> {
    const begun = beginning ??= begin();
    const at = await begun;
    if (beginning === begun) part = at;
    return at;
  }

  /** Lines that wait together are written together. */
  function write(to: Part, line: Uint8Array): Promise<void> {
    to.waiting.push(line);
    return to.writing ??= (async () => {
      await Promise.resolve();
      try {
        while (to.waiting.length > 0) {
          const lines = to.waiting;
          to.waiting = [];
          await append(to, lines);
        }
      } finally {
        to.waiting = [];
        to.writing = undefined;
      }
    })();
  }

  /** What was written, from the disk: a long session is not held in memory. */
  async function readBack({ journal, digest }: Part): Promise<SessionLog> {
    const bytes = await files.read(journal.path, MAX_LOG_BYTES);
    const found = runningDigest();
    found.add(bytes);
    if (found.end() !== digest.end()) throw invalidInput(`Cannot seal log "${journal.path}": it was changed`);
    return readSessionLog(bytes, `log "${journal.path}"`);
  }

  async function finish(): Promise<void> {
    const ended = part;
    part = undefined;
    beginning = undefined;
    if (!ended) return;
    await ended.writing?.catch(() => {});
    await append(ended, [closedLine(time())], true);
    await seal(await readBack(ended));
    await ended.journal.discard();
  }

  return {
    async decided(subject, { decision, paths }, confirmed = false) {
      // A call that is never answered must not make a log that is too large to be sealed.
      if (part && part.calls >= (part.open.size === 0 ? partCalls : 2 * partCalls)) await finish();
      let at = await current();
      // It may have ended meanwhile. From here on nothing is awaited before the line is on its way.
      while (at !== part) at = await current();
      const callId = `call_${++counter}`;
      const { outcome, intent } = decision;
      const call: CallRecord = {
        callId,
        time: time(),
        method: subject.method,
        name: subject.name,
        toolName: intent.toolName,
        argsDigest: intent.argsDigest,
        intentDigest: decision.intentDigest,
        policyDigest: decision.policyDigest,
        verdict: outcome.verdict,
        confirmed,
        reasonCodes: outcome.reasonCodes,
        violations: outcome.violations,
        traceId: decision.traceId,
        tracePath: paths.trace ?? "",
      };
      at.calls++;
      // Open before it is written, so that the part does not end between the two.
      if (outcome.verdict === "allow" || confirmed) at.open.add(callId);
      await write(at, callLine(call)).catch((error) => {
        at.open.delete(callId);
        throw error;
      });
      return { callId };
    },
    ended({ callId }, { status, outputDigest }) {
      const at = part;
      if (!at?.open.delete(callId)) return;
      write(at, endLine({ callId, time: time(), status, outputDigest }))
        .catch((error) => notify(`the end of a call was not logged: ${messageOf(error)}`));
    },
    async close() {
      try {
        await finish();
      } catch (error) {
        const code = error instanceof GaitError ? error.code : "internal_failure";
        throw new GaitError(code, `Cannot seal session "${session}": ${messageOf(error)}`, {
          hint:
            `Its log stays in "${folder}/${SESSIONS}" and is sealed when a gateway uses this folder again`,
          cause: error,
        });
      }
    },
  };
}
