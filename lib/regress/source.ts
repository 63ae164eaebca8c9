import { GaitError, invalidInput } from "../errors/mod.ts";
import { isPathLike, locateRunpack, type PackPlaces } from "../runpack/locate.ts";
import { readRunpack, type Runpack } from "../runpack/read.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { readSessionChain } from "../session/chain.ts";
import { folderOf, joinPath } from "../formats/path.ts";
import { pathArgument } from "../formats/shell.ts";
import { equalHex } from "../signing/mod.ts";
import type { Checkpoint, SessionChain } from "../schema/session_chain.ts";

/** The source of a fixture. */
export interface Source {
  /** File that was read. */
  readonly path: string;
  /** Its bytes, read once, so that the verified bytes become the fixture. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly runId: string;
  readonly manifestDigest: string;
  /** Its content; absent if the digests hold but the records are unreadable. */
  readonly pack?: Runpack;
  /** Why the records are unreadable. */
  readonly unreadable?: string;
  /** The checkpoint that the runpack was taken from. */
  readonly checkpoint?: { readonly chain: string; readonly index: number };
}

/** How a source is named on the command line. */
export interface SourceRequest {
  /** Run id, path of a runpack, or path of a session chain; taken as it is. */
  readonly from: string;
  /** Which checkpoint of a chain; `latest` by default. */
  readonly checkpoint?: string | undefined;
}

/**
 * Find and check the runpack for a fixture (docs/spec/regress.md 1.2). No signature is required.
 *
 * @throws {GaitError} `invalid_input` when there is none, or anything in it is missing or changed;
 * `verification_failed` when the archive is ambiguous
 */
export async function resolveSource(
  { from, checkpoint = "latest" }: SourceRequest,
  places: PackPlaces,
): Promise<Source> {
  const path = await locate(from, places);
  return /\.json$/i.test(path)
    ? await openCheckpoint(path, checkpoint, places)
    : await openSource(path, await places.files.read(path));
}

/** A file name without a slash is read as a run id; if there is no such run, the hint explains how to name the file. */
async function locate(from: string, places: PackPlaces): Promise<string> {
  try {
    return await locateRunpack(from, places);
  } catch (error) {
    if (isPathLike(from) || !await places.files.isFile(from)) throw error;
    throw invalidInput(`Cannot find runpack: "${from}" is taken for a run id`, {
      hint: `Write ${pathArgument(`./${from}`)} for the file`,
      cause: error,
    });
  }
}

/**
 * The runpack of one checkpoint of a session chain.
 *
 * @throws {GaitError} as {@linkcode resolveSource} does
 */
export async function openCheckpoint(path: string, wanted: string, places: PackPlaces): Promise<Source> {
  const chain = readSessionChain(await places.files.read(path));
  const { runpack_path: stored, checkpoint_index: index, manifest_digest: digest } = selectCheckpoint(
    chain,
    wanted,
  );
  const target = await inWorkingFolderOrByChain(stored, path, places);
  const source = await openSource(target, await places.files.read(target));
  // The chain records the digest of the runpack, so another file of the same name is refused.
  if (digest !== "" && !equalHex(digest, source.manifestDigest)) {
    throw invalidInput(
      `Cannot use checkpoint ${index}: "${target}" is not the runpack that the chain recorded`,
    );
  }
  return { ...source, checkpoint: { chain: path, index } };
}

/**
 * Paths in a chain are relative to the folder where it was written. If the chain was moved, they are resolved against
 * its own folder.
 */
async function inWorkingFolderOrByChain(
  path: string,
  chain: string,
  { files }: PackPlaces,
): Promise<string> {
  if (path === "") throw invalidInput("Cannot use checkpoint: it names no runpack");
  if (await files.isFile(path)) return path;
  const sibling = joinPath(folderOf(chain), path);
  return await files.isFile(sibling) ? sibling : path;
}

async function openSource(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  mayBePack = true,
): Promise<Source> {
  const read = await tryRead(bytes);
  if (read instanceof GaitError) {
    const inner = mayBePack && await insidePack(path, bytes);
    if (inner) return await openSource(path, inner, false);
    const report = await verifyRunpack(bytes);
    if (!report.ok) throw read;
    const { runId, manifestDigest } = report;
    return { path, bytes, runId, manifestDigest, unreadable: read.message };
  }
  const { run_id: runId, manifest_digest: manifestDigest } = read.manifest;
  if (read.run.run_id !== runId) {
    throw invalidInput(`Cannot use "${path}": its manifest and its run.json name different runs`);
  }
  return { path, bytes, runId, manifestDigest, pack: read };
}

/** The runpack inside a pack of a run or a call (docs/spec/regress.md 1.2), whose reader is loaded only for others. */
async function insidePack(path: string, bytes: Uint8Array<ArrayBuffer>) {
  const { sourceRunpack } = await import("../pack/source_runpack.ts");
  return await sourceRunpack(path, bytes);
}

async function tryRead(bytes: Uint8Array<ArrayBuffer>): Promise<Runpack | GaitError> {
  try {
    return await readRunpack(bytes);
  } catch (error) {
    if (error instanceof GaitError && error.code === "invalid_input") return error;
    throw error;
  }
}

/**
 * The checkpoint of a chain that a text names: `latest` in any case, or an index from 1; what follows the
 * digits is ignored (docs/spec/regress.md 1.2, step 3).
 *
 * @throws {GaitError} `invalid_input` when the chain has no such checkpoint, or two of them
 */
export function selectCheckpoint(chain: SessionChain, text: string): Checkpoint {
  const wanted = text.trim().toLowerCase();
  if (wanted === "latest") return chain.checkpoints.at(-1)!;
  const index = Number(/^\+?\d+/.exec(wanted)?.[0] ?? 0);
  if (index < 1) {
    throw invalidInput(`Cannot use checkpoint "${text}": expected latest or a number from 1`);
  }
  const found = chain.checkpoints.filter((checkpoint) => checkpoint.checkpoint_index === index);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw invalidInput(`Cannot use checkpoint ${index}: the chain has it twice`);
  const known = chain.checkpoints.map((checkpoint) => checkpoint.checkpoint_index).join(", ");
  throw invalidInput(`Cannot find checkpoint ${index} in session chain "${chain.session_id}"`, {
    hint: `It has ${known.slice(0, 200)}`,
  });
}
