import { pathArgument } from "../../formats/shell.ts";
import type { RunnerReport } from "../../job/run/runner.ts";
import type { JobState } from "../../schema/job.ts";
import { type Line, nextLines } from "../text.ts";

/** What starts the command of a job again that is running by its status, though no runner is at work. */
export function nextRunLines({ status, job_id }: JobState, runner: RunnerReport | undefined): Line[] {
  if (status !== "running" || runner === undefined || runner.state === "running") return [];
  return nextLines([`gait job run --id ${pathArgument(job_id)} -- <command>`]);
}
