import { compareBytewise } from "../formats/bytes.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { type Digest, equalHex, sha256OfChunks, type SignatureReport } from "../signing/mod.ts";
import { append } from "../formats/lists.ts";

/** A file and digest that a manifest lists. */
export interface ListedFile {
  readonly path: string;
  readonly sha256: string;
}

/** A digest that is not the listed one. */
export interface HashMismatch {
  /** Path of the file. */
  readonly path: string;
  /** The digest that is listed. */
  readonly expected: string;
  /** The digest that it has. */
  readonly actual: string;
}

/** How an archive differs from its manifest. */
export interface FileFindings {
  readonly missing: readonly string[];
  readonly mismatches: readonly HashMismatch[];
}

/** What verifying an archive found out about its files. */
export interface ArchiveReport {
  /** Files whose digests were compared. */
  readonly filesChecked: number;
  /** Paths that the manifest names and the archive lacks. */
  readonly missingFiles: readonly string[];
  /** Files whose content is not what the manifest says. */
  readonly hashMismatches: readonly HashMismatch[];
  /** Entries that the manifest does not vouch for: whoever passed the archive on can have put them there. */
  readonly undeclaredFiles: readonly string[];
  /** What the signatures come to. */
  readonly signature: SignatureReport;
}

/**
 * Compare every listed file with what the archive holds. Both lists are sorted by path; a path listed twice is
 * reported twice (docs/spec/core.md 6.1).
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
  const paths = new Set(listed.map(({ path }) => path));
  const digests = hashEntries(archive, paths);
  for (const { path, sha256: expected } of listed) {
    if (!archive.has(path)) {
      missing.push(path);
      continue;
    }
    const actual = await digests(path);
    if (!equalHex(expected, actual)) mismatches.push({ path, expected, actual });
  }
  append(missing, required.filter((path) => !paths.has(path)));
  return {
    missing: missing.sort(compareBytewise),
    mismatches: mismatches.sort((a, b) => compareBytewise(a.path, b.path)),
  };
}

/** Entries up to this size are hashed side by side, since each digest is made on another thread. Bytes. */
const SIDE_BY_SIDE = 64 * 1024;

/** Entries that are hashed at the same time. */
const AT_ONCE = 16;

/** Digests of entries, each taken once: small ones start at once, large ones one after the other when asked for. */
function hashEntries(archive: ZipArchive, paths: Iterable<string>): (path: string) => Promise<Digest> {
  const hash = (path: string) => sha256OfChunks(archive.chunks(path), archive.sizeOf(path) ?? 0);
  const taken = new Map<string, Promise<Digest>>();
  for (const path of paths) {
    if (taken.size >= AT_ONCE) break; // each holds its content in memory until it is hashed
    if (!archive.has(path) || archive.sizeOf(path)! > SIDE_BY_SIDE) continue;
    const digest = hash(path);
    digest.catch(() => {}); // reported where it is asked for, in the order of the manifest
    taken.set(path, digest);
  }
  return (path) => {
    const digest = taken.get(path) ?? hash(path);
    taken.set(path, digest);
    return digest;
  };
}
