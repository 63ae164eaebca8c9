import type { Boundary } from "../gate/decide.ts";
import type { CommitmentIntent } from "../schema/voice/commitment_intent.ts";

/**
 * Hold a commitment to what it says about approvals (docs/spec/voice.md section 3): one that is marked
 * `approval_required` needs an approval, whatever the policy says, and the approvals that it names must be given. They
 * are named by the SHA-256 of a file; what is named otherwise can't be checked, so it counts as missing.
 *
 * @param artifacts digests of the files that were given
 */
export function approvalDemand(
  { approval_required: required, approval_artifact_refs: refs }: CommitmentIntent,
  artifacts: ReadonlySet<string>,
): Boundary {
  const missing = refs.filter((ref) => !artifacts.has(ref.toLowerCase().replace(/^sha256:/, "")));
  const reasonCodes = [
    ...(required ? ["commitment_approval_required"] : []),
    ...(missing.length > 0 ? ["commitment_approval_missing"] : []),
  ];
  const verdict = missing.length > 0 ? "block" : required ? "require_approval" : undefined;
  const found = {
    reasonCodes,
    violations: missing.length > 0 ? ["commitment_approval_missing"] : [],
    trace: {},
    ...(verdict === undefined ? {} : { verdict } as const),
  };
  return () => Promise.resolve(found);
}
