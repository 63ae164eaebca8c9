import { GaitError, messageOf, verificationFailed } from "../errors/mod.ts";
import { AMBIGUOUS, type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { MANIFEST_LIMITS, readDocument } from "../formats/zip/documents.ts";

/**
 * Read the manifest of an archive, which may be signed.
 *
 * @throws {GaitError} `invalid_input` when it can't be read or is too large, `verification_failed` when its bytes can be
 * read in two ways: readers would disagree on what was signed
 */
export async function readSignedManifest(archive: ZipArchive, name: string): Promise<JsonObject> {
  try {
    return readJsonObject(await readDocument(archive, name, MANIFEST_LIMITS), { what: name, signed: true });
  } catch (error) {
    const detail = error instanceof GaitError ? error.detail : undefined;
    if (detail === undefined || !AMBIGUOUS.includes(detail)) throw error;
    throw verificationFailed(messageOf(error), { detail, cause: error });
  }
}
