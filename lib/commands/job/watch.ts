import { inspectJob } from "../../job/read.ts";
import { timelineOf } from "../../job/timeline.ts";
import { TERMINAL } from "../../job/transitions.ts";
import { encodeJobEvent } from "../../schema/job.ts";
import { choice, defineCommand } from "../define.ts";
import { compact } from "../outcome.ts";
import { dim, line } from "../text.ts";
import { jobFlags, jobNeeds } from "./flags.ts";
import { jobFields, jobOutcome } from "./report.ts";

/** Milliseconds between two polls. */
const POLL = 200;

/** `gait job watch` (docs/spec/job.md 12): not in the existing program. */
export default defineCommand({
  explain:
    "Follows a job: shows each event as it happens, until the job has ended, or with --until idle until it is not running.",
  flags: {
    ...jobFlags,
    until: choice("event", "when to exit: the job has ended, or it is not running", ["over", "idle"], {
      default: "over",
    }),
  },
  needs: jobNeeds,
  errorFields: jobFields("watch"),
  examples: ["gait job watch --id nightly-etl", "gait job watch --id nightly-etl --until idle"],
  async run({ flags: { id, root, until }, effects, show }) {
    const { sleep } = await effects.supervision();
    for (let shown = 0;;) {
      const job = await inspectJob(root, id, effects);
      for (const { time, text } of timelineOf(job).slice(shown)) show(line(dim(time), " ", text));
      shown = job.events.length;
      const { status } = job.state;
      if (TERMINAL.includes(status) || (until === "idle" && status !== "running")) {
        return jobOutcome("watch", { ...job, json: compact({ events: job.events.map(encodeJobEvent) }) });
      }
      await sleep(POLL);
    }
  },
});
