import { invalidInput } from "../../errors/mod.ts";
import { jsonWeight } from "../json/weight.ts";
import type { ZipArchive } from "./mod.ts";

/** How large a document inside an archive may be. */
export interface DocumentLimits {
  /** Bytes, uncompressed. */
  readonly bytes: number;
  /** Memory of its values in bytes, as {@linkcode jsonWeight} estimates. */
  readonly weight: number;
}

const MIB = 1 << 20;

/**
 * Limits of JSON and JSONL documents whose values are kept while an archive is checked (docs/spec/pack.md section 4).
 */
export const DOCUMENT_LIMITS: DocumentLimits = { bytes: 32 * MIB, weight: 96 * MIB };

/** Limits of manifests: an archive has at most 10,000 entries, whose rows take 1 to 2 MiB. */
export const MANIFEST_LIMITS: DocumentLimits = { bytes: 4 * MIB, weight: 32 * MIB };

/** Limits of the lists of a call, of which four are in memory at once. */
export const CALL_LIST_LIMITS: DocumentLimits = { bytes: 8 * MIB, weight: 24 * MIB };

/**
 * Read an entry that is parsed as a whole. An archive of 0.1 MB can contain documents of 100 MiB whose values would
 * take gigabytes, so each is measured before parsing.
 *
 * @throws {GaitError} `invalid_input` when it is too large, or can't be read
 */
export async function readDocument(
  archive: ZipArchive,
  name: string,
  limits: DocumentLimits = DOCUMENT_LIMITS,
): Promise<Uint8Array<ArrayBuffer>> {
  refuseLarge(name, archive.sizeOf(name) ?? 0, limits);
  const bytes = await archive.read(name);
  refuseHeavy(name, bytes, limits);
  return bytes;
}

/** @throws {GaitError} `invalid_input` for a document of more bytes than it may have */
export function refuseLarge(name: string, size: number, limits: DocumentLimits = DOCUMENT_LIMITS): void {
  if (size <= limits.bytes) return;
  throw tooLarge(`Cannot read ${name}: it is larger than ${limits.bytes / MIB} MiB`);
}

/** @throws {GaitError} `invalid_input` for a document whose values take more memory than they may */
export function refuseHeavy(
  name: string,
  bytes: Uint8Array,
  limits: DocumentLimits = DOCUMENT_LIMITS,
): void {
  if (jsonWeight(bytes) <= limits.weight) return;
  throw tooLarge(`Cannot read ${name}: its values take more than ${limits.weight / MIB} MiB of memory`);
}

function tooLarge(message: string) {
  return invalidInput(message, {
    detail: "document_too_large",
    hint: "Do not trust this archive: no document of gait is that large",
  });
}
