import type { PublicKey } from "../signing/mod.ts";
import { allTargets, isDestructiveCall } from "../intent/effects.ts";
import type { Intent } from "../intent/types.ts";
import type { ApprovalToken } from "./approval_token.ts";
import type { ApprovalCode } from "./check_approval.ts";

/** Whose signatures grant rights, and how often. */
export interface TokenTrust {
  /** Verifies approvals; the gate's own key when nothing else was named. */
  readonly approvalKey: PublicKey;
  /** Verifies delegations. */
  readonly delegationKey: PublicKey;
  /** One key an approver; then no other key verifies approvals. */
  readonly approvers?: ReadonlyMap<string, PublicKey>;
  /** The key of approvals is that of the gate: whoever runs it can approve. */
  readonly approvalKeyIsOwn: boolean;
  readonly delegationKeyIsOwn: boolean;
  /** Every approval counts once, whether it says so or not. */
  readonly singleUse: boolean;
  /** Nanoseconds that an approval may still hold when it is used; no limit when left out. */
  readonly maxLifetime?: bigint;
  /** Whoever asks may not approve. */
  readonly refuseSelfApproval: boolean;
  /** Folder of the ledger of used tokens. */
  readonly ledger: string;
}

/** Name of the ledger beside the file of counters, unless a flag says otherwise. */
export const LEDGER_NAME = "approval_ledger";

/** Marks a token that counts once; it stands in the signed scope, where other readers ignore it. */
export const SINGLE_USE = "use:single";

/** What the scope of an approval must contain for this call (docs/spec/tokens.md 3.4). */
export function requiredScope(intent: Intent): string[] {
  const tool = `tool:${intent.toolName}`;
  return intent.context.phase === "apply" && isDestructiveCall(intent)
    ? [tool, "phase:apply", "destructive:apply"]
    : [tool];
}

/** What the bounds of an approval are compared with (docs/spec/tokens.md 3.5). */
export function extentOf(intent: Intent): { readonly targets: number; readonly ops: number } {
  const targets = allTargets(intent).length;
  return { targets, ops: intent.script?.steps.length ?? Math.max(1, targets) };
}

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
