import type { JsonObject } from "../../formats/json/mod.ts";
import type { Decision } from "../../gate/decide.ts";
import { approveLine, untrustedTokenNote } from "../approvals/approve_line.ts";

/** What the agent reads about a call that must not happen; `undefined` when it may. */
export function refusalOf(decision: Decision, approvals: string, tracePath: string): string | undefined {
  const { verdict, reasonCodes, violations } = decision.outcome;
  if (verdict === "allow") return undefined;
  const reasons = [...new Set([...reasonCodes, ...violations])].join(", ") || "no rule allows it";
  switch (verdict) {
    case "require_approval":
      // The command comes last, so that it can be copied to the end of the line.
      return `Gait: this call needs an approval (${reasons}).${
        untrustedTokenNote(reasonCodes)
      } The same call passes when a person approved it with: ${approveLine(approvals, tracePath, decision)}`;
    case "dry_run":
      return `Gait: the policy allows only a dry run (${reasons}). The call was not made.`;
    default:
      return `Gait: blocked by policy (${reasons}). The call was not made.`;
  }
}

/** Answer of a hook that has nothing against the call. The agent's own permissions still count: nothing is granted. */
export const NO_OBJECTION: JsonObject = {};
