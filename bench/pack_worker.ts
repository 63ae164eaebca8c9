/**
 * One measurement in a separate process, so that peak memory is measured separately:
 *
 * build <file> <intents> write a pack records <intents> canonicalise and digest so many intents verify <file> verify
 * a pack, once, from its bytes raw <file> inflate and hash the same bytes, and nothing else
 *
 * Prints one JSON object; times in milliseconds, memory in bytes.
 */
import { verifyRunpack } from "../lib/runpack/verify.ts";
import { canonicalBytes, canonicalize, type JsonObject } from "../lib/formats/json/mod.ts";
import { hasherFor } from "../lib/signing/mod.ts";
import { inflateAndHash } from "./calibrations.ts";
import { peak } from "./peak.ts";

const TOOLS = ["fs.read", "http.get", "db.query", "shell.run"];

function argumentsOf(i: number): JsonObject {
  return { path: `/data/${i * 7919 % 100_003}.json`, limit: i % 50, recursive: i % 3 === 0 };
}

async function build(file: string, count: number): Promise<JsonObject> {
  const { recordRun } = await import("../lib/runpack/record.ts");
  const { readRecordInput } = await import("../lib/runpack/record_input.ts");
  const { FIXED_CONTEXT } = await import("../lib/runpack/demo.ts");
  const ids = Array.from({ length: count }, (_, i) => i + 1);
  const input: JsonObject = {
    run: { run_id: `run_bench_${count}`, created_at: "2026-01-01T00:00:00Z", producer_version: "bench" },
    intents: ids.map((i) => ({ intent_id: `intent_${i}`, tool_name: TOOLS[i % 4]!, args: argumentsOf(i) })),
    results: ids.map((i) => ({
      intent_id: `intent_${i}`,
      status: "ok",
      result: { ok: true, rows: i * 31 % 977 },
    })),
  };
  const packed = await recordRun(readRecordInput(canonicalBytes(input)), FIXED_CONTEXT);
  await Deno.writeFile(file, packed.bytes);
  return { bytes: packed.bytes.length };
}

async function records(count: number): Promise<JsonObject> {
  const intents = Array.from({ length: count }, (_, i) => argumentsOf(i));
  const hash = await hasherFor(count);
  const started = performance.now();
  for (const intent of intents) canonicalize(intent);
  const canonicalised = performance.now();
  for (const intent of intents) await hash(canonicalBytes(intent));
  return { canonicalise: canonicalised - started, digest: performance.now() - canonicalised };
}

async function timed(work: () => Promise<unknown>): Promise<JsonObject> {
  const started = performance.now();
  await work();
  return { time: performance.now() - started };
}

async function verify(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (!(await verifyRunpack(bytes)).ok) throw new Error("Cannot measure: the pack does not verify");
}

const [mode, first, second] = Deno.args as [string, string, string];
const found = mode === "build"
  ? await build(first, Number(second))
  : mode === "records"
  ? await records(Number(first))
  : await Deno.readFile(first).then((bytes) =>
    timed(() => mode === "raw" ? inflateAndHash(bytes) : verify(bytes))
  );
console.log(JSON.stringify({ ...found, ...peak() }));
