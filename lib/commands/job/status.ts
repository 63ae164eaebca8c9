import { readCheckedJob } from "../../job/glance.ts";
import { jobFolder } from "../../job/folder.ts";
import { reportRunner } from "../../job/run/runner.ts";
import { defineCommand } from "../define.ts";
import { bad, line } from "../text.ts";
import { jobFlags, jobNeeds } from "./flags.ts";
import { jobFields, jobOutcome, takesSigned } from "./report.ts";
import { nextRunLines } from "./next_run.ts";

/** `gait job status` (docs/spec/job.md 4). */
export default defineCommand({
  explain: "Shows the status of a job, after recovering from a crash if necessary.",
  flags: jobFlags,
  needs: jobNeeds,
  errorFields: jobFields("status"),
  examples: ["gait job status --id nightly-etl"],
  async run({ flags: { id, root }, effects }) {
    const checked = await readCheckedJob(root, id, effects);
    const job = { ...checked, ...await takesSigned({ id, root }, checked.state, effects) };
    const runner = await reportRunner(jobFolder(root, id), effects.files);
    if (runner === undefined) return jobOutcome("status", job);
    const { state, attempt, heartbeat_at } = runner;
    const report = `runner: ${state} attempt=${attempt} heartbeat_at=${heartbeat_at}`;
    return jobOutcome("status", {
      ...job,
      json: { runner: { ...runner } },
      lines: [
        line(state === "lost" && job.state.status === "running" ? bad(report) : report),
        ...(job.findings.length === 0 ? nextRunLines(job.state, runner) : []),
      ],
    });
  },
});
