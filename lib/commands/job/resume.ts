import { ifReadable } from "../../errors/mod.ts";
import { jobFolder } from "../../job/folder.ts";
import { resumeJob } from "../../job/resume.ts";
import { reportRunner } from "../../job/run/runner.ts";
import { bool, defineCommand, demand, path, text } from "../define.ts";
import {
  actorFlag,
  approvalKeyFlags,
  fingerprintFlag,
  givenApprovalKeys,
  jobFlags,
  jobNeeds,
  policyFlags,
} from "./flags.ts";
import { nextRunLines } from "./next_run.ts";
import { jobFields, jobOutcome } from "./report.ts";

/** `gait job resume` (docs/spec/job.md 5). */
export default defineCommand({
  explain: "Resumes a job if its decisions are approved and policy, identity and environment match.",
  flags: {
    ...jobFlags,
    ...actorFlag,
    reason: text("text", "the reason; resume by default"),
    identity: demand(text("name", "the agent's identity; must be the one that the job is bound to")),
    "identity-revoked": bool("declare the identity revoked: the resume is refused"),
    "identity-revocations": demand(path("file", "list of revoked identities: lines or JSON")),
    "identity-validation-source": text("text", "where the identity was validated, for the record"),
    ...policyFlags,
    ...fingerprintFlag,
    "require-signed-approval": bool("refuse unless every decision has an approval that is signed"),
    ...approvalKeyFlags,
    "allow-env-mismatch": bool("accept an environment that differs from that of the submit"),
  },
  needs: jobNeeds,
  errorFields: jobFields("resume"),
  examples: [
    "gait job resume --id nightly-etl --actor mia",
    "gait job resume --id nightly-etl --require-signed-approval --approval-public-key lead.pub",
  ],
  async run({ flags, effects, version }) {
    const options = {
      actor: flags.actor,
      reason: flags.reason,
      identity: flags.identity,
      identityRevoked: flags["identity-revoked"],
      identityRevocations: flags["identity-revocations"],
      identityValidationSource: flags["identity-validation-source"],
      policy: flags.policy,
      policyDigest: flags["policy-digest"],
      policyRef: flags["policy-ref"],
      envFingerprint: flags["env-fingerprint"],
      allowEnvMismatch: flags["allow-env-mismatch"],
      requireSignedApproval: flags["require-signed-approval"],
      approvalKeys: await givenApprovalKeys(flags, effects),
    };
    const resumed = await resumeJob(flags.root, flags.id, options, effects, version);
    // The job is resumed, whatever is known about its runner.
    const folder = jobFolder(flags.root, flags.id);
    const runner = await ifReadable(() => reportRunner(folder, effects.files));
    return jobOutcome("resume", { ...resumed, lines: nextRunLines(resumed.state, runner) });
  },
});
