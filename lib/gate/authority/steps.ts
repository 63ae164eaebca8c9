import type { Evaluation } from "../evaluate/types.ts";
import { blocked, type Standing, withReasons } from "../standing.ts";

/*
 * The steps that ask who stands behind a call. Tokens and credentials are not taken yet, so each of them ends as
 * it must without one: not granted (spec/gate.md 4.3, items 9 to 11).
 */

/** A rule that matched only because of a delegation demands a token for it. */
export function applyDelegation(standing: Standing): Standing {
  if (!standing.delegationRequired) return standing;
  return blocked(standing, "delegation_token_missing", "delegation_not_granted");
}

/** Approval is open until somebody gives it. */
export function applyApproval(standing: Standing): Standing {
  if (standing.verdict !== "require_approval") return standing;
  return {
    ...withReasons(standing, ["approval_token_missing"], ["approval_not_granted"]),
    requiredApprovals: Math.max(1, standing.requiredApprovals),
  };
}

/** What may happen only with a credential of a broker does not happen without one. */
export function applyCredential(standing: Standing, { requireBrokerCredential }: Evaluation): Standing {
  if (!requireBrokerCredential || standing.verdict !== "allow") return standing;
  return blocked(standing, "broker_credential_required", "broker_credential_missing");
}
