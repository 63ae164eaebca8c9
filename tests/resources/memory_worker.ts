import { exportRecord } from "../../lib/export/record.ts";
import { otlpLines } from "../../lib/export/otlp.ts";
import { readTimeline } from "../../lib/export/timeline.ts";
import { diffPacks, readSide } from "../../lib/pack/diff.ts";
import { inspectPack } from "../../lib/pack/inspect.ts";
import { verifyPack } from "../../lib/pack/verify.ts";
import { verifyRunpack } from "../../lib/runpack/verify.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { peak } from "../../bench/peak.ts";

/*
 * A process of its own for memory_test.ts: does one thing with an archive and tells how it ended and the most memory
 * that it ever held.
 */
const STEPS: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>>> = {
  "pack verify": (bytes) => verifyPack(bytes),
  "verify": (bytes) => verifyRunpack(bytes),
  "pack inspect": async (bytes) => JSON.stringify((await inspectPack(bytes)).json),
  "pack diff": async (bytes) => diffPacks(await readSide(bytes), await readSide(bytes)),
  "pack export": (bytes) => exportRecord(bytes),
  "pack export --otlp-json": async (bytes) =>
    await otlpLines(await exportRecord(bytes), () => readTimeline(bytes), "0.0.0-test"),
};

const [step = "", path = ""] = Deno.args;
let outcome = "ok";
try {
  await STEPS[step]!(Deno.readFileSync(path));
} catch (error) {
  if (!(error instanceof GaitError)) throw error;
  outcome = error.code;
}
console.log(JSON.stringify({ outcome, ...peak() }));
