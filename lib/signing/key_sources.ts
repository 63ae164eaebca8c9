import { invalidInput, invalidOption, OptionError } from "../errors/mod.ts";
import type { Environment, Files } from "../effects/types.ts";
import {
  formatPublicKey,
  keyFromSeed,
  parsePrivateKey,
  parsePublicKey,
  type PrivateKey,
  type PublicKey,
} from "./keys.ts";
import { readKeyFile, refuseKeyText } from "./key_file.ts";
import { loadTrustFolder, NO_KEYS, type TrustedKeys } from "./trusted_keys.ts";

/** How to sign: `dev` with a fresh key that nobody can trust, `prod` with a given one. */
export type KeyMode = "dev" | "prod";

/** All key modes. */
export const KEY_MODES: readonly KeyMode[] = ["dev", "prod"];

/** Options that name keys (docs/spec/core.md 2.3). */
export interface KeySources {
  /** `prod` unless given. */
  readonly keyMode?: KeyMode | undefined;
  /** Path of a private key. */
  readonly privateKey?: string | undefined;
  /** Environment variable that holds a private key. */
  readonly privateKeyEnv?: string | undefined;
  /** Path of a public key. */
  readonly publicKey?: string | undefined;
  /** Environment variable that holds a public key. */
  readonly publicKeyEnv?: string | undefined;
}

/** Whether sources name a private key. */
export function namesPrivateKey({ privateKey, privateKeyEnv }: KeySources): boolean {
  return privateKey !== undefined || privateKeyEnv !== undefined;
}

/** Whether sources name any key. */
export function namesKey(sources: KeySources): boolean {
  return namesPublicKey(sources) || namesPrivateKey(sources);
}

function namesPublicKey({ publicKey, publicKeyEnv }: KeySources): boolean {
  return publicKey !== undefined || publicKeyEnv !== undefined;
}

/** Effects for loading keys. */
export interface KeyEffects {
  readonly files: Files;
  readonly env: Environment;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
}

/** A signing key, with warnings about it for the user. */
export interface SigningKey {
  readonly key: PrivateKey;
  readonly warnings: readonly string[];
  /**
   * The public half of a fresh key, as its file would have it: the key is not stored, so without this nobody could verify
   * what it signs.
   */
  readonly freshKey?: string;
}

const DEV_WARNING = "dev mode: ephemeral keypair generated; signatures will not verify across machines";

/**
 * The key to sign with (docs/spec/core.md 2.2).
 *
 * @throws {GaitError} `invalid_input` for a contradiction, a missing source or an unusable key;
 * `unsafe_operation` when the private key file is a symbolic link
 */
export async function loadSigningKey(sources: KeySources, effects: KeyEffects): Promise<SigningKey> {
  if (sources.keyMode === "dev") {
    if (namesKey(sources)) {
      throw invalidOption(
        () => 'Cannot use key mode "dev" together with a key: dev makes a fresh one',
        (name) => `Give ${name("keyMode")} prod to sign with the key`,
      );
    }
    const key = await keyFromSeed(effects.random(32));
    return { key, warnings: [DEV_WARNING], freshKey: formatPublicKey(key.public).trim() };
  }
  refuseBoth(sources);
  if (!namesPrivateKey(sources)) {
    throw invalidOption(
      () => "Cannot sign: no private key given",
      (name) => `Give ${name("privateKey")} or ${name("privateKeyEnv")}`,
    );
  }
  const { key, warnings } = await loadPrivateKey(sources, effects);
  if (namesPublicKey(sources)) {
    const given = await loadPublicKey(sources, effects);
    if (given.id !== key.public.id) {
      throw invalidInput("Cannot sign: public key does not belong to the private key");
    }
  }
  return { key, warnings };
}

/**
 * The keys to verify with (docs/spec/core.md 2.3): the key that flags name, else those of the trust folder, else
 * none.
 *
 * @throws {GaitError} `invalid_input` when a file and a variable are both named, or a key is unusable
 */
export async function loadTrustedKeys(sources: KeySources, effects: KeyEffects): Promise<TrustedKeys> {
  refuseBoth(sources);
  if (namesPublicKey(sources)) return { source: "flag", key: await loadPublicKey(sources, effects) };
  if (namesPrivateKey(sources)) {
    return { source: "flag", key: (await loadPrivateKey(sources, effects)).key.public };
  }
  return await effects.files.stat(".gait/trust") ? await loadTrustFolder(effects.files) : NO_KEYS;
}

/**
 * The key to verify with that flags name, if they name one. The trust folder is not consulted: a key that is trusted
 * for records must not grant rights.
 *
 * @throws {GaitError} `invalid_input` when a file and a variable are both named, or the key is unusable
 */
export async function loadNamedKey(sources: KeySources, effects: KeyEffects): Promise<PublicKey | undefined> {
  if (!namesKey(sources)) return undefined;
  const trusted = await loadTrustedKeys(sources, effects);
  return trusted.source === "flag" ? trusted.key : undefined;
}

/** Refuses two sources of one key: the caller could not tell which of them was used. */
function refuseBoth(sources: KeySources): void {
  for (const [file, variable] of [["publicKey", "publicKeyEnv"], ["privateKey", "privateKeyEnv"]] as const) {
    if (sources[file] === undefined || sources[variable] === undefined) continue;
    throw invalidOption((name) => `Cannot use ${name(file)} together with ${name(variable)}`);
  }
}

async function loadPublicKey(
  { publicKey, publicKeyEnv = "" }: KeySources,
  effects: KeyEffects,
): Promise<PublicKey> {
  return publicKey !== undefined
    ? await parsePublicKey(
      await readKeyFile(effects.files, publicKey, "public key"),
      `public key "${publicKey}"`,
    )
    : await parsePublicKey(readVariable(publicKeyEnv, effects.env), `public key in "${publicKeyEnv}"`);
}

async function loadPrivateKey(
  { privateKey, privateKeyEnv = "" }: KeySources,
  effects: KeyEffects,
): Promise<SigningKey> {
  if (privateKey === undefined) {
    const text = readVariable(privateKeyEnv, effects.env);
    return { key: await parsePrivateKey(text, `private key in "${privateKeyEnv}"`), warnings: [] };
  }
  refuseKeyText(privateKey);
  const info = await effects.files.stat(privateKey);
  // An attacker who places a link would choose which key signs (docs/threat_model.md 17).
  if (info?.kind === "symlink") {
    throw new OptionError("unsafe_operation", {
      message: () => `Cannot read private key "${privateKey}": it is a symbolic link`,
      hint: (name) => `Give the file itself, or pass the key by ${name("privateKeyEnv")}`,
    });
  }
  const key = await parsePrivateKey(
    await readKeyFile(effects.files, privateKey, "private key"),
    `private key "${privateKey}"`,
  );
  const open = info !== undefined && (info.mode & 0o077) !== 0;
  return { key, warnings: open ? [`private key file is readable by others: chmod 600 ${privateKey}`] : [] };
}

function readVariable(name: string, env: Environment): string {
  refuseKeyText(name);
  const value = name === "" ? "" : env.get(name)?.trim() ?? "";
  if (value === "") {
    throw invalidInput(`Cannot read key: environment variable "${name}" is not set`, {
      hint: "Put the text of the key file into this variable, and export it",
    });
  }
  return value;
}
