import { GaitError, invalidInput, invalidOption } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { readKeyFile } from "./key_file.ts";
import { formatPublicKey, type KeyId, parsePublicKey, type PublicKey } from "./keys.ts";
import { pathArgument } from "../formats/shell.ts";

/** Folder of the public keys that this project trusts, one `<name>.key` each. */
export const TRUST_FOLDER = ".gait/trust";

/** Name of the key that `gait demo` makes for this machine. */
export const LOCAL_DEV = "local_dev";

/** A trusted key and its name in the trust folder; a key given by flag has no name. */
export interface TrustedKey {
  /** The key. */
  readonly key: PublicKey;
  /** Its name in the folder of trusted keys. */
  readonly name?: string;
}

/** The keys a verification may use, and where they come from. */
export type TrustedKeys =
  | { readonly source: "none" }
  | { readonly source: "flag"; readonly key: PublicKey }
  | { readonly source: "store"; readonly keys: ReadonlyMap<KeyId, TrustedKey> };

/** No key: integrity can be proved, but not origin. */
export const NO_KEYS: TrustedKeys = { source: "none" };

/**
 * The trusted key for a signature. A key given by flag applies to every signature; stored keys are looked up by id
 * alone.
 */
export function keyFor(trusted: TrustedKeys, keyId: string): TrustedKey | undefined {
  switch (trusted.source) {
    case "none":
      return undefined;
    case "flag":
      return { key: trusted.key };
    case "store":
      return trusted.keys.get(keyId as KeyId);
  }
}

/** A key of the trust folder under one of its names. */
export type NamedKey = Required<TrustedKey>;

/**
 * All keys of the trust folder; one that is there under two names comes first under the name that sorts first.
 *
 * @returns the source `none` when the folder is missing or empty
 * @throws {GaitError} `invalid_input` when a `.key` file does not hold a usable public key: a trust folder that
 * can't be read whole is not trusted in part
 */
export async function loadTrustFolder(files: Files, folder = TRUST_FOLDER): Promise<TrustedKeys> {
  const keys = new Map<KeyId, TrustedKey>();
  for (const named of await readTrustFolder(files, folder)) {
    if (!keys.has(named.key.id)) keys.set(named.key.id, named);
  }
  return keys.size === 0 ? NO_KEYS : { source: "store", keys };
}

/**
 * The keys of the trust folder under all their names.
 *
 * @throws {GaitError} as {@linkcode loadTrustFolder} does
 */
export async function readTrustFolder(files: Files, folder = TRUST_FOLDER): Promise<NamedKey[]> {
  const keys: NamedKey[] = [];
  for (const file of await files.list(folder)) {
    if (!file.endsWith(".key")) continue;
    const name = file.slice(0, -4);
    try {
      keys.push({ name, key: await readTrusted(files, `${folder}/${file}`, name) });
    } catch (error) {
      if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
      throw invalidInput(error.message, {
        hint: `Repair or remove ${folder}/${file}: the folder is trusted as a whole, or not at all`,
        cause: error,
      });
    }
  }
  return keys;
}

async function readTrusted(files: Files, path: string, name: string): Promise<PublicKey> {
  return await parsePublicKey(await readKeyFile(files, path, "trusted key"), `trusted key "${name}"`);
}

/** Names a trusted key may have: a letter or digit first, then also `.`, `_` and `-`; at most 64 characters. */
export function checkKeyName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw invalidInput(
      `Cannot use key name "${name}": use letters, digits, ".", "_" and "-", a letter or digit first`,
    );
  }
  return name;
}

/**
 * Add a key to the trust folder.
 *
 * @returns `false` when the same key is already trusted under that name
 * @throws {GaitError} `invalid_input` when the name is taken by another key
 */
export async function addTrustedKey(
  files: Files,
  name: string,
  key: PublicKey,
  folder = TRUST_FOLDER,
): Promise<boolean> {
  const path = `${folder}/${checkKeyName(name)}.key`;
  if (await files.stat(path)) {
    const present = await readTrusted(files, path, name);
    if (present.id === key.id) return false;
    throw invalidInput(`Cannot trust key as "${name}": another key has that name`, {
      hint: `Choose another name, or remove the old key: gait keys trust remove ${pathArgument(name)}`,
    });
  }
  await files.makeFolder(folder);
  await files.writeAtomic(path, new TextEncoder().encode(formatPublicKey(key)), { onlyNew: true });
  return true;
}

/**
 * The other names under which a key is trusted: as long as there is one, its signatures count.
 *
 * @param name the name that is not listed
 */
export async function otherTrustedNames(
  files: Files,
  { name, id }: { readonly name: string; readonly id: KeyId },
): Promise<string[]> {
  return (await readTrustFolder(files)).filter((other) => other.key.id === id && other.name !== name)
    .map((other) => other.name);
}

/** The error for a signature that there is no key to check with. */
export function missingKey(): GaitError {
  return invalidOption(
    () => "Cannot verify signature: no public key configured",
    (name) => `Give ${name("publicKey")}, or trust a key: gait keys trust add <public.key> --name <name>`,
  );
}
