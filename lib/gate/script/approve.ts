import { invalidInput } from "../../errors/mod.ts";
import { timeOfMillis } from "../../formats/time.ts";
import type { Digest, PrivateKey } from "../../signing/mod.ts";
import type { Intent } from "../../intent/types.ts";
import { lset, set, trim } from "../../formats/text.ts";
import { checkEntry, type ScriptEntry, signEntry } from "./entry.ts";

/** A script to approve, and who does so for how long. */
export interface Approval {
  readonly intent: Intent;
  readonly policyDigest: Digest;
  readonly approver: string;
  /** Blank for one that is made of the script. */
  readonly patternId: string;
  readonly scope: readonly string[];
  /** Milliseconds. */
  readonly ttl: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly producerVersion: string;
}

/**
 * The signed entry that approves a script under a policy (docs/spec/gate.md 6.2).
 *
 * @throws {GaitError} `invalid_input` when the intent is no script, or the approval would not hold at all or
 * beyond the year 9999
 */
export async function approveScript(approval: Approval, key: PrivateKey): Promise<ScriptEntry> {
  const { intent: { script }, now, ttl } = approval;
  if (!script) {
    throw invalidInput("Cannot approve: the intent holds no script", {
      hint: "Single calls are allowed by rules of the policy",
    });
  }
  if (!(ttl >= 1)) throw invalidInput("Cannot approve: the time that it holds must be positive");
  if (now + ttl >= YEAR_10000) throw invalidInput("Cannot approve: it would hold beyond the year 9999");
  const entry = {
    createdAt: timeOfMillis(now),
    producerVersion: approval.producerVersion,
    patternId: trim(approval.patternId) || `pattern_${script.hash.slice(0, 12)}`,
    policyDigest: approval.policyDigest,
    scriptHash: script.hash,
    toolSequence: lset(script.steps.map((step) => step.toolName)),
    scope: set(approval.scope),
    approverIdentity: trim(approval.approver),
    expiresAt: timeOfMillis(Math.floor(now + ttl)),
  };
  return await signEntry(checkEntry(entry, "approval"), key);
}

const YEAR_10000 = Date.UTC(10000, 0);
