import { base64, utf8 } from "../formats/bytes.ts";
import { canonicalize, type JsonObject } from "../formats/json/mod.ts";
import { EPOCH_1980 } from "../formats/time.ts";
import { digestOf, type PrivateKey, signBytes } from "../signing/mod.ts";

/** One file of a pack, as its proof record describes it. */
export interface ProvedEntry {
  readonly path: string;
  readonly type: string;
  readonly sha256: string;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** Unix permission bits. */
  readonly mode: number;
}

/** What all proof records of a pack have in common. */
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
