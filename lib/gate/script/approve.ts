import { invalidInput } from "../../errors/mod.ts";
import { timeOfMillis } from "../../formats/time.ts";
import type { Digest, PrivateKey } from "../../signing/mod.ts";
import type { Intent } from "../../intent/types.ts";
import { lset, set, trim } from "../../formats/text.ts";
import { demandIdentity, type MintContext } from "../../tokens/mint.ts";
import { checkEntry, type ScriptEntry, signEntry } from "./entry.ts";

/** Options for approving a script. */
export interface ApproveScriptOptions {
  readonly intent: Intent;
  readonly policyDigest: Digest;
  readonly approver: string;
  /** Default: derived from the script hash. */
  readonly patternId?: string | undefined;
  readonly scope: readonly string[];
  /** Lifetime in nanoseconds, rounded up to milliseconds. */
  readonly ttl: bigint;
}

/**
 * The signed entry that approves a script under a policy (docs/spec/gate.md 6.2).
 *
 * @throws {GaitError} `invalid_input` when the intent is not a script, or the lifetime is not positive or goes beyond
 * the year 9999
 */
export async function approveScript(
  options: ApproveScriptOptions,
  key: PrivateKey,
  { now, producerVersion }: MintContext,
): Promise<ScriptEntry> {
  const { intent: { script }, ttl } = options;
  const approverIdentity = demandIdentity(options.approver, "approver");
  if (!script) {
    throw invalidInput("Cannot approve: the intent is not a script", {
      hint: "Single calls are allowed by rules of the policy",
    });
  }
  if (ttl <= 0n) throw invalidInput("Cannot approve: its lifetime must be positive");
  const end = now + Number((ttl + 999_999n) / 1_000_000n);
  if (end >= YEAR_10000) throw invalidInput("Cannot approve: it would be valid beyond the year 9999");
  const entry = {
    createdAt: timeOfMillis(now),
    producerVersion,
    patternId: trim(options.patternId ?? "") || `pattern_${script.hash.slice(0, 12)}`,
    policyDigest: options.policyDigest,
    scriptHash: script.hash,
    toolSequence: lset(script.steps.map((step) => step.toolName)),
    scope: set(options.scope),
    approverIdentity,
    expiresAt: timeOfMillis(Math.floor(end)),
  };
  return await signEntry(checkEntry(entry, "approval"), key);
}

const YEAR_10000 = Date.UTC(10000, 0);
