import { GaitError, invalidInput, verificationFailed } from "../errors/mod.ts";
import { EVIDENCE_LIMITS, openZip, type ZipArchive } from "../formats/zip/mod.ts";
import type { PackManifest } from "../schema/pack.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { ENTRY } from "../schema/runpack_layout.ts";
import { readSignedManifest } from "../runpack/manifest.ts";
import { checkPackManifest } from "./manifest.ts";

/** An archive and what kind of evidence it is. */
export type OpenedPack =
  | { readonly kind: "pack"; readonly archive: ZipArchive; readonly manifest: PackManifest }
  | { readonly kind: "runpack"; readonly archive: ZipArchive }
  | { readonly kind: "guard"; readonly archive: ZipArchive };

const GUARD_SCHEMA_ID = "gait.guard.pack_manifest";

/** Packs are small or stored, so reading every bit of them is cheap: the padding inside a deflate stream, too. */
const PACK_LIMITS = { ...EVIDENCE_LIMITS, ownInflateBytes: EVIDENCE_LIMITS.entryBytes };

/**
 * Open an archive that may be a pack (docs/spec/pack.md 4, steps 1 and 2).
 *
 * @throws {GaitError} `invalid_input` when it has no manifest at all, `verification_failed` when it is ambiguous
 */
export function openPackArchive(bytes: Uint8Array<ArrayBuffer>): ZipArchive {
  const archive = openZip(bytes, PACK_LIMITS);
  if (archive.has(PACK_ENTRY.manifest) || archive.has(ENTRY.manifest)) return archive;
  throw invalidInput(`Cannot read pack: it has no ${PACK_ENTRY.manifest}`);
}

/**
 * Tell a pack from the two forms that came before packs (docs/spec/pack.md 4 step 3, and 4.2).
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

/** Open an archive as a pack or what came before packs. */
export async function openPack(bytes: Uint8Array<ArrayBuffer>): Promise<OpenedPack> {
  return await identifyPack(openPackArchive(bytes));
}

/** Only `pack verify` takes an evidence pack of the guard (docs/spec/pack.md 4.2). */
export function refuseGuard(): GaitError {
  return invalidInput("Cannot use an evidence pack of the guard here: it can only be verified", {
    hint: "Verify it with: gait pack verify <path>",
  });
}

/** Run a step of a verification: what can't be read inside an artifact is a flaw of the artifact, not of the call. */
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

/** Entries are kept while they are not larger than this together. Bytes. */
const KEPT = 16 * 1024 * 1024;

/**
 * An archive that inflates entries once, as long as they are small together: most packs are. What is larger passes by
 * in pieces and is inflated anew where its content is asked for, so that no archive decides how much memory it takes;
 * the bytes it is inflated from are the same.
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
