import { invalidInput } from "../errors/mod.ts";
import { type JsonObject, without } from "../formats/json/mod.ts";
import type { ZipArchive } from "../formats/zip/mod.ts";
import { decode } from "../schema/fields.ts";
import { ENTRY, RECORD_VERSION, SCHEMA_ID } from "../schema/runpack_layout.ts";
import { type Manifest, manifestSchema } from "../schema/runpack_manifest.ts";
import { type Digest, digestOf } from "../signing/mod.ts";
import { readSignedManifest } from "./signed_manifest.ts";

/** A manifest as it was read: the typed view, and the document that digest and signature are taken over. */
export interface StoredManifest {
  readonly manifest: Manifest;
  readonly document: JsonObject;
}

/**
 * Read the manifest of a runpack.
 *
 * @throws {GaitError} `invalid_input` when there is none, or it is of another kind, version, or without run id;
 * `verification_failed` when a key occurs twice in it
 */
export async function readManifest(archive: ZipArchive): Promise<StoredManifest> {
  if (!archive.has(ENTRY.manifest)) throw invalidInput(`Cannot read runpack: it has no ${ENTRY.manifest}`);
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
 * (docs/spec/core.md 4.2). Taken over the stored document, so that a member nobody knows is covered too.
 */
export function manifestDigest(document: JsonObject): Promise<Digest> {
  return digestOf({ ...without(document, "signatures"), manifest_digest: "" });
}

/** The digest that signatures of a manifest are over. */
export function signedDigest(document: JsonObject): Promise<Digest> {
  return digestOf(without(document, "signatures"));
}
