import { GaitError, verificationFailed } from "../errors/mod.ts";
import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { MANIFEST_LIMITS, readDocument } from "./documents.ts";

/**
 * Read the manifest of an archive, which may be signed.
 *
 * @throws {GaitError} `invalid_input` when it can't be read or is too large, `verification_failed` when a key occurs twice in it:
 * readers would disagree on what was signed
 */
export async function readSignedManifest(archive: ZipArchive, name: string): Promise<JsonObject> {
  try {
    return readJsonObject(await readDocument(archive, name, MANIFEST_LIMITS), {
      what: name,
      duplicates: "refuse",
    });
  } catch (error) {
    if (error instanceof GaitError && error.detail === "duplicate_json_key") {
      throw verificationFailed(error.message, { detail: error.detail, cause: error });
    }
    throw error;
  }
}
