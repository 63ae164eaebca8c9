import { invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { canonicalBytes } from "../formats/json/mod.ts";
import { EPOCH_1980 } from "../formats/time.ts";
import { EVIDENCE_LIMITS } from "../formats/zip/mod.ts";
import { encodePackManifest, type PackManifest } from "../schema/pack.ts";
import { NO_VERSION, PACK_ENTRY, PACK_SCHEMA_ID, type PackType } from "../schema/pack_layout.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { type Digest, type PrivateKey, sha256, signDocument } from "../signing/mod.ts";
import { contentTypeOf, packIdOf } from "./manifest.ts";
import { makeProofRecords, type ProvedEntry } from "./proof_records.ts";

/** A file that goes into a pack. */
export interface PackFile {
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** What a pack is made of. */
export interface PackSource {
  readonly packType: PackType;
  /** Id of the run, job or call; trimmed here. */
  readonly sourceRef: string;
  readonly producerVersion: string;
  /** All files but manifest and proof records, in any order. */
  readonly files: readonly PackFile[];
}

/** A finished pack. */
export interface SealedPack {
  /** Digest of the manifest without its signature. */
  readonly packId: Digest;
  /** What is packed. */
  readonly packType: PackType;
  /** Its id, e.g. that of the run. */
  readonly sourceRef: string;
  /** The whole archive. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Seal files as a pack: proof records, manifest, signature, archive (spec/pack.md section 1). The same files, version
 * and key give the same bytes, on every platform. Nothing here depends on what the files are.
 *
 * @throws {GaitError} `invalid_input` when a file is larger than readers of packs take
 */
export async function sealPack(source: PackSource, key?: PrivateKey): Promise<SealedPack> {
  const identity = {
    packType: source.packType,
    sourceRef: source.sourceRef.trim(),
    producerVersion: source.producerVersion.trim() || NO_VERSION,
  };
  const files = [...source.files].sort((a, b) => compareBytewise(a.path, b.path));
  const proved: ProvedEntry[] = [];
  for (const { path, content } of files) {
    if (content.length > EVIDENCE_LIMITS.entryBytes) {
      throw invalidInput(`Cannot pack "${path}": it is larger than ${EVIDENCE_LIMITS.entryBytes} bytes`, {
        hint: "No reader of packs takes it; split the run, for example by session checkpoints",
      });
    }
    proved.push({
      path,
      type: contentTypeOf(path),
      sha256: await sha256(content),
      size: content.length,
      mode: 0o644,
    });
  }
  const proof = await makeProofRecords(proved, identity, key);
  const rows = [...proved, { path: PACK_ENTRY.proof, type: "jsonl", sha256: await sha256(proof) }];
  const unsigned: PackManifest = {
    schema_id: PACK_SCHEMA_ID.manifest,
    schema_version: RECORD_VERSION,
    created_at: EPOCH_1980,
    producer_version: identity.producerVersion,
    pack_id: "",
    pack_type: identity.packType,
    source_ref: identity.sourceRef,
    contents: rows.map(({ path, sha256, type }) => ({ path, sha256, type }))
      .sort((a, b) => compareBytewise(a.path, b.path)),
    signatures: [],
  };
  const packId = await packIdOf(unsigned);
  const manifest = encodePackManifest({ ...unsigned, pack_id: packId });
  const signed = key ? { ...manifest, signatures: [{ ...await signDocument(manifest, key) }] } : manifest;
  const { writeZip } = await import("../formats/zip/write.ts");
  // Stored: so not one bit of a pack can be changed unseen, and any language writes the same bytes.
  const bytes = await writeZip(
    [
      ...files,
      { path: PACK_ENTRY.proof, content: proof },
      { path: PACK_ENTRY.manifest, content: canonicalBytes(signed) },
    ].map(({ path, content }) => ({ name: path, content })),
    "stored",
  );
  return { packId, packType: identity.packType, sourceRef: identity.sourceRef, bytes };
}
