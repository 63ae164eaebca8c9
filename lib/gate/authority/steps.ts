import { blocked, type DecisionOutcome, withReasons } from "../decision_outcome.ts";
import { set } from "../../formats/text.ts";
import type { ApprovalToken } from "../../tokens/approval_token.ts";
import type { ApprovalCode } from "../../tokens/check_approval.ts";
import type { CredentialAnswer } from "../broker/ask.ts";
import type { DelegationProof } from "../../tokens/prove_delegation.ts";

/*
 * The steps that ask who stands behind a call (spec/gate.md 4.3, items 9 to 11). What tokens and brokers say was
 * found out before; here it only moves the verdict. Nothing given ends as it must: not granted.
 */

/** A token that was looked at, and why it does not count if it doesn't. */
export interface CheckedApproval {
  readonly token: ApprovalToken;
  readonly code?: ApprovalCode;
}

/** A rule that matched only because of a delegation demands tokens for every link of it. */
export function applyDelegation(
  standing: DecisionOutcome,
  proof: DelegationProof | undefined,
): DecisionOutcome {
  if (!standing.delegationRequired) return standing;
  if (!proof) return blocked(standing, "delegation_token_missing", "delegation_not_granted");
  const counted = { ...standing, validDelegations: proof.entries.filter((entry) => entry.valid).length };
  if (proof.complete) {
    return { ...withReasons(counted, ["delegation_granted"]), delegationRef: proof.ref };
  }
  const codes = proof.entries.map((entry) => entry.errorCode).filter((code) => code !== "");
  return {
    ...withReasons(counted, [...codes, "delegation_chain_insufficient"], ["delegation_not_granted"]),
    verdict: "block",
  };
}

/** Approval is open until enough people give it (spec/tokens.md 3.7). */
export function applyApproval(
  standing: DecisionOutcome,
  checked: readonly CheckedApproval[],
): DecisionOutcome {
  if (standing.verdict !== "require_approval") return standing;
  const requiredApprovals = Math.max(1, standing.requiredApprovals);
  const open = { ...standing, requiredApprovals };
  if (checked.length === 0) return withReasons(open, ["approval_token_missing"], ["approval_not_granted"]);
  const valid = validTokens(checked);
  const codes = checked.map(({ code }) => code).filter((code) => code !== undefined);
  const problems: string[] = [];
  if (valid.length < requiredApprovals) problems.push("approval_chain_insufficient");
  // More than one approval always means more than one person (spec/tokens.md 3.3).
  if (requiredApprovals > 1 && distinctVoices(valid) < requiredApprovals) {
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

/** The tokens that count. */
export function validTokens(checked: readonly CheckedApproval[]): ApprovalToken[] {
  return checked.filter(({ code }) => code === undefined).map(({ token }) => token);
}

/**
 * INVARIANT: a voice is a signed identity with a token of its own. The text in the file doesn't count, or a copy
 * with a space before the name would be a second person.
 */
function distinctVoices(valid: readonly ApprovalToken[]): number {
  const approvers = new Set(valid.map((token) => voiceOf(token.approver))).size;
  const tokens = new Set(valid.map((token) => token.tokenId)).size;
  return Math.min(approvers, tokens);
}

/** A name as people hear it: `Ana` is `ana`, and what nobody sees makes no second person. */
function voiceOf(identity: string): string {
  return identity.replace(INVISIBLE, "").normalize("NFKC").toLowerCase();
}

const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}\s]/gu;

/** What may happen only with a credential of a broker does not happen without one (spec/tokens.md section 6). */
export function applyCredential(standing: DecisionOutcome, answer: CredentialAnswer): DecisionOutcome {
  switch (answer.kind) {
    case "not_asked":
      return standing;
    case "issued":
      // One that does not hold is none, and its code says why (docs/spec/tokens.md 6.5).
      return answer.code === undefined
        ? withReasons(standing, ["broker_credential_present"])
        : blocked(standing, answer.code, answer.code);
    case "no_broker":
      return blocked(standing, "broker_credential_required", "broker_credential_missing");
    case "failed":
      return blocked(standing, "broker_credential_missing", "broker_credential_missing");
  }
}
