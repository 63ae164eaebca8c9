import {
  addTrustedKey,
  keyFromSeed,
  loadTrustFolder,
  parsePrivateKey as readPrivateKey,
  parsePublicKey as readPublicKey,
  type PrivateKey,
  type PublicKey,
  TRUST_FOLDER,
  type TrustedKeys,
} from "../signing/mod.ts";
import { checkPublicKey, checkText } from "./arguments.ts";
import { withLibraryErrors } from "./errors.ts";
import { libraryEffects } from "./effects.ts";

/** Make a fresh Ed25519 key. Its public half is `key.public`; {@linkcode formatPrivateKey} gives its file. */
export async function generateKey(): Promise<PrivateKey> {
  return await keyFromSeed(libraryEffects().random(32));
}

/**
 * Read the text of a public key file: the 32 bytes of the key in base64.
 *
 * @throws {GaitError} `invalid_input` for a text of another form, and for a key that proves nothing
 */
export async function parsePublicKey(text: string): Promise<PublicKey> {
  checkText("public key", text);
  return await withLibraryErrors(() => readPublicKey(text));
}

/**
 * Read the text of a private key file: the 32 bytes of the seed and the 32 bytes of the public key in base64.
 *
 * @throws {GaitError} `invalid_input` for a text of another form, and for halves that don't belong together
 */
export async function parsePrivateKey(text: string): Promise<PrivateKey> {
  checkText("private key", text);
  return await withLibraryErrors(() => readPrivateKey(text));
}

/**
 * Read a folder of trusted public keys, one `<name>.key` each, for `trusted` of the verifications. A folder that is
 * missing or empty trusts nobody. Needs the permission to read.
 *
 * @param folder `.gait/trust` unless given
 * @throws {GaitError} `invalid_input` for a file that is no key, `dependency_missing` without the permission
 */
export async function loadTrustStore(folder: string = TRUST_FOLDER): Promise<TrustedKeys> {
  return await withLibraryErrors(() => loadTrustFolder(libraryEffects().files, folder));
}

/**
 * Trust a key under a name: put it into the folder of trusted keys. Needs the permissions to read and to write.
 *
 * @param name letters, digits, `.`, `_` and `-`, at most 64
 * @param folder `.gait/trust` unless given
 * @returns whether it is new there
 * @throws {GaitError} `invalid_input` when another key has that name, or it is none
 */
export async function trustKey(
  name: string,
  key: PublicKey,
  folder: string = TRUST_FOLDER,
): Promise<boolean> {
  checkText("name", name);
  checkPublicKey(key);
  return await withLibraryErrors(() => addTrustedKey(libraryEffects().files, name, key, folder));
}
