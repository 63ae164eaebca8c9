import { addCheckpoint, CHECKPOINT_TYPES } from "../../../job/checkpoints.ts";
import { waitUntilRunning } from "../../../job/wait.ts";
import { EXIT } from "../../../errors/mod.ts";
import { bool, choice, defineCommand, required, text } from "../../define.ts";
import { negative } from "../../outcome.ts";
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
    wait: bool("then wait until the job runs; ends with 3 when it is over instead"),
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
    const added = await addCheckpoint(root, id, options, effects);
    if (!flags.wait) return jobOutcome("checkpoint add", added);
    const state = await waitUntilRunning(root, id, effects, (await effects.supervision()).sleep);
    const report = jobOutcome("checkpoint add", { ...added, state });
    if (state.status === "running") return report;
    const { ok: _, ...members } = report.json;
    return negative(EXIT.policyBlocked, members, report.lines);
  },
});
