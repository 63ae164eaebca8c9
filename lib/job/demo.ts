import { GaitError, invalidInput } from "../errors/mod.ts";
import { joinPath } from "../formats/path.ts";
import { parseTime } from "../formats/time.ts";
import type { JobState } from "../schema/job.ts";
import { approveJob } from "./approve.ts";
import { addCheckpoint } from "./checkpoints.ts";
import type { JobEffects } from "./context.ts";
import type { HostContext } from "./fingerprint.ts";
import { EVENTS_FILE, JOB_ROOT, jobFolder, MARKER_FILE, STATE_FILE } from "./folder.ts";
import { readState } from "./state.ts";
import { resumeJob } from "./resume.ts";
import { submitJob } from "./submit.ts";

/** The job of `gait demo --durable` (docs/spec/core.md section 10). */
export const DEMO_JOB_ID = "job_demo_durable";

const START_TIME = "2026-02-14T00:00:00Z";
const FINGERPRINT = "envfp:demo-durable";
const ACTOR = "demo.user";

/** The result of the demo. */
export interface DemoResult {
  readonly state: JobState;
  /** Whether the resume without an approval was refused. */
  readonly wasHeld: boolean;
}

/**
 * Play the life of a job at fixed times: it requests a decision, can't be resumed without an approval, is approved,
 * and completes.
 *
 * @throws {GaitError} `invalid_input` when the user has a job with the same id
 */
export async function playDemoJob(effects: JobEffects & HostContext, version: string): Promise<DemoResult> {
  await removeEarlierDemo(effects);
  const at = (minute: number) => ({ ...effects, now: () => Date.parse(START_TIME) + minute * 60_000 });
  const by = { actor: ACTOR, envFingerprint: FINGERPRINT };
  await submitJob(JOB_ROOT, DEMO_JOB_ID, by, at(0), version);
  await addCheckpoint(JOB_ROOT, DEMO_JOB_ID, {
    type: "decision-needed",
    summary: "approval required to continue",
    requiredAction: "security_review",
    actor: ACTOR,
  }, at(1));
  const resume = (reason: string, minute: number) =>
    resumeJob(JOB_ROOT, DEMO_JOB_ID, { ...by, reason }, at(minute), version);
  const wasHeld = await resume("resume_without_approval", 2).then(() => false, (error) => {
    if (error instanceof GaitError && error.detail === "approval_missing") return true;
    throw error;
  });
  await approveJob(
    JOB_ROOT,
    DEMO_JOB_ID,
    { actor: "demo.approver", reason: "approved_for_resume" },
    at(3),
  );
  if (wasHeld) await resume("approved_resume", 4);
  const { state } = await addCheckpoint(JOB_ROOT, DEMO_JOB_ID, {
    type: "completed",
    summary: "durable demo complete",
    actor: ACTOR,
  }, at(5));
  return { state, wasHeld };
}

/**
 * Remove an earlier demo, and nothing else. The state is removed last, so that a folder left by an interrupted
 * removal can still be recognised as the demo's.
 */
async function removeEarlierDemo({ files }: JobEffects): Promise<void> {
  const folder = jobFolder(JOB_ROOT, DEMO_JOB_ID);
  if (await files.stat(joinPath(folder, STATE_FILE)) === undefined) return;
  const { created_at } = await readState(folder, files);
  if (created_at !== parseTime(START_TIME)) {
    throw invalidInput(`Cannot play the demo: "${folder}" is one of your own jobs`, {
      detail: "job_exists",
      hint: "Move its folder away, or play the demo in another folder",
    });
  }
  for (const name of [EVENTS_FILE, MARKER_FILE, STATE_FILE]) {
    const path = joinPath(folder, name);
    if (await files.stat(path) !== undefined) await files.remove(path);
  }
}
