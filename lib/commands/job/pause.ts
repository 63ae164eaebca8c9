import { changeStatus } from "../../job/transitions.ts";
import { defineCommand } from "../define.ts";
import { actorFlag, jobFlags, jobNeeds } from "./flags.ts";
import { jobFields, jobOutcome, takesSigned } from "./report.ts";

/** `gait job pause` (docs/spec/job.md 3.1). */
export default defineCommand({
  explain: "Pauses a job until it is resumed.",
  flags: { ...jobFlags, ...actorFlag },
  needs: jobNeeds,
  errorFields: jobFields("pause"),
  examples: ["gait job pause --id nightly-etl --actor mia"],
  async run({ flags: { id, root, actor }, effects }) {
    const paused = await changeStatus(root, id, "pause", { actor }, effects);
    return jobOutcome("pause", { ...paused, ...await takesSigned({ id, root }, paused.state, effects) });
  },
});
