import type { ApprovalToken } from "./approval_token.ts";
import type { ApprovalCode } from "./check_approval.ts";

/** A token that was looked at, and why it does not count if it doesn't. */
export interface CheckedApproval {
  readonly token: ApprovalToken;
  readonly code?: ApprovalCode;
}

/** The tokens that count. */
export function validTokens(checked: readonly CheckedApproval[]): ApprovalToken[] {
  return checked.filter(({ code }) => code === undefined).map(({ token }) => token);
}

/**
 * INVARIANT: an approver is a signed identity with a token of its own. The text in the file doesn't count, or a copy
 * with a space before the name would be a second person.
 */
export function distinctApprovers(valid: readonly ApprovalToken[]): number {
  const approvers = new Set(valid.map((token) => spokenName(token.approver))).size;
  const tokens = new Set(valid.map((token) => token.tokenId)).size;
  return Math.min(approvers, tokens);
}

/** A name as people hear it: `Ana` is `ana`, and what nobody sees makes no second person. */
function spokenName(identity: string): string {
  return identity.replace(INVISIBLE, "").normalize("NFKC").toLowerCase();
}

const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}\s]/gu;
