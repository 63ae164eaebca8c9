import { blocked, type DecisionOutcome, withReasons } from "./decision_outcome.ts";
import { set } from "../formats/text.ts";
import { type CheckedApproval, distinctApprovers, validTokens } from "../tokens/trust.ts";
import type { CredentialResult } from "./broker/credential.ts";
import type { DelegationProof } from "../tokens/prove_delegation.ts";

/*
 * The steps of delegation, approval and credential (docs/spec/gate.md 4.3, items 9 to 11). Tokens and brokers were
 * checked before; these functions only change the outcome. A missing token or credential means: not granted.
 */

/** Apply delegation: a rule that demands it needs a token for every link. */
export function applyDelegation(
  outcome: DecisionOutcome,
  proof: DelegationProof | undefined,
): DecisionOutcome {
  if (!outcome.delegationRequired) return outcome;
  if (!proof) return blocked(outcome, "delegation_token_missing", "delegation_not_granted");
  const counted = { ...outcome, validDelegations: proof.entries.filter((entry) => entry.valid).length };
  if (proof.complete) {
    return { ...withReasons(counted, ["delegation_granted"]), delegationRef: proof.ref };
  }
  const codes = proof.entries.map((entry) => entry.errorCode).filter((code) => code !== undefined);
  return {
    ...withReasons(counted, [...codes, "delegation_chain_insufficient"], ["delegation_not_granted"]),
    verdict: "block",
  };
}

/** Apply approvals: the verdict stays `require_approval` until there are enough of them (docs/spec/tokens.md 3.7). */
export function applyApproval(
  outcome: DecisionOutcome,
  checked: readonly CheckedApproval[],
): DecisionOutcome {
  if (outcome.verdict !== "require_approval") return outcome;
  const requiredApprovals = Math.max(1, outcome.requiredApprovals);
  const open = { ...outcome, requiredApprovals };
  if (checked.length === 0) return withReasons(open, ["approval_token_missing"], ["approval_not_granted"]);
  const valid = validTokens(checked);
  const codes = checked.map(({ code }) => code).filter((code) => code !== undefined);
  const problems: string[] = [];
  if (valid.length < requiredApprovals) problems.push("approval_chain_insufficient");
  // More than one approval always means more than one person (docs/spec/tokens.md 3.3).
  if (requiredApprovals > 1 && distinctApprovers(valid) < requiredApprovals) {
    problems.push("approval_distinct_approvers_required");
  }
  const counted = { ...open, validApprovals: valid.length };
  if (problems.length > 0) {
    return withReasons(counted, [...codes, ...problems], ["approval_not_granted"]);
  }
  return {
    ...withReasons(counted, [...codes, "approval_granted"]),
    verdict: "allow",
    approvalRef: set(valid.map((token) => token.tokenId)).join(","),
  };
}

/** Apply the credential: a call that needs one is blocked without it (docs/spec/tokens.md section 6). */
export function applyCredential(outcome: DecisionOutcome, answer: CredentialResult): DecisionOutcome {
  switch (answer.kind) {
    case "not_asked":
      return outcome;
    case "issued":
      // An invalid credential blocks, and its code gives the reason (docs/spec/tokens.md 6.5).
      return answer.code === undefined
        ? withReasons(outcome, ["broker_credential_present"])
        : blocked(outcome, answer.code, answer.code);
    case "no_broker":
      return blocked(outcome, "broker_credential_required", "broker_credential_missing");
    case "failed":
      return blocked(outcome, "broker_credential_missing", "broker_credential_missing");
  }
}
