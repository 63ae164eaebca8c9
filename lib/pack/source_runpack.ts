import { invalidInput } from "../errors/mod.ts";
import { pathArgument } from "../formats/shell.ts";
import { openZip } from "../formats/zip/mod.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { checkListedFiles } from "../runpack/listed_files.ts";
import { identifyPack } from "./open.ts";
import { verifyPack } from "./verify.ts";

/** Whether bytes are an archive with the manifest of a pack, whatever else is wrong with it. */
export function looksLikePack(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    return openZip(bytes).has(PACK_ENTRY.manifest);
  } catch {
    return false;
  }
}

/**
 * The runpack inside a run or call pack; `undefined` if the bytes are no such pack.
 *
 * INVARIANT: the pack verifies as a whole. Whoever reads a run from a pack takes it that the evidence beside it is
 * sound, and nobody may take back a part of it, such as the proof records, without a word.
 *
 * @param path where the bytes are from, for messages
 * @throws {GaitError} `invalid_input` when it is missing or changed, the pack does not verify, or its manifest
 * can't be read; `verification_failed` when the archive is ambiguous
 */
export async function sourceRunpack(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const archive = openZip(bytes);
  if (!archive.has(PACK_ENTRY.manifest)) return undefined;
  const opened = await identifyPack(archive);
  if (opened.kind !== "pack" || !["run", "call"].includes(opened.manifest.pack_type)) return undefined;
  const listed = opened.manifest.contents.filter(({ path }) => path === PACK_ENTRY.runpack);
  const { missing, mismatches } = await checkListedFiles(archive, listed, [PACK_ENTRY.runpack]);
  if (missing.length > 0 || mismatches.length > 0) {
    throw invalidInput(`Cannot use pack: its ${PACK_ENTRY.runpack} is missing or changed`, {
      hint: `See what changed with: gait pack verify ${pathArgument(path)}`,
    });
  }
  if (!(await verifyPack(bytes)).ok) {
    throw invalidInput(`Cannot use "${path}": the runpack in it is whole, but the pack does not verify`, {
      hint: `See what is wrong with it: gait pack verify ${pathArgument(path)}`,
    });
  }
  return await archive.read(PACK_ENTRY.runpack);
}
