/** A recording under a disk that fails at each of its calls: what was answered can be had back, nothing is half there. */
import assert from "node:assert/strict";
import { GaitError } from "../../lib/errors/mod.ts";
import { makeFiles } from "../../lib/effects/mod.ts";
import { makeJournals } from "../../lib/effects/journals.ts";
import type { Disk } from "../../lib/effects/disk.ts";
import type { Rfc3339 } from "../../lib/formats/time.ts";
import { readRunpack } from "../../lib/runpack/read.ts";
import { recoverRecording } from "../../lib/runpack/recording/recover.ts";
import { startRecorder } from "../../lib/runpack/recording/recorder.ts";
import { failingDisk, type Failure } from "../support/failing_disk.ts";

const T = "2026-03-01T09:00:00Z" as Rfc3339;
const SHA = "ab".repeat(32);
const HEAD = {
  runId: "run",
  captureMode: "raw",
  createdAt: T,
  producerVersion: "1",
  os: "o",
  arch: "a",
} as const;
const CALLS = 6;

interface Played {
  readonly calls: ReadonlySet<string>;
  readonly results: ReadonlySet<string>;
  /** The runpack, when closing succeeded. */
  readonly path?: string;
}

/** Record some calls and results one after the other, then close; gives what was acknowledged. */
async function play(file: string, disk: Disk): Promise<Played> {
  const calls = new Set<string>();
  const results = new Set<string>();
  const effects = { files: makeFiles(disk), journals: makeJournals(disk) };
  const recorder = await startRecorder(file, HEAD, effects).catch(() => undefined);
  if (!recorder) return { calls, results };
  for (let n = 0; n < CALLS; n++) {
    const callId = `call_${n}`;
    const call = {
      callId,
      toolName: "t",
      argsDigest: SHA,
      verdict: "allow",
      violations: [],
      traceId: "x",
      observedAt: T,
    } as const;
    if (!await recorder.call(call).then(() => calls.add(callId), () => false)) continue;
    const result = { callId, status: "ok", resultDigest: SHA, at: T };
    await recorder.result(result).then(() => results.add(callId), () => {});
  }
  const path = await recorder.close(undefined).then((runpack) => runpack.path, () => undefined);
  return { calls, results, ...(path === undefined ? {} : { path }) };
}

/**
 * Another test in this process may be starting a program, which holds copies of all locks until it runs.
 *
 * @throws what `step` throws, also contention that does not end
 */
async function whenFree<T>(step: () => Promise<T>, tries = 500): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (tries === 0 || !(error instanceof GaitError && error.code === "state_contention")) throw error;
  }
  await new Promise((resume) => setTimeout(resume, 10));
  return await whenFree(step, tries - 1);
}

async function held(path: string) {
  const { intents, results } = await readRunpack(await Deno.readFile(path));
  return {
    calls: new Set(intents.map(({ intent_id }) => intent_id)),
    results: new Set(results.filter(({ status }) => status === "ok").map(({ intent_id }) => intent_id)),
  };
}

for (const failure of ["before", "half", "after"] satisfies Failure[]) {
  for (const dead of [false, true]) {
    Deno.test(`a recording loses nothing when the disk fails ${failure}${dead ? " and stays dead" : ""}`, async () => {
      let rounds = 0;
      for (let n = 1;; n++) {
        const folder = await Deno.makeTempDir({ prefix: "gait-recording-" });
        try {
          const file = `${folder}/run.zip`;
          const { disk, calls } = failingDisk(n, failure, dead);
          const played = await play(file, disk);
          const effects = { files: makeFiles(), journals: makeJournals() };
          const recovered = await whenFree(() => recoverRecording(file, effects));
          const path = played.path ?? recovered?.path;
          if (played.calls.size > 0) assert(path, `call ${n}: what was recorded is gone`);
          if (path !== undefined) {
            const found = await held(path);
            for (const id of played.calls) assert(found.calls.has(id), `call ${n}: ${id}`);
            for (const id of played.results) assert(found.results.has(id), `call ${n}: result of ${id}`);
          }
          const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
          // A dead disk also keeps the temporary file of the runpack.
          assert(
            left.every((name) => /^run(?:_2)?\.zip(?:\.journal\.torn)?$|^\.run\.zip\.tmp-/.test(name)),
            left.join(),
          );
          rounds++;
          if (calls() < n) break;
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      }
      assert(rounds > 2 * CALLS, `${rounds} rounds`);
    });
  }
}
