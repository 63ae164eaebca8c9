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

/** Names that logs of agents have. */
const LOG = /\.(?:json|jsonl|ndjson|csv|log|eval|har)$/i;

/** Entries of a runpack or a pack that somebody zipped without its manifest. */
const OURS: ReadonlySet<string> = new Set([
  ...Object.values(ENTRY),
  ...Object.values(PACK_ENTRY),
]);

function isOurs(name: string): boolean {
  return OURS.has(name.slice(name.lastIndexOf("/") + 1));
}

/** What to do with an archive that is no evidence: as a rule somebody zipped it once more, or what was in it. */
export function hintForArchive({ names }: Pick<ZipArchive, "names">): string {
  if (names.includes(ENTRY.manifest)) return "It is a runpack: gait verify verifies it";
  const inner = names.find((name) => name.endsWith(".zip"));
  if (inner === undefined && names.some((name) => LOG.test(name)) && !names.some(isOurs)) {
    return "If it is the log of an agent: gait run import <file> makes runpacks of it, also of a zip";
  }
  return inner === undefined
    ? "Give a pack or a runpack as gait wrote it, not a zip of what was in one"
    : `It holds another archive: unzip it, and give ${inner}`;
}
