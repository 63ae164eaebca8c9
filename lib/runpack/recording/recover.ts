import { GaitError, invalidInput } from "../../errors/mod.ts";
import type { Files, Journals } from "../../effects/mod.ts";
import { numberedPath } from "../../formats/path.ts";
import { openZip } from "../../formats/zip/mod.ts";
import type { PrivateKey } from "../../signing/mod.ts";
import { readManifest } from "../manifest.ts";
import { readRecording } from "./journal.ts";
import type { PackedRun } from "../pack_records.ts";
import { recordRun } from "../record.ts";
import { sealRecording } from "./seal.ts";
import { isSessionJournal, readSessionJournal } from "./session.ts";

/** The journal of a recording stands beside its runpack. */
export function journalPath(file: string): string {
  return `${file}.journal`;
}

/** Larger than a journal that can be sealed: 1 GiB. */
export const MAX_JOURNAL_BYTES = 1 << 30;

/** What became of a recording that a process left behind. */
export interface RecoveredRecording {
  /** The runpack; absent when nothing had been recorded. */
  readonly path?: string;
  readonly runId?: string;
  readonly calls: number;
  readonly results: number;
  /** Where the unfinished end of the journal is kept. */
  readonly torn?: string;
}

/**
 * Make the runpack of a recording whose process is gone (docs/gate_stream.md). It is signed only with a key that is
 * given here: the journal is not signed, so whoever could write to its folder could have changed it.
 *
 * @returns `undefined` when there is no journal
 * @throws {GaitError} `state_contention` when a process still records into it, `invalid_input` when it was changed
 */
export async function recoverRecording(
  file: string,
  { files, journals }: { readonly files: Files; readonly journals: Journals },
  key?: PrivateKey,
): Promise<RecoveredRecording | undefined> {
  const path = journalPath(file);
  if (await files.stat(path) === undefined) return undefined;
  const left = await journals.takeOver(path, MAX_JOURNAL_BYTES);
  if (!left) {
    throw new GaitError("state_contention", `Cannot record into "${file}": another process does`, {
      hint: "Give each process a runpack of its own, or wait until that process ends",
    });
  }
  let done = false;
  try {
    const recording = isSessionJournal(left.content)
      ? readSession(left.content, path)
      : readGate(left.content, path);
    const torn = recording.torn.length > 0
      // Kept whatever an earlier crash left: evidence is never replaced.
      ? (await files.writeOutput(`${path}.torn`, recording.torn, { ifTaken: "number" })).path
      : undefined;
    const { calls, results, run } = recording;
    const counts = { calls, results, ...(torn ? { torn } : {}) };
    if (run === undefined) {
      done = true;
      return counts;
    }
    const sealed = run.hasOwnId ? await sealedBefore(file, run.id, files) : undefined;
    const written = sealed ??
      (await files.writeOutput(file, (await run.seal(key)).bytes, { ifTaken: "number" })).path;
    done = true;
    return { ...counts, path: written, runId: run.id };
  } finally {
    if (done) await left.discard();
    else left.close();
  }
}

/** What a journal holds. */
interface Left {
  readonly calls: number;
  readonly results: number;
  readonly torn: Uint8Array<ArrayBuffer>;
  /** Absent when the process died before anything was recorded. */
  readonly run?: LeftRun;
}

/** The run of a journal, and what makes its runpack. */
interface LeftRun {
  readonly id: string;
  /** No other recording has this id, so that a runpack with it is of this one. */
  readonly hasOwnId: boolean;
  readonly seal: (key: PrivateKey | undefined) => Promise<PackedRun>;
}

/** The journal of a gate. */
function readGate(content: Uint8Array<ArrayBuffer>, path: string): Left {
  const recording = read(() => readRecording(content, `journal "${path}"`), path);
  const { head, calls, results, torn } = recording;
  const counts = { calls: calls.length, results: results.length, torn };
  if (!head) return counts;
  return {
    ...counts,
    run: { id: head.runId, hasOwnId: true, seal: (key) => sealRecording(recording, head, key) },
  };
}

/** The journal of a session of an SDK, which ends where the process did. */
function readSession(content: Uint8Array<ArrayBuffer>, path: string): Left {
  const session = read(() => readSessionJournal(content, `journal "${path}"`), path);
  if (session === undefined) return { calls: 0, results: 0, torn: content };
  const { input, torn } = session;
  const { run_id: id, created_at: now, producer_version: producer, env: { os, arch } } = input.run;
  return {
    calls: input.intents.length,
    results: input.results.length,
    torn,
    run: {
      id,
      hasOwnId: false, // the program chose it
      seal: (key) => recordRun(input, { now, os, arch, producer }, { key }),
    },
  };
}

function read<T>(step: () => T, path: string): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    throw invalidInput(`Cannot recover a recording: ${error.message}`, {
      hint: `Look at "${path}" and move it elsewhere, then start again`,
      cause: error,
    });
  }
}

/** The runpack of a recording whose process died between writing it and removing the journal. */
async function sealedBefore(file: string, runId: string, files: Files): Promise<string | undefined> {
  for (let n = 1;; n++) {
    const path = numberedPath(file, n);
    if (await files.stat(path) === undefined) return undefined;
    if (await runIdOf(path, files) === runId) return path;
  }
}

async function runIdOf(path: string, files: Files): Promise<string | undefined> {
  try {
    return (await readManifest(openZip(await files.read(path)))).manifest.run_id;
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}
