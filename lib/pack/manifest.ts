import { invalidInput } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { isZeroTime } from "../formats/time.ts";
import { decode } from "../schema/fields.ts";
import { encodePackManifest, type PackManifest, packManifestSchema } from "../schema/pack.ts";
import { PACK_ENTRY, PACK_SCHEMA_ID, PACK_TYPES, type PackType } from "../schema/pack_layout.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { type Digest, digestOf, isHexDigest } from "../signing/mod.ts";

/** Whether a text has the form of a digest; surrounding white space is allowed (docs/spec/pack.md, conventions). */
export function isDigestForm(text: string): boolean {
  return isHexDigest(text.trim());
}

/**
 * Check a document as the manifest of a pack (docs/spec/pack.md 1.3, 4 step 3).
 *
 * @throws {GaitError} `invalid_input` when it breaks the contract
 */
export function checkPackManifest(document: JsonObject): PackManifest {
  const what = PACK_ENTRY.manifest;
  const manifest = decode(packManifestSchema, document, what);
  const refuse = (reason: string): never => {
    throw invalidInput(`Cannot read ${what}: ${reason}`);
  };
  if (manifest.schema_id !== PACK_SCHEMA_ID.manifest || manifest.schema_version !== RECORD_VERSION) {
    refuse(
      `it is "${manifest.schema_id}" ${manifest.schema_version}, expected ${PACK_SCHEMA_ID.manifest} ${RECORD_VERSION}`,
    );
  }
  if (!PACK_TYPES.includes(manifest.pack_type as PackType)) {
    refuse(`pack_type "${manifest.pack_type}" is unknown`);
  }
  if (manifest.source_ref.trim() === "") refuse("source_ref is missing");
  if (isZeroTime(manifest.created_at)) refuse("created_at is missing");
  if (manifest.producer_version.trim() === "") refuse("producer_version is missing");
  if (!isDigestForm(manifest.pack_id)) refuse("pack_id must be 64 hex digits");
  for (const { path, sha256, type } of manifest.contents) {
    if (path.trim() === "") refuse("an entry has no path");
    if (!isDigestForm(sha256)) refuse(`sha256 of "${path}" must be 64 hex digits`);
    if (type.trim() === "") refuse(`entry "${path}" has no type`);
  }
  for (const { alg, key_id, sig, signed_digest } of manifest.signatures) {
    if (alg.trim() === "" || key_id.trim() === "" || sig.trim() === "") refuse("a signature is incomplete");
    if (signed_digest !== "" && !isDigestForm(signed_digest)) refuse("signed_digest must be 64 hex digits");
  }
  return manifest;
}

/** The required id of a manifest: its digest with an empty `pack_id` and without signatures (docs/spec/pack.md 1.4). */
export function packIdOf(manifest: PackManifest): Promise<Digest> {
  return digestOf(encodePackManifest({ ...manifest, pack_id: "", signatures: [] }));
}

/** The digest that signatures of a manifest cover. */
export function packSignedDigest(manifest: PackManifest): Promise<Digest> {
  return digestOf(encodePackManifest({ ...manifest, signatures: [] }));
}

/** The digest of a manifest including signatures, which identifies it in exports and comparisons. */
export function packManifestDigest(manifest: PackManifest): Promise<Digest> {
  return digestOf(encodePackManifest(manifest));
}

/** The content type of an entry by its name (docs/spec/pack.md 1.3). */
export function contentTypeOf(path: string): string {
  const lower = path.toLowerCase();
  return lower.endsWith(".json")
    ? "json"
    : lower.endsWith(".jsonl")
    ? "jsonl"
    : lower.endsWith(".zip")
    ? "zip"
    : "blob";
}
