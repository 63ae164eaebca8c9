import { invalidInput } from "../errors/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { type Rfc3339, ZERO_TIME } from "../formats/time.ts";
import type { CollectedRecords, CollectedTrace } from "../gate/trace/collect.ts";
import { ALLOWED, type GateResult } from "../schema/gate_result.ts";
import type { Intent, RecordInput, Result, TimelineEvent } from "../schema/runpack.ts";
import { SCHEMA_ID } from "../schema/runpack_layout.ts";
import { verdictThatCounts } from "../schema/trace_record.ts";
import type { Verdict } from "../schema/verdict.ts";
import { sha256 } from "../signing/mod.ts";

/** A run of the calls that a gate decided. */
export interface GatedRun {
  readonly input: RecordInput;
  /** The trace of each call, by the id of its intent. */
  readonly traceOf: ReadonlyMap<string, CollectedTrace>;
}

/** Status of a call whose result nobody reported. */
export const UNREPORTED_STATUS: Readonly<Record<Verdict, string>> = {
  allow: ALLOWED,
  dry_run: "dry_run",
  require_approval: "approval_required",
  block: "blocked",
};

/**
 * The run of a gated session (docs/spec/core.md 5.5): each decision is a call, in the order of the decisions. Traces
 * hold digests of arguments, not the arguments. A call whose result nobody reported has the verdict as its result.
 *
 * @param runId the run id; by default the session, else one that follows from the traces
 * @throws {GaitError} `invalid_input` when a result belongs to no trace, to several, or a trace has several
 */
export async function runOfTraces(
  { traces, results }: Pick<CollectedRecords, "traces" | "results">,
  { runId, session }: { readonly runId?: string | undefined; readonly session?: string | undefined },
): Promise<GatedRun> {
  const reported = resultsByTrace(traces, results, session !== undefined);
  const traceOf = new Map<string, CollectedTrace>();
  const intents: Intent[] = [];
  const records: Result[] = [];
  for (const [at, collected] of traces.entries()) {
    const { record } = collected.trace;
    const id = `call_${String(at + 1).padStart(4, "0")}`;
    const head = { schema_version: "", producer_version: "", run_id: "" };
    traceOf.set(id, collected);
    intents.push({
      ...head,
      schema_id: SCHEMA_ID.intent,
      created_at: record.observed_at,
      intent_id: id,
      tool_name: record.tool_name,
      args_digest: record.args_digest,
      args: undefined,
    });
    const result = reported.get(collected);
    records.push({
      ...head,
      schema_id: SCHEMA_ID.result,
      created_at: result?.created_at ?? record.observed_at,
      intent_id: id,
      ...(result ? reportedResult(result) : decisionAsResult(collected)),
    });
  }
  return {
    input: {
      run: {
        schema_id: SCHEMA_ID.run,
        schema_version: "",
        created_at: traces[0]!.trace.record.observed_at,
        producer_version: "",
        run_id: runId ?? session ?? await idOf(traces),
        // The machine that packs is not the one of the run.
        env: { os: "unknown", arch: "unknown", runtime: "unknown" },
        timeline: traces.map(({ trace: { record } }) => decisionEvent(record.observed_at, record.trace_id)),
      },
      intents,
      results: records,
      refs: {
        schema_id: SCHEMA_ID.refs,
        schema_version: "",
        created_at: ZERO_TIME,
        producer_version: "",
        run_id: "",
        context_set_digest: "",
        context_evidence_mode: "",
        context_ref_count: 0,
        receipts: [],
      },
      capture_mode: [...reported.values()].some(({ result }) => result && Object.keys(result).length > 0)
        ? "raw"
        : "reference",
      normalization: { intent_args: undefined, result_payloads: undefined },
    },
    traceOf,
  };
}

function reportedResult(
  { status, result, result_digest }: GateResult,
): Pick<Result, "status" | "result" | "result_digest"> {
  return { status: status.trim(), result_digest, result: result ?? (result_digest === "" ? {} : undefined) };
}

function decisionAsResult(
  { trace: { record } }: CollectedTrace,
): Pick<Result, "status" | "result" | "result_digest"> {
  const verdict = verdictThatCounts(record);
  return {
    status: UNREPORTED_STATUS[verdict],
    result_digest: "",
    result: decisionResult(verdict, record.violations),
  };
}

/**
 * The decision as the result of a call that nobody reported on. Ids of traces are left out: they change with the policy,
 * and a regression would take that for another result.
 */
export function decisionResult(verdict: Verdict, violations: readonly string[]): JsonObject {
  return { verdict, ...(violations.length > 0 ? { violations: [...violations] } : {}) };
}

/** The event that leads from a run to the trace of a decision. */
export function decisionEvent(observedAt: Rfc3339, traceId: string): TimelineEvent {
  return { event: "gate_decision", ts: observedAt, ref: traceId, relationship: undefined };
}

/** What became of each decision. */
function resultsByTrace(
  traces: readonly CollectedTrace[],
  results: readonly GateResult[],
  ofOneSession: boolean,
): Map<CollectedTrace, GateResult> {
  const byEvent = Map.groupBy(traces, ({ trace }) => trace.record.event_id);
  const byId = Map.groupBy(traces, ({ trace }) => trace.record.trace_id);
  const found = new Map<CollectedTrace, GateResult>();
  for (const result of results) {
    const what = `result of trace "${result.event_id || result.trace_id}"`;
    const candidates = result.event_id === "" ? byId.get(result.trace_id) : byEvent.get(result.event_id);
    const [one, another] = candidates ?? [];
    if (!one) {
      // The results of other sessions may lie in the same folder.
      if (ofOneSession) continue;
      throw invalidInput(`Cannot use ${what}: there is no trace of that decision`, {
        hint: "Give the folder with all traces of the run",
      });
    }
    if (another) {
      throw invalidInput(`Cannot use ${what}: several decisions have this id`, {
        hint: "Name the decision by its event_id",
      });
    }
    if (found.has(one)) throw invalidInput(`Cannot use ${what}: the decision has another result`);
    found.set(one, result);
  }
  return found;
}

async function idOf(traces: readonly CollectedTrace[]): Promise<string> {
  const digests: string[] = [];
  for (const { trace } of traces) digests.push(await sha256(trace.bytes));
  return `gated_${(await sha256(digests.join(":"))).slice(0, 16)}`;
}
