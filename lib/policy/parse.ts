import type { Digest } from "../signing/digest.ts";
import { policyDigest } from "./digest.ts";
import { policyOf, readPolicyDocument } from "./read_document.ts";
import type { Policy } from "./types.ts";

export { LegacyPolicyError, policyMigration } from "./legacy.ts";

/** A policy with the digest that identifies it in traces and approvals. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly digest: Digest;
}

/**
 * Read a policy: strict, checked, normalised (docs/spec/gate.md section 1).
 *
 * @param name its name in messages, e.g. its path
 * @throws {GaitError} `invalid_input`, with line and column of the mistake; {@linkcode policyMigration} tells an
 * older language apart
 */
export async function parsePolicy(text: string | Uint8Array, name: string): Promise<LoadedPolicy> {
  const policy = policyOf((await readPolicyDocument(text, name)).document);
  return { policy, digest: await policyDigest(policy) };
}
