import { inspectJob } from "../../job/read.ts";
import { timelineOf } from "../../job/timeline.ts";
import { encodeJobEvent } from "../../schema/job.ts";
import { defineCommand } from "../define.ts";
import { isBoundToKeys } from "../../job/signed_approval.ts";
import { checkHistory } from "../../job/verify.ts";
import { compact } from "../outcome.ts";
import { columns, dim, line } from "../text.ts";
import { jobFlags, jobNeeds } from "./flags.ts";
import { jobFields, jobOutcome } from "./report.ts";

/** `gait job inspect` (docs/spec/job.md 4). */
export default defineCommand({
  explain: "Shows the state and the full history of a job.",
  flags: jobFlags,
  needs: jobNeeds,
  errorFields: jobFields("inspect"),
  examples: ["gait job inspect --id nightly-etl", "gait job inspect --id nightly-etl --json"],
  async run({ flags: { id, root }, effects }) {
    const job = await inspectJob(root, id, effects);
    const { findings } = await checkHistory(job);
    return jobOutcome("inspect", {
      ...job,
      findings,
      signed: isBoundToKeys(job.events),
      json: compact({ events: job.events.map(encodeJobEvent) }),
      lines: [
        ...columns(timelineOf(job).map(({ time, text }) => [dim(time), text])),
        ...(job.events.length === 0 ? [] : [line(`events=${job.events.length}`)]),
      ],
    });
  },
});
