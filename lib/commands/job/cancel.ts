import { changeStatus } from "../../job/transitions.ts";
import { defineCommand } from "../define.ts";
import { actorFlag, jobFlags, jobNeeds } from "./flags.ts";
import { jobFields, jobOutcome } from "./report.ts";

/** `gait job cancel` (docs/spec/job.md 3.1). */
export default defineCommand({
  explain:
    "Cancels a job permanently. A stopped job can be cancelled too, which ends the blocking of its calls.",
  flags: { ...jobFlags, ...actorFlag },
  needs: jobNeeds,
  errorFields: jobFields("cancel"),
  examples: ["gait job cancel --id nightly-etl --actor mia"],
  async run({ flags: { id, root, actor }, effects }) {
    return jobOutcome("cancel", await changeStatus(root, id, "cancel", { actor }, effects));
  },
});
