import type { Effects } from "../effects/mod.ts";
import { locateRunpack } from "../runpack/locate.ts";
import { readRunpack, type Runpack } from "../runpack/read.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { GaitError, invalidInput, verificationFailed } from "../errors/mod.ts";
import { type KeySources, loadTrustedKeys, namesKey } from "../signing/mod.ts";
import { pathArgument } from "../formats/shell.ts";

/** A runpack with the path it was read from. */
export interface RunpackFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly pack: Runpack;
}

/** Find and read the runpack that a run id or path names; key flags demand a signature by that key. */
export async function readRunpackFile(
  target: string,
  keys: KeySources,
  effects: Effects,
): Promise<RunpackFile> {
  const path = await locateRunpack(target, effects);
  const bytes = await runpackIn(await effects.files.read(path));
  await demandSignature(path, bytes, keys, effects);
  return { path, bytes, pack: await readRunpack(bytes) };
}

/**
 * The runpack that bytes are, or that lies in the pack of a run or a call that they are; anything else stays as it is,
 * for its reader to refuse.
 */
export async function runpackIn(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x50) return bytes; // no archive: a session chain, or nothing that we know
  const { sourceRunpack } = await import("../pack/source_runpack.ts");
  try {
    return await sourceRunpack(bytes) ?? bytes;
  } catch (error) {
    // What is no pack either is told apart by the reader of runpacks, whose error is about the file as it is.
    if (error instanceof GaitError && error.code === "invalid_input" && !await isPack(bytes)) return bytes;
    throw error;
  }
}

async function isPack(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const { looksLikePack } = await import("../pack/source_runpack.ts");
  return looksLikePack(bytes);
}

/**
 * Check the signature of a runpack when key flags name a key; without one nothing is demanded.
 *
 * @throws {GaitError} `verification_failed` when no signature by that key holds
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
 * The one target of a command: a positional, or the value of a flag that does the same.
 *
 * @throws {GaitError} `invalid_input` when both or neither are given
 */
export function oneTarget(flag: string, value: string | undefined, positionals: readonly string[]): string {
  const named = value === "" ? undefined : value;
  if (named !== undefined && positionals.length > 0) {
    throw invalidInput(`Unexpected argument "${positionals[0]}": --${flag} names the target already`);
  }
  const target = named ?? positionals[0];
  if (target === undefined) throw invalidInput(`Missing argument: give it as such, or as --${flag}`);
  return target;
}

/** What a command that ignores signatures says about the signatures of its input. */
export function unheededSignature(pack: Runpack, keys: KeySources): string[] {
  if (pack.manifest.signatures.length === 0 || namesKey(keys)) return [];
  return ["the signature was not checked here: give --public-key, or run gait verify"];
}
