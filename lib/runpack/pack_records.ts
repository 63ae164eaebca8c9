import { canonicalBytes, type JsonObject, writeJsonLines } from "../formats/json/mod.ts";
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
import { type Digest, hasherFor, type PrivateKey, withSignature } from "../signing/mod.ts";
import { manifestDigest } from "./manifest.ts";

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
  /** Contents by entry name. */
  readonly entries: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Id of the key that signed it. */
  readonly keyId?: string;
}

/** Write records as a runpack (docs/spec/core.md 4.1, 4.2). The same records give the same bytes. */
export async function packRecords(records: RunRecords, key?: PrivateKey): Promise<PackedRun> {
  return await packLines({
    ...records,
    intents: writeJsonLines(lazily(records.intents, encodeIntent)),
    results: writeJsonLines(lazily(records.results, encodeResult)),
  }, key);
}

/** The records of a run, with those that may be many already written. */
export interface WrittenRecords extends Pick<RunRecords, "run" | "refs" | "captureMode"> {
  readonly intents: Uint8Array<ArrayBuffer>;
  readonly results: Uint8Array<ArrayBuffer>;
}

/** Write a runpack of records that are written already. */
export async function packLines(records: WrittenRecords, key?: PrivateKey): Promise<PackedRun> {
  const entries = new Map([
    [ENTRY.intents, records.intents],
    [ENTRY.refs, canonicalBytes(encodeRefs(records.refs))],
    [ENTRY.results, records.results],
    [ENTRY.run, canonicalBytes(encodeRun(records.run))],
  ]);
  const files: JsonObject[] = [];
  // Web Crypto hashes a copy of what it is given; a megabyte is worth another hasher, as a thousand records are.
  const size = [...entries.values()].reduce((sum, content) => sum + content.length, 0);
  const hash = await hasherFor(size / 1000);
  for (const [path, content] of entries) files.push({ path, sha256: await hash(content) });
  const unsigned: JsonObject = {
    schema_id: SCHEMA_ID.manifest,
    schema_version: RECORD_VERSION,
    created_at: records.run.created_at,
    producer_version: records.run.producer_version,
    run_id: records.run.run_id,
    capture_mode: records.captureMode,
    files,
  };
  const digest = await manifestDigest(unsigned);
  const complete: JsonObject = { ...unsigned, manifest_digest: digest };
  const manifest = key ? await withSignature(complete, key) : complete;
  const all = new Map<string, Uint8Array<ArrayBuffer>>([...entries, [
    ENTRY.manifest,
    canonicalBytes(manifest),
  ]]);
  const { writeZip } = await import("../formats/zip/write.ts");
  return {
    runId: records.run.run_id,
    manifestDigest: digest,
    bytes: await writeZip([...all].map(([name, content]) => ({ name, content }))),
    entries: all,
    ...(key ? { keyId: key.public.id } : {}),
  };
}

function* lazily<T>(items: readonly T[], encode: (item: T) => JsonObject): Generator<JsonObject> {
  for (const item of items) yield encode(item);
}
