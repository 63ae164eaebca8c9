import type { Effects } from "../effects/mod.ts";
import { locateRunpack } from "../runpack/locate.ts";
import { readRunpack, type Runpack } from "../runpack/read.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { GaitError, invalidInput, verificationFailed } from "../errors/mod.ts";
import { type KeySources, loadTrustedKeys, namesKey } from "../signing/mod.ts";
import { pathArgument } from "../formats/shell.ts";

/** A runpack with its path. */
export interface RunpackFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly pack: Runpack;
}

/** Find and read the runpack of a run id or path; with key flags it must be signed by that key. */
export async function readRunpackFile(
  target: string,
  keys: KeySources,
  effects: Effects,
): Promise<RunpackFile> {
  const path = await locateRunpack(target, effects);
  const bytes = await runpackIn(path, await effects.files.read(path));
  await demandSignature(path, bytes, keys, effects);
  return { path, bytes, pack: await readRunpack(bytes) };
}

/**
 * The runpack inside of a run pack or callpack; other bytes are returned unchanged, for the reader of runpacks to
 * check.
 */
export async function runpackIn(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x50) return bytes; // not an archive
  const { sourceRunpack } = await import("../pack/source_runpack.ts");
  try {
    return await sourceRunpack(path, bytes) ?? bytes;
  } catch (error) {
    // Bytes that are not a pack go to the reader of runpacks, whose error fits the file better.
    if (error instanceof GaitError && error.code === "invalid_input" && !await isPack(bytes)) return bytes;
    throw error;
  }
}

async function isPack(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const { looksLikePack } = await import("../pack/source_runpack.ts");
  return looksLikePack(bytes);
}

/**
 * Check the signature of a runpack when key flags name a key.
 *
 * @throws {GaitError} `verification_failed` when it has no valid signature by that key
 */
export async function demandSignature(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  keys: KeySources,
  effects: Effects,
): Promise<void> {
  if (!namesKey(keys)) return;
  const trusted = await loadTrustedKeys(keys, effects);
  const report = await verifyRunpack(bytes, { trusted, requireSignature: true });
  if (report.ok) return;
  throw verificationFailed(`Runpack "${path}" is not signed by the given key`, {
    hint: `See why with: gait verify ${pathArgument(path)} --require-signature`,
  });
}

/**
 * The target of a command: an argument, or the value of the flag that does the same.
 *
 * @throws {GaitError} `invalid_input` when both or neither are given
 */
export function oneTarget(flag: string, value: string | undefined, positionals: readonly string[]): string {
  if (value !== undefined && positionals.length > 0) {
    throw invalidInput(`Unexpected argument "${positionals[0]}": --${flag} gives the target already`);
  }
  const target = value ?? positionals[0];
  if (target === undefined) throw invalidInput(`Missing argument: give it, or --${flag}`);
  return target;
}

/** The note about a signature that the command did not check. */
export function uncheckedSignature(pack: Runpack, keys: KeySources): string[] {
  if (pack.manifest.signatures.length === 0 || namesKey(keys)) return [];
  return ["the signature was not checked here: give --public-key, or run gait verify"];
}
