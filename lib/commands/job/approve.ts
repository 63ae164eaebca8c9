import { approveJob } from "../../job/approve.ts";
import { defineCommand, demand, required, text } from "../define.ts";
import { jobFlags, jobNeeds } from "./flags.ts";
import { jobFields, jobOutcome } from "./report.ts";

/** `gait job approve` (docs/spec/job.md 4). */
export default defineCommand({
  explain: "Approves the decision that a job is waiting for; the approval counts for this decision only.",
  flags: {
    ...jobFlags,
    actor: required(text("name", "who approves")),
    reason: text("text", "the reason; approved by default"),
    checkpoint: demand(text("id", "the decision to approve; the oldest open one by default")),
  },
  needs: jobNeeds,
  errorFields: jobFields("approve"),
  examples: ["gait job approve --id nightly-etl --actor lead --reason 'looks fine'"],
  async run({ flags: { id, root, ...options }, effects }) {
    return jobOutcome("approve", await approveJob(root, id, options, effects));
  },
});
