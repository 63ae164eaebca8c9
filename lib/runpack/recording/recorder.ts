import { GaitError, invalidInput } from "../../errors/mod.ts";
import type { Files, Journal, Journals } from "../../effects/mod.ts";
import { concat } from "../../formats/bytes.ts";
import type { ClosedGate } from "../../gate/open.ts";
import type { PrivateKey } from "../../signing/mod.ts";
import { runningDigest } from "../../signing/running_digest.ts";
import { sha256 } from "../../signing/mod.ts";
import {
  callLine,
  headLine,
  readRecording,
  type RecordedCall,
  type RecordedResult,
  type RecordingHead,
  resultLine,
} from "./journal.ts";
import { journalPath, MAX_JOURNAL_BYTES } from "./recover.ts";
import { sealRecording } from "./seal.ts";

/** Records calls and results into a runpack. */
export interface Recorder {
  /** Resolves when the call is durable. */
  call(call: RecordedCall): Promise<void>;
  /** Resolves when the result is durable. */
  result(result: RecordedResult): Promise<void>;
  /** Write the runpack, and remove the journal. */
  close(key: PrivateKey | undefined): Promise<NonNullable<ClosedGate["runpack"]>>;
}

/**
 * Start a recording; the folder of the file must exist, and an earlier recording must have been recovered.
 *
 * Group commit, as for traces: while lines are synced, the next ones gather, so each fsync serves all that wait.
 */
export async function startRecorder(
  file: string,
  head: RecordingHead,
  { files, journals }: { readonly files: Files; readonly journals: Journals },
): Promise<Recorder> {
  const path = journalPath(file);
  const journal = await create(journals, path, file);
  const digest = runningDigest();
  let size = 0;
  let broken = false;
  let waiting: { line: Uint8Array<ArrayBuffer>; done: () => void; failed: (error: unknown) => void }[] = [];
  let flushing: Promise<void> | undefined;

  async function write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (size + bytes.length > MAX_JOURNAL_BYTES) {
      throw new GaitError(
        "io_failure",
        `Cannot record into "${path}": it has as much as a runpack can hold`,
        {
          hint: "Start the gate again, with a runpack for the next part",
        },
      );
    }
    broken = true;
    await journal.append(bytes);
    broken = false;
    size += bytes.length;
    digest.add(bytes);
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await write(concat(batch.map(({ line }) => line)));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    flushing = undefined;
  }

  function append(line: Uint8Array<ArrayBuffer>): Promise<void> {
    return new Promise((done, failed) => {
      waiting.push({ line, done, failed });
      flushing ??= flush();
    });
  }

  try {
    await write(headLine(head));
  } catch (error) {
    journal.close();
    throw error;
  }
  return {
    call: (call) => append(callLine(call)),
    result: (result) => append(resultLine(result)),
    async close(key) {
      await flushing;
      let done = false;
      try {
        if (broken) {
          throw new GaitError(
            "io_failure",
            `Cannot make runpack "${file}": its journal could not be written`,
            {
              hint:
                "Make room on the disk; what was answered is recovered by the next start, or by gait run recover",
            },
          );
        }
        const content = await files.read(path, MAX_JOURNAL_BYTES);
        if (await sha256(content) !== digest.end()) {
          throw invalidInput(`Cannot make runpack "${file}": its journal was changed by somebody else`, {
            hint: `Look at "${path}"; the traces of the calls are where they were answered`,
          });
        }
        const packed = await sealRecording(readRecording(content, `journal "${path}"`), head, key);
        const written = await files.writeOutput(file, packed.bytes, { ifTaken: "number" });
        done = true;
        return { path: written.path, runId: packed.runId, manifestDigest: packed.manifestDigest };
      } finally {
        // The runpack is safe; the next start removes a journal that could not be removed here.
        if (done) await journal.discard().catch(() => {});
        else journal.close();
      }
    },
  };
}

async function create(journals: Journals, path: string, file: string): Promise<Journal> {
  if (journals.isFree(path)) return await journals.create(path);
  throw new GaitError("state_contention", `Cannot record into "${file}": another process does`, {
    hint: "Give each process a runpack of its own",
  });
}
