import { timeAfter, timeOfMillis } from "../formats/time.ts";
import type { Digest } from "../signing/mod.ts";
import type { Evaluation } from "../evaluate/types.ts";
import type { Intent } from "../intent/types.ts";
import { type ApprovalToken, parseApprovalToken } from "./approval_token.ts";
import { checkApproval, type CheckApprovalOptions } from "./check_approval.ts";
import { parseDelegationToken } from "./delegation_token.ts";
import { type GivenToken, readTokens } from "./given_token.ts";
import { type DelegationProof, proveDelegation } from "./prove_delegation.ts";
import { type CheckedApproval, extentOf, requiredScope, type TokenTrust, validTokens } from "./trust.ts";
import { append } from "../formats/lists.ts";

/** A call and the tokens that came with it. */
export interface CheckTokensOptions {
  readonly intent: Intent;
  readonly intentDigest: Digest;
  readonly policyDigest: Digest;
  /** Set when the intent has a delegation. */
  readonly bindingDigest: Digest | undefined;
  readonly evaluation: Evaluation;
  readonly delegations: readonly GivenToken[];
  readonly approvals: readonly GivenToken[];
}

/** The result of checking the tokens of a call. */
export interface CheckedTokens {
  readonly delegation?: DelegationProof;
  readonly approvals: readonly CheckedApproval[];
  readonly warnings: readonly string[];
}

/**
 * Read and check those tokens of a call that its decision depends on; a token that isn't needed is not read
 * (docs/spec/tokens.md 3.7 and section 5).
 *
 * @throws {GaitError} `invalid_input` when one can't be read
 */
export async function checkTokens(
  call: CheckTokensOptions,
  trust: TokenTrust,
  clock: number,
): Promise<CheckedTokens> {
  const { intent, evaluation } = call;
  const now = timeOfMillis(clock);
  const digests = { intentDigest: call.intentDigest, policyDigest: call.policyDigest };
  const warnings: string[] = [];
  let delegation: DelegationProof | undefined;
  if (evaluation.requireDelegation && call.delegations.length > 0) {
    delegation = await proveDelegation(await readTokens(call.delegations, parseDelegationToken), {
      ...digests,
      delegation: intent.delegation,
      requiredScope: evaluation.delegationScopes,
      now,
      key: trust.delegationKey,
    });
    if (trust.delegationKeyIsOwn) warnings.push(ownKeyWarning("delegations"));
  }
  const isOpen = evaluation.verdict === "require_approval" &&
    (!evaluation.requireDelegation || delegation?.complete === true);
  if (!isOpen || call.approvals.length === 0) {
    return { ...(delegation ? { delegation } : {}), approvals: [], warnings };
  }

  const options: CheckApprovalOptions = {
    ...digests,
    ...(call.bindingDigest === undefined ? {} : { bindingDigest: call.bindingDigest }),
    requiredScope: requiredScope(intent),
    ...extentOf(intent),
    now,
    keyOf: (approver) => trust.approvers ? trust.approvers.get(approver) : trust.approvalKey,
    ...(trust.maxLifetime === undefined ? {} : { horizon: timeAfter(clock, trust.maxLifetime) }),
    requesters: trust.refuseSelfApproval ? requestersOf(intent) : [],
  };
  const approvals: CheckedApproval[] = [];
  for (const token of await readTokens(call.approvals, parseApprovalToken)) {
    const code = await checkApproval(token, options);
    approvals.push(code === undefined ? { token } : { token, code });
  }
  append(warnings, trustWarnings(validTokens(approvals), trust));
  return { ...(delegation ? { delegation } : {}), approvals, warnings };
}

/** Every identity in whose name the call is made. */
function requestersOf({ context, delegation }: Intent): string[] {
  return [
    context.identity,
    ...(delegation
      ? [delegation.requesterIdentity, ...delegation.chain.map((link) => link.delegateIdentity)]
      : []),
  ];
}

/** Warnings about approvals that count although their trust is weak. */
function trustWarnings(valid: readonly ApprovalToken[], trust: TokenTrust): string[] {
  if (valid.length === 0) return [];
  const found: string[] = [];
  if (trust.approvalKeyIsOwn) found.push(ownKeyWarning("approvals"));
  if (!trust.approvers && new Set(valid.map((token) => token.approver)).size > 1) {
    found.push(
      "the approvers share one key, so one person could have signed for all: give each of them a key",
    );
  }
  return found;
}

function ownKeyWarning(what: string): string {
  return `${what} are verified with the gate's own key, so anyone who runs the gate can give them: ` +
    "name another key to verify them with";
}
