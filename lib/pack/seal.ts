import { invalidInput } from "../errors/mod.ts";
import { base64, compareBytewise, utf8 } from "../formats/bytes.ts";
import { canonicalBytes, canonicalize, type JsonObject } from "../formats/json/mod.ts";
import { EPOCH_1980 } from "../formats/time.ts";
import { EVIDENCE_LIMITS } from "../formats/zip/mod.ts";
import { encodePackManifest, type PackManifest } from "../schema/pack.ts";
import { NO_VERSION, PACK_ENTRY, PACK_SCHEMA_ID, type PackType } from "../schema/pack_layout.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import {
  type Digest,
  digestOf,
  type PrivateKey,
  sha256,
  sha256OfChunks,
  signBytes,
  signDocument,
} from "../signing/mod.ts";
import { contentTypeOf, packIdOf } from "./manifest.ts";

/** A file that goes into a pack. */
export interface PackFile {
  readonly path: string;
  /** Whole, or in pieces. */
  readonly content: Uint8Array<ArrayBuffer> | readonly Uint8Array<ArrayBuffer>[];
  /** Whether nobody else reads its pieces, so that they can be given back while the archive is written. */
  readonly isSpent?: boolean;
}

/** The parts of a pack. */
export interface PackSource {
  readonly packType: PackType;
  /** Id of the run, job or call; trimmed here. */
  readonly sourceRef: string;
  readonly producerVersion: string;
  /** All files but manifest and proof records, in any order. */
  readonly files: readonly PackFile[];
}

/** How a pack is sealed. */
export interface SealOptions {
  /** Sign its manifest and its proof records with this key. */
  readonly key?: PrivateKey | undefined;
}

/** A finished pack. */
export interface SealedPack {
  /** Digest of the manifest without its signature. */
  readonly packId: Digest;
  /** Type of the pack. */
  readonly packType: PackType;
  /** Id of the packed run, job or call. */
  readonly sourceRef: string;
  /** The whole archive. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Seal files as a pack: proof records, manifest, signature, archive (docs/spec/pack.md section 1). The same files,
 * version and key give the same bytes, on every platform. Independent of the type of pack.
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
    const pieces = content instanceof Uint8Array ? [content] : content;
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (size > EVIDENCE_LIMITS.entryBytes) {
      throw invalidInput(`Cannot pack "${path}": it is larger than ${EVIDENCE_LIMITS.entryBytes} bytes`, {
        hint: "No reader of packs takes it; split the run, for example by session checkpoints",
      });
    }
    proved.push({
      path,
      type: contentTypeOf(path),
      sha256: await digestOfPieces(pieces, size),
      size,
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
  // Stored without compression, so that every changed bit is detected and any implementation writes the same bytes.
  const bytes = await writeZip(
    [
      ...files,
      { path: PACK_ENTRY.proof, content: proof },
      { path: PACK_ENTRY.manifest, content: canonicalBytes(signed) },
    ].map(({ path, ...file }) => ({ name: path, ...file })),
    "stored",
  );
  return { packId, packType: identity.packType, sourceRef: identity.sourceRef, bytes };
}

async function digestOfPieces(pieces: readonly Uint8Array<ArrayBuffer>[], size: number): Promise<Digest> {
  return pieces.length === 1
    ? await sha256(pieces[0]!)
    : await sha256OfChunks(ReadableStream.from(pieces), size);
}

/** One file of a pack, for its proof record. */
export interface ProvedEntry {
  readonly path: string;
  readonly type: string;
  readonly sha256: string;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** Unix permission bits. */
  readonly mode: number;
}

/** The members that all proof records of a pack share. */
export interface PackIdentity {
  readonly packType: string;
  readonly sourceRef: string;
  readonly producerVersion: string;
}

const HEAD = {
  source: "gait.pack",
  source_product: "gait",
  agent_id: "gait",
  record_type: "tool_invocation",
};

/**
 * The proof records of a pack: one a file, sorted as the files are, each naming the hash of the one before, lines
 * joined without a newline at the end (docs/spec/pack.md 1.5).
 */
export async function makeProofRecords(
  entries: readonly ProvedEntry[],
  { packType, sourceRef, producerVersion }: PackIdentity,
  key?: PrivateKey,
): Promise<Uint8Array<ArrayBuffer>> {
  const lines: string[] = [];
  let previous = "";
  for (const entry of entries) {
    const event: JsonObject = {
      pack_type: packType,
      source_ref: sourceRef,
      producer_version: producerVersion,
      entry_path: entry.path,
      entry_type: entry.type,
      entry_sha256: entry.sha256,
      entry_size_bytes: entry.size,
      entry_permissions: entry.mode,
    };
    const identified: JsonObject = { timestamp: EPOCH_1980, ...HEAD, event };
    const record: JsonObject = {
      ...identified,
      record_id: `prf-${EPOCH_1980}-${(await digestOf(identified)).slice(0, 8)}`,
      record_version: "1.0",
      controls: { permissions_enforced: false },
      metadata: { artifact_kind: "gait.pack.entry" },
    };
    const hash = `sha256:${await digestOf({ ...record, integrity: { previous_record_hash: previous } })}`;
    const integrity: JsonObject = {
      record_hash: hash,
      ...(previous === "" ? {} : { previous_record_hash: previous }),
      ...(key
        ? { signing_key_id: key.public.id, signature: `base64:${base64(await signBytes(key, utf8(hash)))}` }
        : {}),
    };
    lines.push(canonicalize({ ...record, integrity }));
    previous = hash;
  }
  return utf8(lines.join("\n"));
}
