import type { PublicKey } from "../signing/mod.ts";
import { allTargets, isDestructiveCall } from "../intent/effects.ts";
import type { Intent } from "../intent/types.ts";
import type { ApprovalToken } from "./approval_token.ts";
import type { ApprovalCode } from "./check_approval.ts";
import { comparableName } from "./person.ts";

/** The keys whose signatures grant rights, and the limits on approvals. */
export interface TokenTrust {
  /** Verifies approvals; the gate's own key unless another one is given. */
  readonly approvalKey: PublicKey;
  /** Verifies delegations. */
  readonly delegationKey: PublicKey;
  /** One key per approver; when set, no other key verifies approvals. */
  readonly approvers?: ReadonlyMap<string, PublicKey>;
  /** Approvals are verified with the gate's own key, so anyone who runs the gate can approve. */
  readonly approvalKeyIsOwn: boolean;
  readonly delegationKeyIsOwn: boolean;
  /** Every approval can be used only once, even without the mark {@linkcode SINGLE_USE}. */
  readonly singleUse: boolean;
  /** Longest remaining lifetime of an approval when it is used, in nanoseconds; no limit when absent. */
  readonly maxLifetime?: bigint;
  /** The requester must not approve. */
  readonly refuseSelfApproval: boolean;
  /** Folder of the ledger of used tokens. */
  readonly ledger: string;
}

/** Default name of the ledger, in the folder of the rate limit state. */
export const LEDGER_NAME = "approval_ledger";

/** Marks a single-use token. It is a part of the signed scope, where other readers ignore it. */
export const SINGLE_USE = "use:single";

/** What the scope of an approval must contain for this call (docs/spec/tokens.md 3.4). */
export function requiredScope(intent: Intent): string[] {
  const tool = `tool:${intent.toolName}`;
  return intent.context.phase === "apply" && isDestructiveCall(intent)
    ? [tool, "phase:apply", "destructive:apply"]
    : [tool];
}

/** The numbers of targets and operations that an approval limits (docs/spec/tokens.md 3.5). */
export function extentOf(intent: Intent): { readonly targets: number; readonly ops: number } {
  const targets = allTargets(intent).length;
  return { targets, ops: intent.script?.steps.length ?? Math.max(1, targets) };
}

/** A checked token, with the code that rejects it, if any. */
export interface CheckedApproval {
  readonly token: ApprovalToken;
  readonly code?: ApprovalCode;
}

/** The valid tokens. */
export function validTokens(checked: readonly CheckedApproval[]): ApprovalToken[] {
  return checked.filter(({ code }) => code === undefined).map(({ token }) => token);
}

/**
 * INVARIANT: an approver is a signed identity with a token of its own. The name in the file is normalised first, or a
 * copy with a space before it would count as a second person.
 */
export function distinctApprovers(valid: readonly ApprovalToken[]): number {
  const approvers = new Set(valid.map((token) => comparableName(token.approver))).size;
  const tokens = new Set(valid.map((token) => token.tokenId)).size;
  return Math.min(approvers, tokens);
}
