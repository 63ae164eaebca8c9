import { readJob } from "../../job/read.ts";
import { defineCommand } from "../define.ts";
import { jobFlags, jobNeeds } from "./flags.ts";
import { jobFields, jobOutcome } from "./report.ts";

/** `gait job status` (docs/spec/job.md 4). */
export default defineCommand({
  explain: "Tells where a job stands, and finishes what a crash interrupted.",
  flags: jobFlags,
  needs: jobNeeds,
  errorFields: jobFields("status"),
  examples: ["gait job status --id nightly-etl"],
  async run({ flags: { id, root }, effects }) {
    return jobOutcome("status", await readJob(root, id, effects));
  },
});
