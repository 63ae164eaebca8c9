import type { RegistryPack } from "../schema/registry.ts";
import { checkSignature, type Digest, keyFor, type KeyId, type TrustedKeys } from "../signing/mod.ts";
import type { Manifest } from "./manifest.ts";
import type { Publishers } from "./publishers.ts";

/** Whom a check of a manifest relies on. */
export interface Trust {
  readonly keys: TrustedKeys;
  readonly publishers: Publishers;
  /** Publishers that will do, in lower case; any when empty. */
  readonly allowed: readonly string[];
}

/** What the signatures of a manifest and its publisher are worth. */
export interface TrustReport {
  readonly signed: boolean;
  /** Why no signature holds. */
  readonly signatureError?: string;
  /** Whether the publisher is on the list of the allowed; true without a list. */
  readonly publisherAllowed: boolean;
  /** Whether a key that signed may speak for the publisher. */
  readonly publisherBound: boolean;
}

/** Check the signatures of a manifest and who it says it comes from (docs/spec/registry.md section 1). */
export async function checkTrust({ pack, digest }: Manifest, trust: Trust): Promise<TrustReport> {
  const { keys, problem } = await signers(pack, digest, trust.keys);
  const { publisher } = pack;
  return {
    signed: keys.length > 0,
    ...(problem === undefined ? {} : { signatureError: problem }),
    publisherAllowed: trust.allowed.length === 0 || publisher !== "" && trust.allowed.includes(publisher),
    publisherBound: isBound(publisher, keys, trust),
  };
}

/** The keys whose signatures hold; the first problem when there is none. */
async function signers(
  { signatures }: RegistryPack,
  digest: Digest,
  trusted: TrustedKeys,
): Promise<{ readonly keys: readonly KeyId[]; readonly problem?: string }> {
  const keys: KeyId[] = [];
  let problem: string | undefined;
  for (const signature of signatures) {
    const key = keyFor(trusted, signature.key_id)?.key;
    const found = key
      ? await checkSignature(
        { ...signature, signed_digest: signature.signed_digest.toLowerCase() },
        digest,
        key,
      )
      : "public key not configured";
    if (found === undefined) keys.push(key!.id);
    else problem ??= found;
  }
  return keys.length > 0 ? { keys } : { keys, problem: problem ?? "no signatures" };
}

/**
 * Whether one of these keys may speak for a publisher. Anybody can write any publisher into a manifest and sign it: of
 * several trusted keys each could speak for all, so each must be bound. A key that was given by hand is meant for the
 * very pack, unless its publisher is known to sign with others.
 */
function isBound(publisher: string, keys: readonly KeyId[], { keys: trusted, publishers }: Trust): boolean {
  if (publisher === "") return true;
  const bound = publishers.get(publisher);
  if (bound === undefined) return trusted.source === "flag";
  return keys.some((key) => bound.includes(key));
}
