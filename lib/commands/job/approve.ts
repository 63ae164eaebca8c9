import { readJsonObject } from "../../formats/json/mod.ts";
import { approveJob } from "../../job/approve.ts";
import { MAX_TOKEN_BYTES } from "../../tokens/given_token.ts";
import { defineCommand, demand, path, text } from "../define.ts";
import { approvalKeyFlags, givenApprovalKeys, jobFlags, jobNeeds } from "./flags.ts";
import { jobFields, jobOutcome, takesSigned } from "./report.ts";

/** `gait job approve` (docs/spec/job.md 4 and 5.4). */
export default defineCommand({
  explain: "Approves the decision that a job is waiting for; the approval counts for this decision only.",
  flags: {
    ...jobFlags,
    actor: text("name", "who approves; with a token, whoever signed it"),
    reason: text("text", "the reason; approved by default"),
    checkpoint: demand(text("id", "the decision to approve; the oldest open one by default")),
    "approval-token": demand(
      path("file", "signed approval of this decision, as gait approve --job writes it"),
    ),
    ...approvalKeyFlags,
  },
  needs: jobNeeds,
  errorFields: jobFields("approve"),
  examples: [
    "gait job approve --id nightly-etl --actor lead --reason 'looks fine'",
    "gait job approve --id nightly-etl --approval-token approval.json --approval-public-key lead.pub",
  ],
  async run({ flags, effects }) {
    const { id, root, actor, reason, checkpoint, "approval-token": path } = flags;
    const approvalToken = path === undefined
      ? undefined
      : readJsonObject(await effects.files.read(path, MAX_TOKEN_BYTES), {
        what: `token "${path}"`,
        signed: true,
      });
    const approvalKeys = await givenApprovalKeys(flags, effects);
    const options = { actor, reason, checkpoint, approvalToken, approvalKeys };
    const approved = await approveJob(root, id, options, effects);
    return jobOutcome("approve", {
      ...approved,
      ...await takesSigned({ id, root }, approved.state, effects),
    });
  },
});
