/** Hostile runs and runpacks. */
import { diffRunpacks } from "../../lib/runpack/diff.ts";
import { inspectRunpack } from "../../lib/runpack/inspect.ts";
import { readRecordInput } from "../../lib/runpack/record_input.ts";
import { readRunpack, type Runpack } from "../../lib/runpack/read.ts";
import { recordRun } from "../../lib/runpack/record.ts";
import { reduceRunpack } from "../../lib/runpack/reduce.ts";
import { replayRun } from "../../lib/runpack/replay.ts";
import { verifyRunpack } from "../../lib/runpack/verify.ts";
import { canonicalBytes, type JsonObject } from "../../lib/formats/json/mod.ts";
import { AROUND, packSample, repack, unpack } from "../support/sample_run.ts";
import { json, type Readers, SHA, T } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

export const call = (i: number, status = "ok") => ({
  intent: { intent_id: `i${i}`, tool_name: "t", args: { n: i } },
  result: { intent_id: `i${i}`, status, result: { n: i } },
});

/** A run of many calls, as `run record` reads it. */
const run = (n: number, more: JsonObject = {}) =>
  json({
    run: { run_id: "r", created_at: T, timeline: list(n, (i) => ({ event: "e", ts: T, ref: `i${i}` })) },
    intents: list(n, (i) => call(i).intent),
    results: list(n, (i) => call(i).result),
    ...more,
  });

export const receipts = (n: number, prefix: string, digests: JsonObject) => ({
  receipts: list(n, (i) => ({
    ref_id: `${prefix}${i}`,
    source_type: prefix === "trace_i" ? "gait.trace" : "kb",
    source_locator: "x",
    retrieved_at: T,
    redaction_mode: "reference",
    ...digests,
  })),
});

const record = (bytes: Uint8Array) => recordRun(readRecordInput(bytes), AROUND);

const runpack = async (n: number, more: JsonObject = {}): Promise<Runpack> =>
  await readRunpack((await record(run(n, more))).bytes);

async function runpackWithRows(n: number): Promise<Uint8Array> {
  const contents = await unpack((await packSample()).bytes);
  const manifest = JSON.parse(new TextDecoder().decode(contents.get("manifest.json")));
  manifest.files = [...manifest.files, ...list(n, (i) => ({ path: `p${i}`, sha256: SHA }))];
  return await repack(new Map([...contents, ["manifest.json", canonicalBytes(manifest)]]));
}

export const RUNPACKS: Readers = {
  "run record: calls": { size: 500, make: (n) => run(n), read: record },
  "run record: receipts": {
    size: 500,
    make: (n) => run(2, { refs: receipts(n, "ref_", { query_digest: SHA, content_digest: SHA }) }),
    read: record,
  },
  "run record: receipts of traces": {
    size: 500,
    make: (n) => run(n, { refs: receipts(n, "trace_i", {}) }),
    read: record,
  },
  "run inspect": { make: (n) => runpack(n), read: inspectRunpack },
  "run replay": { make: (n) => runpack(n), read: (pack) => replayRun(pack) },
  "run diff": {
    make: async (n) => [await runpack(n), await runpack(n - 1)],
    read: ([a, b]) => diffRunpacks(a, b, "full"),
  },
  "run reduce: nothing fails": {
    make: (n) => runpack(n),
    read: (pack) => reduceRunpack(pack, "missing_result"),
  },
  "run reduce: the last fails": {
    make: (n) => runpack(n, { results: list(n, (i) => call(i, i === n - 1 ? "error" : "ok").result) }),
    read: (pack) => reduceRunpack(pack, "non_ok_status"),
  },
  "runpack verify: rows": { make: runpackWithRows, read: (bytes) => verifyRunpack(bytes) },
};
