import { EXIT } from "../errors/mod.ts";
import type { Verdict } from "../schema/verdict.ts";

/** The statuses of a decision: go on, blocked by policy, approval needed. */
export type VerdictExit = typeof EXIT.ok | typeof EXIT.policyBlocked | typeof EXIT.approvalRequired;

/** The status of a verdict (docs/spec/gate.md 4.3, item 13). */
export function exitOfVerdict(verdict: Verdict): VerdictExit {
  switch (verdict) {
    case "allow":
    case "dry_run":
      return EXIT.ok;
    case "require_approval":
      return EXIT.approvalRequired;
    case "block":
      return EXIT.policyBlocked;
  }
}
