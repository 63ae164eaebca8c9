import type { RegistryPack } from "../schema/registry.ts";
import { checkSignature, type Digest, keyFor, type KeyId, type TrustedKeys } from "../signing/mod.ts";
import type { Manifest } from "./manifest.ts";
import type { Publishers } from "./publishers.ts";

/** The keys and publishers that manifests are verified against. */
export interface Trust {
  readonly keys: TrustedKeys;
  readonly publishers: Publishers;
  /** The publisher allowlist, in lower case; empty allows any publisher. */
  readonly allowed: readonly string[];
}

/** The result of checking the signatures and the publisher of a manifest. */
export interface TrustReport {
  readonly signed: boolean;
  /** Why no signature is valid. */
  readonly signatureError?: string;
  /** Whether the publisher is on the allowlist; true without one. */
  readonly publisherAllowed: boolean;
  /** Whether a signing key is bound to the publisher. */
  readonly publisherBound: boolean;
}

/** Check the signatures of a manifest and the publisher that it claims (docs/spec/registry.md section 1). */
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

/** The keys with valid signatures; if there are none, the first problem. */
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
 * Whether one of these keys is bound to a publisher. Anyone can claim any publisher in a manifest and sign it;
 * without bindings, every trusted key could sign for every publisher. A key given as a flag is meant for this pack
 * and needs no binding, unless the publisher is already bound to other keys.
 */
function isBound(publisher: string, keys: readonly KeyId[], { keys: trusted, publishers }: Trust): boolean {
  if (publisher === "") return true;
  const bound = publishers.get(publisher);
  if (bound === undefined) return trusted.source === "flag";
  return keys.some((key) => bound.includes(key));
}
