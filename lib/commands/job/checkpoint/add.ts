import { addCheckpoint, CHECKPOINT_TYPES } from "../../../job/checkpoints.ts";
import { waitUntilRunning } from "../../../job/wait.ts";
import { EXIT } from "../../../errors/mod.ts";
import { bool, choice, defineCommand, required, text } from "../../define.ts";
import { negative } from "../../outcome.ts";
import { actorFlag, jobFlags, jobNeeds } from "../flags.ts";
import { jobFields, jobOutcome, takesSigned } from "../report.ts";

/** `gait job checkpoint add` (docs/spec/job.md 4). */
export default defineCommand({
  explain: "Records progress of a job, or that it needs a decision, is blocked or is completed.",
  flags: {
    ...jobFlags,
    ...actorFlag,
    type: choice("type", "what kind of checkpoint", CHECKPOINT_TYPES, { default: "progress" }),
    summary: required(text("text", "summary of at most 512 bytes")),
    "required-action": text("text", "what a person must do; required for a decision"),
    wait: bool("then wait until the job is running; exits with 3 if it ends instead"),
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
    if (!flags.wait) {
      return jobOutcome("checkpoint add", {
        ...added,
        ...await takesSigned({ id, root }, added.state, effects),
      });
    }
    const state = await waitUntilRunning(root, id, effects, (await effects.supervision()).sleep);
    const report = jobOutcome("checkpoint add", { ...added, state });
    if (state.status === "running") return report;
    const { ok: _, ...members } = report.json;
    return negative(EXIT.policyBlocked, members, report.lines);
  },
});
