import { submitJob } from "../../job/submit.ts";
import { defineCommand, text } from "../define.ts";
import { nextLines } from "../text.ts";
import {
  actorFlag,
  approvalKeyFlags,
  fingerprintFlag,
  givenApprovalKeys,
  jobFlags,
  jobNeeds,
  policyFlags,
} from "./flags.ts";
import { jobFields, jobOutcome } from "./report.ts";

/** `gait job submit` (docs/spec/job.md 4). */
export default defineCommand({
  explain: "Submits a durable job, whose state and events survive a crash at any moment.",
  flags: {
    ...jobFlags,
    ...actorFlag,
    identity: text(
      "name",
      "the agent's identity, the only one that may resume the job; the actor by default",
    ),
    ...policyFlags,
    ...fingerprintFlag,
    ...approvalKeyFlags,
  },
  needs: jobNeeds,
  errorFields: jobFields("submit"),
  examples: [
    "gait job submit --id nightly-etl --actor mia",
    "gait job submit --id etl-2 --policy policy.yaml --approval-public-key lead.pub",
  ],
  async run({ flags, effects, version }) {
    const { id, root, actor, identity, policy } = flags;
    const options = {
      actor,
      identity,
      policy,
      policyDigest: flags["policy-digest"],
      policyRef: flags["policy-ref"],
      envFingerprint: flags["env-fingerprint"],
      approvalKeys: await givenApprovalKeys(flags, effects),
    };
    const job = await submitJob(root, id, options, effects, version);
    return jobOutcome("submit", {
      ...job,
      lines: nextLines([`gait job checkpoint add --id ${job.state.job_id} --summary "step 1 of 3"`]),
    });
  },
});
