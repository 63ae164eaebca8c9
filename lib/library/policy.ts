import { evaluate } from "../evaluate/evaluate.ts";
import { intentDigest, withoutClaims } from "../intent/digest.ts";
import { parseIntent } from "../intent/parse.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Verdict } from "../schema/verdict.ts";
import { utf8 } from "../formats/bytes.ts";
import { copyJson } from "../formats/json/copy.ts";
import { checkTextOrBytes } from "./arguments.ts";
import type { IntentRequest } from "./intent_request.ts";
import type { Digest } from "../signing/mod.ts";
import { withLibraryErrors } from "./errors.ts";

/** The evaluation of an intent by a policy. */
export interface PolicyAnswer {
  /** The verdict of the rules, without tokens, counters and inventories. */
  readonly verdict: Verdict;
  /** Sorted, each once. */
  readonly reasonCodes: readonly string[];
  /** Sorted, each once. */
  readonly violations: readonly string[];
  /** Names of the matching rules, joined by commas; empty if none matched. */
  readonly matchedRule: string;
  /** Approvals that the call needs; 0 unless the verdict is `require_approval`. */
  readonly minApprovals: number;
  /** Digest of the intent as it was given. */
  readonly intentDigest: Digest;
  /** Digest of the policy in its normal form. */
  readonly policyDigest: Digest;
}

/**
 * Evaluate an intent by a policy, without counters, tokens or files, as `gait policy test` does. For testing
 * policies, not for enforcing them; for that use {@linkcode openGate}.
 *
 * @param policy the YAML text of the policy, or its bytes
 * @throws {GaitError} `invalid_input` for a policy or intent that can't be read; `others` holds further mistakes of
 * the policy
 */
export async function testPolicy(
  policy: string | Uint8Array,
  intent: IntentRequest | string | Uint8Array,
): Promise<PolicyAnswer> {
  return await withLibraryErrors(async () => {
    checkTextOrBytes("policy", policy);
    const loaded = await parsePolicy(policy, "policy");
    const text = typeof intent === "string" || intent instanceof Uint8Array
      ? intent
      : JSON.stringify(copyJson(intent, "intent"));
    const parsed = await parseIntent(typeof text === "string" ? utf8(text) : text, "intent");
    const { verdict, reasonCodes, violations, matchedRule, minApprovals } = evaluate(
      loaded.policy,
      withoutClaims(parsed),
    );
    return {
      verdict,
      reasonCodes,
      violations,
      matchedRule,
      minApprovals,
      intentDigest: await intentDigest(parsed),
      policyDigest: loaded.digest,
    };
  });
}
