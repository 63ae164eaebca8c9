import { GaitError, invalidInput, messageOf, verificationFailed } from "../errors/mod.ts";
import { AMBIGUOUS, type JsonObject, readJsonObject, without } from "../formats/json/mod.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { decode } from "../schema/fields.ts";
import { ENTRY, RECORD_VERSION, SCHEMA_ID } from "../schema/runpack_layout.ts";
import { type Manifest, manifestSchema } from "../schema/runpack_manifest.ts";
import { type Digest, digestOf } from "../signing/mod.ts";
import { MANIFEST_LIMITS, readDocument } from "../formats/zip/documents.ts";

/** A manifest as read: the typed view, and the document that digest and signature cover. */
export interface StoredManifest {
  readonly manifest: Manifest;
  readonly document: JsonObject;
}

/**
 * Read the manifest of a runpack.
 *
 * @throws {GaitError} `invalid_input` if it is missing, of another kind or version, or without run id;
 * `verification_failed` if it has duplicate keys
 */
export async function readManifest(archive: ZipArchive): Promise<StoredManifest> {
  if (!archive.has(ENTRY.manifest)) {
    const { noManifest } = await import("./no_manifest.ts");
    throw noManifest(archive);
  }
  const document = await readSignedManifest(archive, ENTRY.manifest);
  const manifest = decode(manifestSchema, document, ENTRY.manifest);
  if (manifest.schema_id !== SCHEMA_ID.manifest || manifest.schema_version !== RECORD_VERSION) {
    throw invalidInput(
      `Cannot read runpack: manifest is "${manifest.schema_id}" ${manifest.schema_version}, ` +
        `expected "${SCHEMA_ID.manifest}" ${RECORD_VERSION}`,
    );
  }
  if (manifest.run_id === "") throw invalidInput("Cannot read runpack: manifest has no run id");
  return { manifest, document };
}

/**
 * The digest of a manifest: over the document with an empty `manifest_digest` and without signatures
 * (docs/spec/core.md 4.2). Computed over the stored document, so that it covers unknown members too.
 */
export function manifestDigest(document: JsonObject): Promise<Digest> {
  return digestOf({ ...without(document, "signatures"), manifest_digest: "" });
}

/** The digest that signatures of a manifest cover. */
export function signedDigest(document: JsonObject): Promise<Digest> {
  return digestOf(without(document, "signatures"));
}

/**
 * Read the manifest of an archive, which may be signed.
 *
 * @throws {GaitError} `invalid_input` when it can't be read or is too large, `verification_failed` if it is
 * ambiguous, so that readers would disagree about what was signed
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
