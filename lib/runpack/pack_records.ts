import { utf8 } from "../formats/bytes.ts";
import { canonicalize, type JsonObject } from "../formats/json/mod.ts";
import {
  encodeIntent,
  encodeRefs,
  encodeResult,
  encodeRun,
  type Intent,
  type Refs,
  type Result,
  type Run,
} from "../schema/runpack.ts";
import { ENTRY, RECORD_VERSION, SCHEMA_ID } from "../schema/runpack_layout.ts";
import { type Digest, type PrivateKey, withSignature } from "../signing/mod.ts";
import { manifestDigest } from "./manifest.ts";
import { sealDocument, type SealedEntry, sealLines } from "./seal_entry.ts";

/** A run and its records. */
export interface RecordedRun {
  /** The run itself. */
  readonly run: Run;
  /** The intents, in order. */
  readonly intents: readonly Intent[];
  /** The results. */
  readonly results: readonly Result[];
  /** Receipts of the context. */
  readonly refs: Refs;
}

/** The complete, normalised records of a run. */
export interface RunRecords extends RecordedRun {
  readonly captureMode: string;
}

/** A finished runpack. */
export interface PackedRun {
  readonly runId: string;
  readonly manifestDigest: Digest;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The text of its manifest, which has the digest of every other entry. */
  readonly manifest: string;
  /** Whether it is far from everything that a reader refuses: large entries, long lines, deep values. */
  readonly isEasilyRead: boolean;
  /** Id of the key that signed it. */
  readonly keyId?: string;
}

/** Write records as a runpack (docs/spec/core.md 4.1, 4.2). The same records give the same bytes. */
export async function packRecords(records: RunRecords, key?: PrivateKey): Promise<PackedRun> {
  return await packEntries({
    ...records,
    intents: await sealLines(
      ENTRY.intents,
      records.intents,
      (lines, intent) => lines.add(canonicalize(encodeIntent(intent))),
    ),
    results: await sealLines(
      ENTRY.results,
      records.results,
      (lines, result) => lines.add(canonicalize(encodeResult(result))),
    ),
  }, key);
}

/** The records of a run, with those that may be many already sealed. */
export interface SealedRecords extends Pick<RunRecords, "run" | "refs" | "captureMode"> {
  readonly intents: SealedEntry;
  readonly results: SealedEntry;
}

/** Write a runpack of records that are sealed already. */
export async function packEntries(records: SealedRecords, key?: PrivateKey): Promise<PackedRun> {
  const entries = [
    records.intents,
    await sealDocument(ENTRY.refs, canonicalize(encodeRefs(records.refs))),
    records.results,
    await sealDocument(ENTRY.run, canonicalize(encodeRun(records.run))),
  ];
  const unsigned: JsonObject = {
    schema_id: SCHEMA_ID.manifest,
    schema_version: RECORD_VERSION,
    created_at: records.run.created_at,
    producer_version: records.run.producer_version,
    run_id: records.run.run_id,
    capture_mode: records.captureMode,
    files: entries.map(({ path, sha256 }) => ({ path, sha256 })),
  };
  const digest = await manifestDigest(unsigned);
  const complete: JsonObject = { ...unsigned, manifest_digest: digest };
  const manifest = canonicalize(key ? await withSignature(complete, key) : complete);
  const { writeZip } = await import("../formats/zip/write.ts");
  const all = [...entries, { path: ENTRY.manifest, content: utf8(manifest) }];
  return {
    runId: records.run.run_id,
    manifestDigest: digest,
    bytes: await writeZip(all.map(({ path, content }) => ({ name: path, content }))),
    manifest,
    isEasilyRead: entries.every((entry) => entry.isEasilyRead),
    ...(key ? { keyId: key.public.id } : {}),
  };
}
