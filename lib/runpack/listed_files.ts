import { compareBytewise } from "../formats/bytes.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { type Digest, equalHex, sha256OfChunks, type SignatureReport } from "../signing/mod.ts";
import { append } from "../formats/lists.ts";

/** A file with its digest as listed in a manifest. */
export interface ListedFile {
  readonly path: string;
  readonly sha256: string;
}

/** A digest mismatch. */
export interface HashMismatch {
  /** Path of the file. */
  readonly path: string;
  /** The listed digest. */
  readonly expected: string;
  /** The actual digest. */
  readonly actual: string;
}

/** How an archive differs from its manifest. */
export interface FileFindings {
  readonly missing: readonly string[];
  readonly mismatches: readonly HashMismatch[];
}

/** The verification result of the files of an archive. */
export interface ArchiveReport {
  /** Files whose digests were compared. */
  readonly filesChecked: number;
  /** Listed paths that are missing from the archive. */
  readonly missingFiles: readonly string[];
  /** Files whose content differs from the manifest. */
  readonly hashMismatches: readonly HashMismatch[];
  /** Entries that the manifest does not list: anyone who handled the archive may have added them. */
  readonly undeclaredFiles: readonly string[];
  /** The verification result of the signatures. */
  readonly signature: SignatureReport;
}

/**
 * Compare every listed file with the archive. Both lists are sorted by path; a path listed twice is reported twice
 * (docs/spec/core.md 6.1).
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

/** Entries up to this size in bytes are hashed concurrently, because Web Crypto digests on other threads. */
const SIDE_BY_SIDE = 64 * 1024;

/** How many entries are hashed concurrently. */
const AT_ONCE = 16;

/** Digests of entries, computed once each: small ones concurrently, large ones sequentially on demand. */
function hashEntries(archive: ZipArchive, paths: Iterable<string>): (path: string) => Promise<Digest> {
  const hash = (path: string) => sha256OfChunks(archive.chunks(path), archive.sizeOf(path) ?? 0);
  const taken = new Map<string, Promise<Digest>>();
  for (const path of paths) {
    if (taken.size >= AT_ONCE) break; // each keeps its content in memory until it is hashed
    if (!archive.has(path) || archive.sizeOf(path)! > SIDE_BY_SIDE) continue;
    const digest = hash(path);
    digest.catch(() => {}); // reported when it is awaited, in the order of the manifest
    taken.set(path, digest);
  }
  return (path) => {
    const digest = taken.get(path) ?? hash(path);
    taken.set(path, digest);
    return digest;
  };
}
