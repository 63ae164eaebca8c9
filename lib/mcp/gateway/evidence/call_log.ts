import type { Journal, Journals } from "../../../effects/types.ts";
import { GaitError, messageOf } from "../../../errors/mod.ts";
import { concat } from "../../../formats/bytes.ts";
import { timeOfMillis } from "../../../formats/time.ts";
import type { Hasher } from "../../../signing/mod.ts";
import type { CallLog } from "../relay/types.ts";
import {
  callLine,
  type CallRecord,
  closedLine,
  endLine,
  type EndRecord,
  headerLine,
  type SessionLog,
} from "./records.ts";
import { SESSIONS } from "./seal.ts";

/** The most calls of one part of a session: its evidence is sealed at once, in memory. */
const MAX_CALLS = 50_000;

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
}

/** Effects for a log of calls. */
export interface CallLogEffects {
  readonly journals: Journals;
  readonly now: () => number;
  readonly hash: Hasher;
  /** Seals a part of the session. */
  readonly seal: (log: SessionLog) => Promise<void>;
  readonly notify: (text: string) => void;
}

/** A part of a session that is being written. */
interface Part {
  readonly journal: Journal;
  readonly number: number;
  readonly createdAt: string;
  readonly calls: CallRecord[];
  readonly ends: Map<string, EndRecord>;
  /** Calls whose end is not known. */
  readonly open: Set<string>;
}

/**
 * Log the decided calls of a session. A session that decides nothing leaves no file.
 *
 * What is decided outlives the process before the call is forwarded; the trace of the call has been synced already, so
 * the log need not wait for the disk too. When the process is killed, the next gateway finds the file unlocked and seals
 * it.
 */
export function openCallLog(
  { session, server, folder }: CallLogOptions,
  { journals, now, hash, seal, notify }: CallLogEffects,
): OpenCallLog {
  let part: Part | undefined;
  let parts = 0;
  let counter = 0;
  let waiting: Uint8Array[] = [];
  let writing: Promise<void> | undefined;
  const time = () => timeOfMillis(now());

  async function begin(): Promise<Part> {
    const number = ++parts;
    const name = number === 1 ? session : `${session}_${number}`;
    const journal = await journals.create(`${folder}/${SESSIONS}/${name}.calls.jsonl`);
    const createdAt = time();
    await journal.append(headerLine({ session, server, createdAt, part: number }), { sync: false });
    return { journal, number, createdAt, calls: [], ends: new Map(), open: new Set() };
  }

  let beginning: Promise<Part> | undefined;
  async function current(): Promise<Part> {
    beginning ??= begin();
    part = await beginning;
    return part;
  }

  /** Lines that wait together are written together. */
  function write(journal: Journal, line: Uint8Array): Promise<void> {
    waiting.push(line);
    writing ??= (async () => {
      await Promise.resolve();
      try {
        while (waiting.length > 0) {
          const lines = waiting;
          waiting = [];
          await journal.append(concat(lines), { sync: false });
        }
      } finally {
        waiting = [];
        writing = undefined;
      }
    })();
    return writing;
  }

  async function finish(): Promise<void> {
    const ended = part;
    part = undefined;
    beginning = undefined;
    if (!ended) return;
    await writing?.catch(() => {});
    const { journal, calls, ends, createdAt, number } = ended;
    await journal.append(closedLine(time()), { sync: true });
    await seal({ header: { session, server, createdAt, part: number }, calls, ends, torn: false });
    await journal.discard();
  }

  return {
    async decided(subject, { decision, paths }) {
      if (part && part.calls.length >= MAX_CALLS && part.open.size === 0) await finish();
      const at = await current();
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
        reasonCodes: outcome.reasonCodes,
        violations: outcome.violations,
        traceId: decision.traceId,
        tracePath: paths.trace ?? "",
      };
      await write(at.journal, callLine(call));
      at.calls.push(call);
      if (outcome.verdict === "allow") at.open.add(callId);
      return { callId };
    },
    ended({ callId }, { status, output }) {
      const at = part;
      if (!at?.open.delete(callId)) return;
      void (async () => {
        const end = { callId, time: time(), status, outputDigest: output ? await hash(output) : "" };
        at.ends.set(callId, end);
        await write(at.journal, endLine(end));
      })().catch((error) => notify(`the end of a call was not logged: ${messageOf(error)}`));
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
