import { GaitError, invalidInput } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { readEvents } from "../job/event_log.ts";
import { jobFolder } from "../job/folder.ts";
import { listJobs } from "../job/list.ts";
import { resumeJob } from "../job/resume.ts";
import { type Glance, glanceAt } from "../job/glance.ts";
import { timelineOf } from "../job/timeline.ts";
import { changeStatus } from "../job/transitions.ts";
import { encodeJobState, type JobEvent } from "../schema/job.ts";
import type { UiContext } from "./context.ts";
import type { RequestFields } from "./request_fields.ts";

/** Most events of one answer, the newest. */
const MAX_EVENTS = 1_000;

/** Who changes a job from the page, in its log. */
const ACTOR = "gait ui";

/** The jobs, as `gait job list` shows them. Nothing is recovered: looking changes nothing. */
export async function showJobs({ options, effects }: UiContext): Promise<JsonObject> {
  const jobs = await listJobs(options.jobRoot, effects);
  return {
    read_only: options.readOnly,
    jobs: jobs.map((job) => {
      if ("error" in job) return { job_id: job.id, error: job.error };
      const { status, stop_reason, revision, created_at, updated_at, checkpoints, identity } = job.state;
      return {
        ...(job.finding && { finding: encodeFinding(job.finding) }),
        ...{ job_id: job.id, status, stop_reason, revision, created_at, updated_at, identity },
        checkpoints: checkpoints.length,
        last_checkpoint: checkpoints.at(-1)?.summary ?? "",
      };
    }),
  };
}

/** What shows that a job was edited, or that a change of it is not finished. */
function encodeFinding({ code, text }: NonNullable<Glance["finding"]>): JsonObject {
  return { code, message: text };
}

/** One job with its history. */
export async function showJob(fields: RequestFields, { options, effects }: UiContext): Promise<JsonObject> {
  const id = fields.text("job_id");
  const folder = jobFolder(options.jobRoot, id);
  const { state, finding } = await glanceAt(folder, effects.files, id);
  let events: readonly JobEvent[] = [];
  let logError: string | undefined;
  try {
    events = await readEvents(folder, effects.files);
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    logError = error.message;
  }
  return {
    read_only: options.readOnly,
    ...(finding && { finding: encodeFinding(finding) }),
    job: encodeJobState(state),
    events_total: events.length,
    history: timelineOf({ state, events: events.slice(-MAX_EVENTS) }).map(({ time, text }) => ({
      time,
      text,
    })),
    ...(logError === undefined ? {} : { log_error: logError }),
  };
}

/**
 * Pause, resume or stop a job.
 *
 * @throws {GaitError} `unsafe_operation` when the page is read-only
 */
export async function changeJob(
  fields: RequestFields,
  { options, effects, version }: UiContext,
): Promise<JsonObject> {
  if (options.readOnly) {
    throw new GaitError("unsafe_operation", "This page is read-only", {
      hint: "Start it with --read-only=false",
    });
  }
  const [id, action] = [fields.text("job_id"), fields.text("action")];
  const { jobRoot } = options;
  switch (action) {
    case "pause":
    case "stop":
      return {
        job: encodeJobState((await changeStatus(jobRoot, id, action, { actor: ACTOR }, effects)).state),
      };
    case "resume":
      return {
        job: encodeJobState((await resumeJob(jobRoot, id, { actor: ACTOR }, effects, version)).state),
      };
    default:
      throw invalidInput(`Cannot ${action || "change"} a job here: expected pause, resume or stop`);
  }
}
