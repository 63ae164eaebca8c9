import { GaitError, invalidInput, verificationFailed } from "../errors/mod.ts";
import { EVIDENCE_LIMITS, openZip, type ZipArchive } from "../formats/zip/mod.ts";
import type { PackManifest } from "../schema/pack.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import { hintForArchive } from "../runpack/no_manifest.ts";
import { readSignedManifest } from "../runpack/manifest.ts";
import { checkPackManifest } from "./manifest.ts";

/** An archive with its kind of evidence. */
export type OpenedPack =
  | { readonly kind: "pack"; readonly archive: ZipArchive; readonly manifest: PackManifest }
  | { readonly kind: "runpack"; readonly archive: ZipArchive }
  | { readonly kind: "guard"; readonly archive: ZipArchive };

const GUARD_SCHEMA_ID = "gait.guard.pack_manifest";

/** Packs are small or stored, so checking every bit is cheap, including the padding of deflate streams. */
const PACK_LIMITS = { ...EVIDENCE_LIMITS, ownInflateBytes: EVIDENCE_LIMITS.entryBytes };

/**
 * Open an archive that may be a pack (docs/spec/pack.md 4, steps 1 and 2).
 *
 * @throws {GaitError} `invalid_input` when it has no manifest at all, `verification_failed` when it is ambiguous
 */
export function openPackArchive(bytes: Uint8Array<ArrayBuffer>): ZipArchive {
  const archive = openZip(bytes, PACK_LIMITS);
  if (archive.has(PACK_ENTRY.manifest) || archive.has(ENTRY.manifest)) return archive;
  throw invalidInput(`Cannot read pack: it has no ${PACK_ENTRY.manifest}`, { hint: hintForArchive(archive) });
}

/**
 * Distinguish packs from the two older forms (docs/spec/pack.md 4 step 3, and 4.2).
 *
 * @throws {GaitError} `invalid_input` when the manifest breaks its contract, `verification_failed` when it is
 * ambiguous
 */
export async function identifyPack(archive: ZipArchive): Promise<OpenedPack> {
  if (!archive.has(PACK_ENTRY.manifest)) return { kind: "runpack", archive };
  const document = await readSignedManifest(archive, PACK_ENTRY.manifest);
  if (document.schema_id === GUARD_SCHEMA_ID) return { kind: "guard", archive };
  return { kind: "pack", archive, manifest: checkPackManifest(document) };
}

/** Open an archive as a pack or an older form. */
export async function openPack(bytes: Uint8Array<ArrayBuffer>): Promise<OpenedPack> {
  return await identifyPack(openPackArchive(bytes));
}

/** Only `pack verify` takes an evidence pack of the guard (docs/spec/pack.md 4.2). */
export function refuseGuard(): GaitError {
  return invalidInput("Cannot use an evidence pack of the guard here: it can only be verified", {
    hint: "Verify it with: gait pack verify <path>",
  });
}

/** Run a verification step: unreadable content is a failure of the artifact, not invalid input. */
export async function proving<T>(step: () => Promise<T> | T): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    throw verificationFailed(error.message, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    });
  }
}

/** The most bytes of entry contents that are cached. */
const KEPT = 16 * 1024 * 1024;

/**
 * Wrap an archive so that entries are inflated once while they fit the cache, as in most packs. Larger ones are
 * streamed and inflated again when read again, from the same bytes, so that an archive can't exhaust memory.
 */
export function keepContents(archive: ZipArchive): ZipArchive {
  const contents = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  let room = KEPT;
  const read = (name: string) => {
    const kept = contents.get(name);
    if (kept) return kept;
    const content = archive.read(name);
    const size = archive.sizeOf(name) ?? 0;
    if (size <= room) {
      room -= size;
      contents.set(name, content);
    }
    return content;
  };
  return {
    ...archive,
    read,
    async *chunks(name) {
      if (contents.has(name) || (archive.sizeOf(name) ?? 0) <= room) yield await read(name);
      else yield* archive.chunks(name);
    },
  };
}
