import { approveJob } from "../../job/approve.ts";
import { defineCommand, required, text } from "../define.ts";
import { jobFlags, jobNeeds } from "./flags.ts";
import { jobFields, jobOutcome } from "./report.ts";

/** `gait job approve` (docs/spec/job.md 4). */
export default defineCommand({
  explain: "Approves the decision that a job waits for; the approval counts for this decision alone.",
  flags: {
    ...jobFlags,
    actor: required(text("name", "who approves")),
    reason: text("text", "why; approved when absent"),
    checkpoint: text("id", "the decision; the oldest one that is open when absent"),
  },
  needs: jobNeeds,
  errorFields: jobFields("approve"),
  examples: ["gait job approve --id nightly-etl --actor lead --reason 'looks fine'"],
  async run({ flags: { id, root, ...options }, effects }) {
    return jobOutcome("approve", await approveJob(root, id, options, effects));
  },
});
