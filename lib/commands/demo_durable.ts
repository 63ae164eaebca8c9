import type { Effects } from "../effects/mod.ts";
import { EXIT, GaitError, ifReadable } from "../errors/mod.ts";
import { joinPath } from "../formats/path.ts";
import { DEMO_JOB_ID, playDemoJob } from "../job/demo.ts";
import { JOB_ROOT, jobFolder, STATE_FILE } from "../job/folder.ts";
import { buildPack } from "../pack/build.ts";
import { verifyPack } from "../pack/verify.ts";
import { DEMO_RUN_ID } from "../runpack/demo.ts";
import { OUTPUT_FOLDER } from "../runpack/locate.ts";
import { compact, failure, negative, type Outcome, success } from "./outcome.ts";
import { bad, good, keyValueLines, line, nextLines } from "./text.ts";

const PACK_PATH = `${OUTPUT_FOLDER}/pack_${DEMO_JOB_ID}.zip`;

const NEXT = [
  `gait job inspect --id ${DEMO_JOB_ID}`,
  `gait pack verify ${PACK_PATH}`,
  "gait job submit --id my-job --actor me",
];

/** `gait demo --durable` (docs/spec/core.md section 10): a job that waits for a decision, and its pack. */
export async function runDurableDemo(given: Effects, version: string): Promise<Outcome> {
  // The demo is the same whatever the environment says.
  const effects = { ...given, env: { get: () => undefined } };
  try {
    return await playDurableDemo(effects, version);
  } catch (error) {
    if (error instanceof GaitError) return failure(error, { mode: "durable" });
    throw error;
  }
}

async function playDurableDemo(effects: Effects, version: string): Promise<Outcome> {
  const started = effects.now();
  const { state, wasHeld } = await playDemoJob(effects, version);
  const { pack } = await buildPack(DEMO_JOB_ID, { type: "job" }, effects, version);
  await effects.files.writeOutput(PACK_PATH, pack.bytes, {
    older: isDemoPack,
    olderGoes: "away",
    hint: `Move "${PACK_PATH}" away: it is a pack of yours`,
  });
  const { ok } = await verifyPack(await effects.files.read(PACK_PATH));
  const holds = ok && wasHeld && state.status === "completed";
  const json = {
    mode: "durable",
    run_id: DEMO_RUN_ID,
    job_id: DEMO_JOB_ID,
    job_status: state.status,
    bundle: `./${joinPath(jobFolder(JOB_ROOT, DEMO_JOB_ID), STATE_FILE)}`,
    pack_path: `./${PACK_PATH}`,
    simulated_failure: "resume blocked until approval",
    verify: holds ? "ok" : "failed",
    next_commands: NEXT,
    metrics_opt_in: "export GAIT_ADOPTION_LOG=./gait-out/adoption.jsonl",
    ...compact({ duration_ms: effects.now() - started }),
  };
  if (!holds) {
    return negative(EXIT.verificationFailed, json, [line(bad("demo failed"), ": the job was not held")]);
  }
  return success(json, [
    line(good("A job asked for a decision, was held until somebody approved, and completed.")),
    ...keyValueLines({
      job_id: DEMO_JOB_ID,
      job_status: state.status,
      bundle: json.bundle,
      pack_path: json.pack_path,
      verify: "ok",
    }),
    ...nextLines(NEXT),
  ]);
}

async function isDemoPack(held: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return (await ifReadable(() => verifyPack(held)))?.sourceRef === DEMO_JOB_ID;
}
