import { type GaitError, invalidInput } from "../errors/mod.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { ENTRY } from "../schema/runpack_layout.ts";

/**
 * The error about an archive that has no manifest of a runpack. Packs are told from other archives, because many
 * commands take both. In a module of its own, which a verification loads only when it fails.
 */
export function noManifest(archive: ZipArchive): GaitError {
  const message = `Cannot read runpack: it has no ${ENTRY.manifest}`;
  if (!archive.has(PACK_ENTRY.runpack)) return invalidInput(message, { hint: hintForArchive(archive) });
  return invalidInput(message, {
    hint:
      `It is a pack, which holds the runpack: unzip -p <pack> ${PACK_ENTRY.runpack} > runpack.zip, and give that`,
  });
}

/** What to do with an archive that is no evidence: as a rule somebody zipped it once more, or what was in it. */
export function hintForArchive({ names }: Pick<ZipArchive, "names">): string {
  if (names.includes(ENTRY.manifest)) return "It is a runpack: gait verify verifies it";
  const inner = names.find((name) => name.endsWith(".zip"));
  return inner === undefined
    ? "Give a pack or a runpack as gait wrote it, not a zip of what was in one"
    : `It holds another archive: unzip it, and give ${inner}`;
}
