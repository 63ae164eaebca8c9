import { type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { findUnknownMembers, type Shape } from "../intent/warnings.ts";
import { decode } from "../schema/fields.ts";
import {
  intentSchema,
  type RecordInput,
  recordInputSchema,
  resultSchema,
  runSchema,
} from "../schema/runpack.ts";
import { QuickRecords } from "./quick_records.ts";
import type { RunToRecord } from "./record.ts";
import { areTexts, mapped, type Records } from "./records.ts";
import { digestOf, equalHex, hasherFor } from "../signing/mod.ts";

/**
 * Read the input of `run record` (docs/spec/core.md 5.1).
 *
 * @throws {GaitError} `invalid_input`
 */
export function readRecordInput(bytes: Uint8Array): RecordInput {
  const { input } = readRecordDocument(bytes);
  return { ...input, intents: [...input.intents], results: [...input.results] };
}

/** The input of `run record`, and its unknown members as {@linkcode unknownInputMembers} names them. */
export function readRecordDocument(bytes: Uint8Array): { input: RunToRecord; unknown: string[] } {
  const document = readJsonObject(bytes, { what: "run input" });
  const unknown = unknownInputMembers(document);
  return { input: quickInput(document) ?? decode(recordInputSchema, document, "run input"), unknown };
}

/** An input whose records all have the usual form; the schema reads any other, and says what is wrong. */
function quickInput(document: JsonObject): RunToRecord | undefined {
  const { intents, results } = document;
  if (!Array.isArray(intents) || !Array.isArray(results)) return undefined;
  const quick = new QuickRecords();
  if (!intents.every((value) => quick.intent(value)) || !results.every((value) => quick.result(value))) {
    return undefined;
  }
  const rest = decode(recordInputSchema, { ...document, intents: [], results: [] }, "run input");
  return {
    ...rest,
    intents: mapped(intents, (value) => quick.intent(value)!),
    results: mapped(results, (value) => quick.result(value)!),
  };
}

const shapeOf = ({ entries }: { readonly entries: object }, inner: Shape["inner"] = {}): Shape => ({
  members: new Set(Object.keys(entries)),
  inner,
});

const INPUT_SHAPE = shapeOf(recordInputSchema, {
  run: shapeOf(runSchema),
  intents: shapeOf(intentSchema),
  results: shapeOf(resultSchema),
});

/**
 * Unknown members of a run input, each with a suggestion. With `intent` instead of `intents`, the runpack would
 * attest that nothing was called.
 */
function unknownInputMembers(document: JsonObject): string[] {
  return findUnknownMembers(document, INPUT_SHAPE);
}

/** Set the run id of the run, its refs, and every record. */
export function withRunId(input: RunToRecord, runId: string): RunToRecord {
  if (runId === input.run.run_id) return input;
  return {
    ...input,
    run: { ...input.run, run_id: runId },
    refs: { ...input.refs, run_id: runId },
    intents: ofRun(input.intents, runId),
    results: ofRun(input.results, runId),
  };
}

function ofRun<T extends { readonly run_id: string }>(records: Records<T>, runId: string): Records<T> {
  if (areTexts(records)) return records.ofRun(runId);
  return mapped(records, (record) => ({ ...record, run_id: runId }));
}

/** Given digests are kept, with a warning if one does not match its payload. */
export async function payloadWarnings({ intents, results }: RunToRecord): Promise<string[]> {
  const odd: string[] = [];
  const hash = await hasherFor(intents.length + results.length);
  for (const { intent_id: id, args, args_digest: given } of withDigests(intents)) {
    if (args && given !== "" && !equalHex(given, await digestOf(args, hash))) odd.push(`intent "${id}"`);
  }
  for (const { intent_id: id, result, result_digest: given } of withDigests(results)) {
    if (result && given !== "" && !equalHex(given, await digestOf(result, hash))) {
      odd.push(`result of "${id}"`);
    }
  }
  if (odd.length === 0) return [];
  const more = odd.length > 3 ? ` and ${odd.length - 3} more` : "";
  return [`given digest does not fit its payload: ${odd.slice(0, 3).join(", ")}${more}`];
}

/** The records that may have a digest. */
function withDigests<T>(records: Records<T>): Iterable<T> {
  return areTexts(records) ? [] : records;
}
