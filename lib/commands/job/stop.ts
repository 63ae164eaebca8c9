import { changeStatus } from "../../job/transitions.ts";
import { defineCommand } from "../define.ts";
import { actorFlag, jobFlags, jobNeeds } from "./flags.ts";
import { jobFields, jobOutcome } from "./report.ts";

/** `gait job stop` (docs/spec/job.md 3.1). */
export default defineCommand({
  explain:
    "Stops a job in an emergency: kills the command that it runs, and has an MCP boundary block every later call.",
  flags: { ...jobFlags, ...actorFlag },
  needs: jobNeeds,
  errorFields: jobFields("stop"),
  examples: ["gait job stop --id nightly-etl --actor mia"],
  async run({ flags: { id, root, actor }, effects }) {
    return jobOutcome("stop", await changeStatus(root, id, "stop", { actor }, effects));
  },
});
