import { invalidInput, unsafeOperation } from "../errors/mod.ts";
import type { Environment, Files } from "../effects/types.ts";
import { decodeUtf8 } from "../formats/bytes.ts";
import { keyFromSeed, parsePrivateKey, parsePublicKey, type PrivateKey, type PublicKey } from "./keys.ts";
import { loadTrustFolder, MAX_KEY_BYTES, NO_KEYS, type TrustedKeys } from "./trusted_keys.ts";

/** Where keys may come from; the empty string means "not given" (docs/spec/core.md 2.3). */
export interface KeySources {
  readonly keyMode?: string;
  readonly privateKey: string;
  readonly privateKeyEnv: string;
  readonly publicKey: string;
  readonly publicKeyEnv: string;
}

/** What loading keys needs from outside. */
export interface KeyEffects {
  readonly files: Files;
  readonly env: Environment;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
}

/** A key to sign with, and what the user should know about it. */
export interface SigningKey {
  readonly key: PrivateKey;
  readonly warnings: readonly string[];
}

const DEV_WARNING = "dev mode: ephemeral keypair generated; signatures will not verify across machines";

/**
 * The key to sign with (docs/spec/core.md 2.2).
 *
 * @throws {GaitError} `invalid_input` for a contradiction, a missing source or an unusable key;
 * `unsafe_operation` when the private key file is a symbolic link
 */
export async function loadSigningKey(sources: KeySources, effects: KeyEffects): Promise<SigningKey> {
  const mode = (sources.keyMode ?? "").trim().toLowerCase() || "prod";
  const { privateKey, privateKeyEnv, publicKey, publicKeyEnv } = sources;
  if (mode === "dev") {
    if (privateKey !== "" || privateKeyEnv !== "" || publicKey !== "" || publicKeyEnv !== "") {
      throw invalidInput('Cannot use key mode "dev" together with a key: dev makes a fresh one');
    }
    return { key: await keyFromSeed(effects.random(32)), warnings: [DEV_WARNING] };
  }
  if (mode !== "prod") {
    throw invalidInput(`Cannot use key mode "${sources.keyMode}": expected "dev" or "prod"`);
  }
  refuseBoth(sources);
  if (privateKey === "" && privateKeyEnv === "") {
    throw invalidInput("Cannot sign: no private key given", {
      hint: "Give --private-key <file> or --private-key-env <variable>",
    });
  }
  const { key, warnings } = await loadPrivateKey(sources, effects);
  if (publicKey !== "" || publicKeyEnv !== "") {
    const given = await loadPublicKey(sources, effects);
    if (given.id !== key.public.id) {
      throw invalidInput("Cannot sign: public key does not belong to the private key");
    }
  }
  return { key, warnings };
}

/**
 * The keys to verify with (docs/spec/core.md 2.3): those of the flags, else the trust folder, else none.
 *
 * @throws {GaitError} `invalid_input` when a pair of sources is doubled or a key is unusable
 */
export async function loadTrustedKeys(sources: KeySources, effects: KeyEffects): Promise<TrustedKeys> {
  refuseBoth(sources);
  if (sources.publicKey !== "" || sources.publicKeyEnv !== "") {
    return { source: "flag", key: await loadPublicKey(sources, effects) };
  }
  if (sources.privateKey !== "" || sources.privateKeyEnv !== "") {
    return { source: "flag", key: (await loadPrivateKey(sources, effects)).key.public };
  }
  return await effects.files.stat(".gait/trust") ? await loadTrustFolder(effects.files) : NO_KEYS;
}

/**
 * The key to verify with that flags name, if they name one. The trust folder does not count: whoever may vouch for
 * records may not therefore grant rights.
 *
 * @throws {GaitError} `invalid_input` when a pair of sources is doubled or the key is unusable
 */
export async function loadNamedKey(sources: KeySources, effects: KeyEffects): Promise<PublicKey | undefined> {
  const { publicKey, publicKeyEnv, privateKey, privateKeyEnv } = sources;
  if ([publicKey, publicKeyEnv, privateKey, privateKeyEnv].every((source) => source === "")) return undefined;
  const trusted = await loadTrustedKeys(sources, effects);
  return trusted.source === "flag" ? trusted.key : undefined;
}

function refuseBoth(sources: KeySources): void {
  if (sources.publicKey !== "" && sources.publicKeyEnv !== "") {
    throw invalidInput("Cannot use --public-key together with --public-key-env");
  }
  if (sources.privateKey !== "" && sources.privateKeyEnv !== "") {
    throw invalidInput("Cannot use --private-key together with --private-key-env");
  }
}

async function loadPublicKey(
  { publicKey, publicKeyEnv }: KeySources,
  effects: KeyEffects,
): Promise<PublicKey> {
  return publicKey !== ""
    ? await parsePublicKey(
      decodeUtf8(await effects.files.read(publicKey, MAX_KEY_BYTES)),
      `public key "${publicKey}"`,
    )
    : await parsePublicKey(readVariable(publicKeyEnv, effects.env), `public key in "${publicKeyEnv}"`);
}

async function loadPrivateKey(
  { privateKey, privateKeyEnv }: KeySources,
  effects: KeyEffects,
): Promise<SigningKey> {
  if (privateKey === "") {
    const text = readVariable(privateKeyEnv, effects.env);
    return { key: await parsePrivateKey(text, `private key in "${privateKeyEnv}"`), warnings: [] };
  }
  const info = await effects.files.stat(privateKey);
  // Whoever can place a link can choose which key signs (docs/threat_model.md 17).
  if (info?.kind === "symlink") {
    throw unsafeOperation(`Cannot read private key "${privateKey}": it is a symbolic link`, {
      hint: "Give the file itself, or pass the key by --private-key-env",
    });
  }
  const key = await parsePrivateKey(
    decodeUtf8(await effects.files.read(privateKey, MAX_KEY_BYTES)),
    `private key "${privateKey}"`,
  );
  const open = info !== undefined && (info.mode & 0o077) !== 0;
  return { key, warnings: open ? [`private key file is readable by others: chmod 600 ${privateKey}`] : [] };
}

function readVariable(name: string, env: Environment): string {
  const value = env.get(name)?.trim() ?? "";
  if (value === "") {
    throw invalidInput(`Cannot read key: environment variable "${name}" is not set`, {
      hint: "Put the text of the key file into this variable, and export it",
    });
  }
  return value;
}
