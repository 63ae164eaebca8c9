import { keyFromSeed, type PrivateKey, type PublicKey, type TrustedKeys } from "../../lib/signing/mod.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { parseTime } from "../../lib/formats/time.ts";
import { openZip } from "../../lib/formats/zip/mod.ts";
import { writeZip } from "../../lib/formats/zip/write.ts";
import type { PackedRun } from "../../lib/runpack/pack_records.ts";
import { type RecordContext, recordRun } from "../../lib/runpack/record.ts";
import { readRecordInput } from "../../lib/runpack/record_input.ts";

/** A context that differs from all defaults. */
export const AROUND: Required<RecordContext> = {
  now: parseTime("2026-03-01T10:00:00Z"),
  os: "testos",
  arch: "testarch",
  producer: "0.0.0-test",
};

const T = "2026-03-01T09:00:00Z";
const SHA = "ab".repeat(32);

/** A run of three calls: one that worked, one that failed, one without result. */
export const SAMPLE = {
  run: {
    run_id: "run_sample",
    created_at: T,
    producer_version: "1.2.3",
    env: { os: "linux", arch: "amd64", runtime: "deno" },
    timeline: [
      { event: "start", ts: T },
      { event: "call", ts: T, ref: "i1" },
      { event: "call", ts: T, ref: "i2" },
      { event: "call", ts: T, ref: "i3" },
    ],
  },
  intents: [
    { intent_id: "i1", tool_name: "tool.search", args: { query: "q", input_ref: "ref_1" } },
    { intent_id: "i2", tool_name: "tool.fetch", args: { url: "https://example.local", note: "ref_2" } },
    { intent_id: "i3", tool_name: "tool.other", args: { deep: [{ my_reference: " ref_3 " }] } },
  ],
  results: [
    { intent_id: "i1", status: "ok", result: { verdict: " allow ", reason_codes: ["b", " a", "b"] } },
    { intent_id: "i2", status: "error", result: { message: "boom" } },
  ],
  refs: {
    receipts: ["ref_3", "ref_1", "ref_2", "ref_4"].map((ref_id) => ({
      ref_id,
      source_type: "web",
      source_locator: `https://example.local/${ref_id}`,
      query_digest: SHA,
      content_digest: SHA,
      retrieved_at: T,
      redaction_mode: "reference",
    })),
  },
  capture_mode: "raw",
};

/** The sample, with whatever a test changes in a copy of it. */
export async function packSample(
  // deno-lint-ignore no-explicit-any -- tests break the shape on purpose
  change: (run: any) => void = () => {},
  key?: PrivateKey,
): Promise<PackedRun> {
  const run = structuredClone(SAMPLE);
  change(run);
  return await recordRun(readRecordInput(utf8(JSON.stringify(run))), AROUND, key ? { key } : {});
}

/** A key that is always the same. */
export function testKey(n: number): Promise<PrivateKey> {
  return keyFromSeed(new Uint8Array(32).fill(n));
}

/** All contents of an archive. */
export async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Map<string, Uint8Array>> {
  const archive = openZip(bytes);
  const contents = new Map<string, Uint8Array>();
  for (const name of archive.names) contents.set(name, await archive.read(name));
  return contents;
}

/** An archive of contents; whatever was done to them, checksums and sizes are right. */
export function repack(contents: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return writeZip([...contents].map(([name, content]) => ({ name, content })));
}

/** A key that is trusted because a flag named it. */
export const byFlag = (key: PublicKey): TrustedKeys => ({ source: "flag", key });

/** A key that is trusted because it is in the trust folder. */
export const byStore = (key: PublicKey): TrustedKeys => ({
  source: "store",
  keys: new Map([[key.id, { key, name: "alice" }]]),
});
