import { invalidInput } from "../errors/mod.ts";
import { type KeySources, type KeyWorld, loadTrustedKeys, type PublicKey } from "../signing/mod.ts";

/**
 * The key that flags name. The trust folder says who may vouch for records, not who may grant a right.
 *
 * @throws {GaitError} `invalid_input` when they name none, or one that can't be used
 */
export async function namedKey(sources: KeySources, world: KeyWorld): Promise<PublicKey> {
  const { publicKey, publicKeyEnv, privateKey, privateKeyEnv } = sources;
  if ([publicKey, publicKeyEnv, privateKey, privateKeyEnv].some((source) => source !== "")) {
    const trusted = await loadTrustedKeys(sources, world);
    if (trusted.source === "flag") return trusted.key;
  }
  throw invalidInput("Cannot verify: no key given", { hint: "Give --public-key <file>" });
}
