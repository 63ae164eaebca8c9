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
import { checkContent, checkPublicKey, checkText } from "./arguments.ts";
import { withLibraryErrors } from "./errors.ts";
import { libraryEffects } from "./effects.ts";

/** Generate an Ed25519 key. Its public half is `key.public`; {@linkcode formatPrivateKey} gives its file. */
export async function generateKey(): Promise<PrivateKey> {
  return await keyFromSeed(libraryEffects().random(32));
}

/**
 * Read the text of a public key file: the 32 bytes of the key in base64.
 *
 * @throws {GaitError} `invalid_input` for malformed text, and for a weak key
 */
export async function parsePublicKey(text: string): Promise<PublicKey> {
  checkText("public key", text);
  checkContent("public key", text);
  return await withLibraryErrors(() => readPublicKey(text));
}

/**
 * Read the text of a private key file: the 32 bytes of the seed and the 32 bytes of the public key in base64.
 *
 * @throws {GaitError} `invalid_input` for malformed text, and for halves that don't match
 */
export async function parsePrivateKey(text: string): Promise<PrivateKey> {
  checkText("private key", text);
  checkContent("private key", text);
  return await withLibraryErrors(() => readPrivateKey(text));
}

/**
 * Read a folder of trusted public keys, one `<name>.key` each, for the `trusted` option of verification. A missing or
 * empty folder trusts nobody. Needs the permission to read.
 *
 * @param folder `.gait/trust` unless given
 * @throws {GaitError} `invalid_input` for a file that is not a key, `dependency_missing` without the permission
 */
export async function loadTrustStore(folder: string = TRUST_FOLDER): Promise<TrustedKeys> {
  return await withLibraryErrors(() => loadTrustFolder(libraryEffects().files, folder));
}

/**
 * Trust a key under a name by adding it to the folder of trusted keys. Needs the permissions to read and to write.
 *
 * @param name letters, digits, `.`, `_` and `-`, at most 64
 * @param folder `.gait/trust` unless given
 * @returns whether it was added
 * @throws {GaitError} `invalid_input` if another key has that name, or the name is invalid
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
