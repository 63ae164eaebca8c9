import { addCheckpoint, CHECKPOINT_TYPES } from "../../../job/checkpoints.ts";
import { choice, defineCommand, required, text } from "../../define.ts";
import { actorFlag, jobFlags, jobNeeds } from "../flags.ts";
import { jobFields, jobOutcome } from "../report.ts";

/** `gait job checkpoint add` (docs/spec/job.md 4). */
export default defineCommand({
  explain: "Records how far a job is, that it needs a decision, that it is blocked or that it is done.",
  flags: {
    ...jobFlags,
    ...actorFlag,
    type: choice("type", "what kind of checkpoint", CHECKPOINT_TYPES, { default: "progress" }),
    summary: required(text("text", "what to know, at most 512 bytes")),
    "required-action": text("text", "what somebody must do; needed for a decision"),
  },
  needs: jobNeeds,
  errorFields: jobFields("checkpoint add"),
  examples: [
    'gait job checkpoint add --id nightly-etl --summary "stage 1 of 3"',
    'gait job checkpoint add --id nightly-etl --type decision-needed --summary "drop the index?" --required-action approve',
  ],
  async run({ flags, effects }) {
    const { id, root, actor, type, summary } = flags;
    const options = { actor, type, summary, requiredAction: flags["required-action"] };
    return jobOutcome("checkpoint add", await addCheckpoint(root, id, options, effects));
  },
});
