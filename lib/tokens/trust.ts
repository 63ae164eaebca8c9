import type { PublicKey } from "../signing/mod.ts";

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
