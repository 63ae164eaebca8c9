import { GaitError, invalidInput, invalidOption } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { folderOf } from "../formats/path.ts";
import { isJsonObject, type JsonObject, type JsonValue, MAX_DEPTH } from "../formats/json/mod.ts";
import { toUtc } from "../formats/time.ts";
import type { Intent, Refs, Result } from "../schema/runpack.ts";
import { envelopeOfRefs } from "./context.ts";
import { runpackFile } from "./locate.ts";
import { type PackedRun, packRecords } from "./pack_records.ts";
import { readRunpack, type Runpack } from "./read.ts";
import { normalizeRefs } from "./refs.ts";
import { isTraceReceipt } from "./trace_receipts.ts";

/** The kind of failure to reduce to (docs/spec/core.md 5.6). */
export const PREDICATES = ["missing_result", "non_ok_status"] as const;
export type Predicate = typeof PREDICATES[number];

/** The schema of the report about a reduced run. */
export const REDUCE_REPORT_SCHEMA_ID = "gait.runpack.reduce_report";

/** Where a reduced run goes unless somebody says otherwise: beside the run that it is made of. */
export function reducedPath(source: string, runId: string, predicate: Predicate): string {
  return `${folderOf(source)}/${runpackFile(`${runId}_reduced_${predicate}`)}`;
}

/** Where the report about a reduced run goes unless somebody says otherwise. */
export function reduceReportPath(reduced: string): string {
  return `${reduced}.reduce_report.json`;
}

/** A pack reduced to one failing intent, and the report about it. */
export interface Reduction {
  readonly packed: PackedRun;
  readonly report: JsonObject;
}

/**
 * Reduce a run to the first intent, by id, with the given kind of failure, and its result, receipts and events.
 *
 * @throws {GaitError} `invalid_input` if no intent has such a failure
 */
export async function reduceRunpack(pack: Runpack, predicate: Predicate): Promise<Reduction> {
  const ids = [...new Set(pack.intents.map((intent) => intent.intent_id))].filter((id) => id !== "");
  if (ids.length === 0) throw invalidInput("Cannot reduce run: it has no intents");
  const fails = failing(pack, predicate);
  const id = ids.sort(compareBytewise).find(fails);
  if (id === undefined) {
    throw invalidOption(
      () => `Cannot reduce run: no intent has ${predicate}`,
      (name) =>
        predicate === "missing_result"
          ? `Give ${name("predicate")} non_ok_status to look for a call that failed`
          : `Give ${name("predicate")} missing_result to look for a call without a result`,
    );
  }

  const oldId = pack.run.run_id;
  const runId = `${oldId.startsWith("run_") ? "" : "run_"}${oldId}_reduced_${predicate.replaceAll("_", "")}`;
  const intent = pack.intents.find((candidate) => candidate.intent_id === id)!;
  const result = predicate === "missing_result"
    ? undefined
    : pack.results.find((candidate) => candidate.intent_id === id && !isOk(candidate));
  const receipts = keptReceipts(pack, intent, result);
  const refs = await withSetOf(receipts, { ...pack.refs, run_id: runId });
  const packed = await packRecords({
    run: {
      ...pack.run,
      run_id: runId,
      timeline: (pack.run.timeline ?? []).filter((event) => event.ref === "" || event.ref === id),
    },
    intents: [{ ...intent, run_id: runId }],
    results: result ? [{ ...result, run_id: runId }] : [],
    refs: normalizeRefs(refs),
    captureMode: pack.manifest.capture_mode,
  });
  if (!failing(await readRunpack(packed.bytes), predicate)(id)) {
    throw invalidInput("Cannot reduce run: the reduced run does not fail any more");
  }
  const report = {
    schema_id: REDUCE_REPORT_SCHEMA_ID,
    schema_version: "1.0.0",
    created_at: toUtc(pack.run.created_at),
    producer_version: pack.run.producer_version,
    run_id: oldId,
    reduced_run_id: runId,
    predicate,
    selected_intent_id: id,
    original_intent_count: pack.intents.length,
    reduced_intent_count: 1,
    original_result_count: pack.results.length,
    reduced_result_count: result ? 1 : 0,
    original_ref_count: pack.refs.receipts.length,
    reduced_ref_count: receipts.length,
    still_failing: true,
  };
  return { packed, report };
}

/** Create a predicate for failing intents; indexes the results once. */
function failing({ results }: Runpack, predicate: Predicate): (id: string) => boolean {
  const counted = predicate === "missing_result" ? results : results.filter((result) => !isOk(result));
  const ids = new Set(counted.map((result) => result.intent_id));
  return (id) => ids.has(id) === (predicate !== "missing_result");
}

function isOk(result: Result): boolean {
  return ["ok", "success"].includes(result.status.trim().toLowerCase());
}

/**
 * Receipts that the remaining records refer to. A trace receipt is dropped with its result, which it is derived from.
 */
function keptReceipts(pack: Runpack, intent: Intent, result: Result | undefined) {
  const wanted = new Set<string>();
  collectRefs(intent.args ?? null, wanted, 0);
  collectRefs(result?.result ?? null, wanted, 0);
  return pack.refs.receipts.filter((receipt) =>
    wanted.has(receipt.ref_id) && (result || !isTraceReceipt(receipt))
  );
}

/**
 * Refs with fewer receipts. A set digest and its count are those of the receipts that are left, or the reduced run could
 * not be packed; without a digest the old count stays (cases demand it). A digest that does not hold for the whole set
 * can't be made to hold for a part, so it stays as it is.
 */
async function withSetOf(receipts: Refs["receipts"], refs: Refs): Promise<Refs> {
  const fewer = { ...refs, receipts };
  if (refs.context_set_digest.trim() === "" || receipts.length === refs.receipts.length) return fewer;
  try {
    await envelopeOfRefs(refs);
  } catch (error) {
    if (error instanceof GaitError) return fewer;
    throw error;
  }
  const { context_set_digest } = await envelopeOfRefs({ ...fewer, context_set_digest: "" });
  return { ...fewer, context_set_digest, context_ref_count: receipts.length };
}

/** Collect possible receipt ids: values of members whose name contains "ref", and texts that begin with `ref_`. */
function collectRefs(value: JsonValue, found: Set<string>, depth: number): void {
  if (depth > MAX_DEPTH) return;
  if (typeof value === "string") {
    if (value.startsWith("ref_")) found.add(value);
  } else if (Array.isArray(value)) {
    for (const item of value) collectRefs(item, found, depth + 1);
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === "string" && name.trim().toLowerCase().includes("ref")) found.add(member.trim());
      collectRefs(member, found, depth + 1);
    }
  }
}
