import type { ApprovalCode } from "./check_approval.ts";
import type { DelegationCode } from "./check_delegation.ts";

const APPROVE_AGAIN = "approve again with gait approve";

/** Why an approval or delegation is rejected, and what to do, in words for people (docs/approvals.md). */
export const WHY_REJECTED: Readonly<Record<ApprovalCode | DelegationCode, string>> = {
  approval_token_invalid: "a member is missing or out of shape: give the file that gait approve wrote",
  approval_token_signature_missing: "it is not signed: give the file that gait approve wrote",
  approval_token_signature_invalid:
    "not signed by the key that counts, or changed afterwards: check --approval-public-key or --approver-keys",
  approval_token_intent_mismatch: `it is for another call (a changed argument is one): ${APPROVE_AGAIN}`,
  approval_token_policy_mismatch: `the policy has changed since: look again, and ${APPROVE_AGAIN}`,
  approval_token_delegation_binding_mismatch:
    "it is not bound to the delegation of this call: approve with --from-trace",
  approval_token_expired: `it has expired: ${APPROVE_AGAIN}, with a longer --ttl if people need it`,
  approval_token_from_future: "made more than five minutes after now: check the clocks of both machines",
  approval_token_scope_mismatch: "its scope lacks something that is needed: approve with --intent",
  approval_token_max_targets_exceeded: `the call has more targets than were approved: ${APPROVE_AGAIN}`,
  approval_token_max_ops_exceeded: `the call has more operations than were approved: ${APPROVE_AGAIN}`,
  approval_token_lifetime_exceeded:
    "it holds longer than gate.max_approval_ttl allows: approve with a shorter --ttl",
  approval_token_self_approval: "who asks can't approve: somebody else has to",
  approval_token_replayed: `it counts once and was used: ${APPROVE_AGAIN}`,
  delegation_token_invalid:
    "a member is missing or out of shape: give the file that gait delegate mint wrote",
  delegation_token_signature_missing: "it is not signed: give the file that gait delegate mint wrote",
  delegation_token_signature_invalid: "not signed with this key, or changed afterwards: check the public key",
  delegation_token_expired: "it has expired: mint another one with gait delegate mint",
  delegation_token_from_future: "made more than five minutes after now: check the clocks of both machines",
  delegation_token_delegator_mismatch: "somebody else delegates: check --delegator",
  delegation_token_delegate_mismatch: "it is for another agent: check --delegate",
  delegation_token_intent_mismatch: "it is for another call",
  delegation_token_policy_mismatch: "it is for another policy, or the policy has changed since",
  delegation_token_scope_mismatch: "its scope has none of what is needed",
};

/** The words for those codes that are about a token. */
export function whyRejected(codes: readonly string[]): string[] {
  return codes.flatMap((code) =>
    Object.hasOwn(WHY_REJECTED, code) ? [WHY_REJECTED[code as ApprovalCode | DelegationCode]] : []
  );
}
