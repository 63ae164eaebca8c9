import { invalidInput } from "../errors/mod.ts";
import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { isZeroTime, type Rfc3339 } from "../formats/time.ts";
import type { Intent, RecordInput, Result, Run } from "../schema/runpack.ts";
import { ENTRY, RECORD_VERSION, SCHEMA_ID } from "../schema/runpack_layout.ts";
import { digestOf, equalHex, type Hasher, hasherFor, type PrivateKey } from "../signing/mod.ts";
import { type PackedRun, packEntries } from "./pack_records.ts";
import { headOf } from "./record_head.ts";
import { writeIntent, writeResult } from "./record_lines.ts";
import { areTexts, type Records, type TextRecords } from "./records.ts";
import { sealLines } from "./seal_entry.ts";
import { deriveTraceReceipts, tracedIntents } from "./trace_receipts.ts";
import { normalizeRefs } from "./refs.ts";

/** Where a run is recorded; whatever is not given is taken from this process. */
export interface RecordContext {
  /** Time of records that have none, from {@linkcode parseTime} or {@linkcode timeOfMillis}. */
  readonly now?: Rfc3339;
  /** Operating system, e.g. `linux`. */
  readonly os?: string;
  /** Processor, e.g. `amd64`. */
  readonly arch?: string;
  /** The producer version of records without one. */
  readonly producer?: string;
}

/** How the records of a run become a runpack. */
export interface PackingOptions {
  /** Sign the manifest with this key. */
  readonly key?: PrivateKey | undefined;
  /** Omit arguments and results after computing their digests. */
  readonly stripPayloads?: boolean;
}

/** A record whose payload may be there as its canonical text alone. */
type Written<T> = T & { readonly payload?: string | undefined };

/** A run to record; {@linkcode RecordInput} is one. */
export interface RunToRecord extends Omit<RecordInput, "intents" | "results"> {
  readonly intents: Records<Written<Intent>>;
  readonly results: Records<Written<Result>>;
}

/**
 * Turn a run into a runpack (docs/spec/core.md 4.5): fill in what is missing, derive or check digests, sort, sign.
 *
 * @throws {GaitError} `invalid_input` when a digest is missing or contradicts its payload
 */
export async function recordRun(
  input: RunToRecord,
  around: Required<RecordContext>,
  { key, stripPayloads = false }: PackingOptions = {},
): Promise<PackedRun> {
  if (input.run.run_id === "") throw invalidInput("Cannot record run: run_id is empty");
  const hash = await hasherFor(input.intents.length + input.results.length + input.refs.receipts.length);
  const run = completeRun(input.run, around);
  const traced = tracedIntents(input.refs);
  const { intent_args: ofArgs, result_payloads: ofResults } = input.normalization;
  // Nothing but their lines is wanted of most records.
  const isPlain = traced.size === 0 && !stripPayloads;
  const intentById = new Map<string, Intent>();
  const intents = isPlain && !ofArgs && areTexts(input.intents)
    ? await sealTexts(ENTRY.intents, input.intents, run, hash)
    : await sealLines(ENTRY.intents, input.intents, (lines, intent) => {
      const { args, args_digest: given, payload } = intent;
      const text = payload ?? (args ? canonicalize(args) : undefined);
      const finish = (digest: string): void => {
        const complete: Intent = {
          ...headOf(intent, run, SCHEMA_ID.intent),
          intent_id: intent.intent_id,
          tool_name: intent.tool_name,
          args,
          args_digest: digest,
          arg_provenance: intent.arg_provenance,
        };
        if (traced.has(intent.intent_id)) intentById.set(intent.intent_id, complete);
        writeIntent(lines, complete, stripPayloads ? undefined : text);
      };
      return whenKnown(
        completeDigest({ kind: "intent", id: intent.intent_id }, given, text, ofArgs, hash),
        finish,
      );
    });
  const resultById = new Map<string, Result>();
  const results = isPlain && !ofResults && areTexts(input.results)
    ? await sealTexts(ENTRY.results, input.results, run, hash)
    : await sealLines(ENTRY.results, input.results, (lines, record) => {
      const { result, result_digest: given, payload } = record;
      const text = payload ?? (result ? canonicalize(result) : undefined);
      const finish = (digest: string): void => {
        const complete: Result = {
          ...headOf(record, run, SCHEMA_ID.result),
          intent_id: record.intent_id,
          status: record.status,
          result,
          result_digest: digest,
        };
        if (traced.has(record.intent_id)) resultById.set(record.intent_id, complete);
        writeResult(lines, complete, stripPayloads ? undefined : text);
      };
      return whenKnown(
        completeDigest({ kind: "result", id: record.intent_id }, given, text, ofResults, hash),
        finish,
      );
    });
  const refs = normalizeRefs(
    await deriveTraceReceipts(
      { ...input.refs, ...headOf(input.refs, run, SCHEMA_ID.refs) },
      intentById,
      resultById,
      hash,
    ),
  );
  return await packEntries(
    { run, intents, results, refs, captureMode: input.capture_mode || "reference" },
    key,
  );
}

/** Seal the lines of records as they stand in a document. */
async function sealTexts(path: string, records: TextRecords<unknown>, run: Run, hash: Hasher) {
  return await sealLines(path, records.places(), (lines, place) => records.write(lines, place, run, hash));
}

/** Go on with a value, at once where nobody has to wait for it: a run may have a hundred thousand of them. */
function whenKnown<T>(value: string | Promise<string>, then: (value: string) => T): T | Promise<T> {
  return typeof value === "string" ? then(value) : value.then(then);
}

/** The runtime of runs that don't name their own; os and arch default to those of this machine. */
const RUNTIME = "deno";

function completeRun(run: Run, { now, os, arch, producer }: Required<RecordContext>): Run {
  return {
    ...run,
    schema_id: run.schema_id || SCHEMA_ID.run,
    schema_version: run.schema_version || RECORD_VERSION,
    created_at: isZeroTime(run.created_at) ? now : run.created_at,
    producer_version: run.producer_version || producer,
    env: { os: run.env.os || os, arch: run.env.arch || arch, runtime: run.env.runtime || RUNTIME },
  };
}

type Payloads = JsonObject | null | undefined;

/** What a digest is of, for errors. */
interface Described {
  readonly kind: "intent" | "result";
  readonly id: string;
}

/**
 * Steps 3 and 4: a normalisation payload takes precedence over a given digest, which takes precedence over the
 * payload of the record.
 *
 * @param payload the canonical text of the payload
 */
function completeDigest(
  { kind, id }: Described,
  given: string,
  payload: string | undefined,
  normalized: Payloads,
  hash: Hasher,
): string | Promise<string> {
  if (normalized && Object.hasOwn(normalized, id)) {
    return normalizedDigest(`${kind} "${id}"`, given, normalized[id]!, hash);
  }
  if (given !== "") return given;
  if (payload === undefined) {
    const member = kind === "intent" ? "args" : "result";
    throw invalidInput(`Cannot record ${kind} "${id}": it has neither a digest nor a payload`, {
      hint: `Give ${member}, an object ({} for nothing), or ${member}_digest`,
    });
  }
  return hash(payload);
}

async function normalizedDigest(
  what: string,
  given: string,
  value: JsonValue,
  hash: Hasher,
): Promise<string> {
  if (value !== null && !isJsonObject(value)) {
    throw invalidInput(`Cannot record ${what}: its normalization payload is not an object`);
  }
  const digest = await digestOf(value, hash);
  if (given !== "" && !equalHex(given, digest)) {
    throw invalidInput(`Cannot record ${what}: its digest contradicts its normalization payload`);
  }
  return given === "" ? digest : given;
}
