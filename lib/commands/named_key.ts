import { invalidOption } from "../errors/mod.ts";
import { type KeyEffects, type KeySources, loadNamedKey, type PublicKey } from "../signing/mod.ts";

/**
 * The key that flags must name, for commands that verify a token.
 *
 * @throws {GaitError} `invalid_input` when they name none, or one that can't be used
 */
export async function namedKey(sources: KeySources, effects: KeyEffects): Promise<PublicKey> {
  const key = await loadNamedKey(sources, effects);
  if (key) return key;
  throw invalidOption(() => "Cannot verify: no key given", (name) => `Give ${name("publicKey")}`);
}
