import { compareBytewise } from "../formats/bytes.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { type Digest, equalHex, sha256OfChunks } from "../signing/mod.ts";

/** A file and digest that a manifest lists. */
export interface ListedFile {
  readonly path: string;
  readonly sha256: string;
}

/** A digest that is not the listed one. */
export interface HashMismatch {
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** How an archive differs from its manifest. */
export interface FileFindings {
  readonly missing: readonly string[];
  readonly mismatches: readonly HashMismatch[];
}

/**
 * Compare every listed file with what the archive holds. Both lists are sorted by path; a path listed twice is
 * reported twice (spec/core.md 6.1).
 *
 * @param required entries that the manifest must list
 * @throws {GaitError} `invalid_input` when an entry can't be read
 */
export async function checkListedFiles(
  archive: ZipArchive,
  listed: readonly ListedFile[],
  required: readonly string[] = [],
): Promise<{ missing: string[]; mismatches: HashMismatch[] }> {
  const missing: string[] = [];
  const mismatches: HashMismatch[] = [];
  const known = new Map<string, Digest>();
  for (const { path, sha256: expected } of listed) {
    const size = archive.sizeOf(path);
    if (size === undefined) {
      missing.push(path);
      continue;
    }
    const actual = known.get(path) ?? await sha256OfChunks(archive.chunks(path), size);
    known.set(path, actual);
    if (!equalHex(expected, actual)) mismatches.push({ path, expected, actual });
  }
  missing.push(...required.filter((path) => !listed.some((file) => file.path === path)));
  return {
    missing: missing.sort(compareBytewise),
    mismatches: mismatches.sort((a, b) => compareBytewise(a.path, b.path)),
  };
}
