/** A job in memory, for tests of what may happen to it. */
import type { CheckpointOptions } from "../../lib/job/checkpoints.ts";
import { addCheckpoint } from "../../lib/job/checkpoints.ts";
import { approveJob, type ApproveOptions } from "../../lib/job/approve.ts";
import type { JobEffects } from "../../lib/job/context.ts";
import { inspectJob, readJob } from "../../lib/job/read.ts";
import { resumeJob, type ResumeOptions } from "../../lib/job/resume.ts";
import { submitJob, type SubmitOptions } from "../../lib/job/submit.ts";
import { changeStatus, type TRANSITIONS } from "../../lib/job/transitions.ts";
import type { Effects } from "../../lib/effects/mod.ts";
import { fakeEffects } from "./fake_effects.ts";
import { memoryFiles } from "./memory_files.ts";
import { utf8 } from "../../lib/formats/bytes.ts";

export const JOB_ROOT = "jobs";
export const ENVIRONMENT = "envfp:lab";
const VERSION = "1.0.0";

/** The operations on one job, with a clock that goes on by a second each time. */
export function jobStage(
  effects: Effects = fakeEffects({ files: memoryFiles() }),
  id = "job-1",
  root = JOB_ROOT,
) {
  let now = effects.now();
  const ticking = { ...effects, now: () => now += 1000 };
  const jobEffects: JobEffects = ticking;
  return {
    id,
    effects: ticking,
    folder: `${root}/${id}`,
    submit: (options: SubmitOptions = {}) =>
      submitJob(root, id, { envFingerprint: ENVIRONMENT, ...options }, ticking, VERSION),
    checkpoint: (type: CheckpointOptions["type"] = "progress", options: Partial<CheckpointOptions> = {}) =>
      addCheckpoint(root, id, {
        type,
        summary: "s",
        requiredAction: type === "decision-needed" ? "decide" : undefined,
        ...options,
      }, jobEffects),
    change: (name: keyof typeof TRANSITIONS) => changeStatus(root, id, name, {}, jobEffects),
    approve: (options: Partial<ApproveOptions> = {}) =>
      approveJob(root, id, { actor: "lead", ...options }, jobEffects),
    resume: (options: ResumeOptions = {}) =>
      resumeJob(root, id, { envFingerprint: ENVIRONMENT, ...options }, ticking, VERSION),
    read: () => readJob(root, id, jobEffects),
    inspect: () => inspectJob(root, id, jobEffects),
  };
}

/** State and log as another program writes them: without the digests by which they vouch for each other. */
export async function unlinkJob(memory: ReturnType<typeof memoryFiles>, folder: string): Promise<void> {
  const [state, log] = [`${folder}/state.json`, `${folder}/events.jsonl`];
  await memory.writeAtomic(state, utf8(unlinkedState(memory.text(state)!)));
  await memory.writeAtomic(log, utf8(unlinkedLog(memory.text(log)!)));
}

export function unlinkedState(text: string): string {
  return text.replace(/,\n {2}"log_digest": "[0-9a-f]{64}"/, "");
}

export function unlinkedLog(text: string): string {
  return text.replaceAll(/,"(?:prev|state)_digest":"[0-9a-f]{64}"/g, "");
}
