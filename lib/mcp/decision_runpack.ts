import { recordTime } from "../gate/trace/record.ts";
import { recordRun } from "../runpack/record.ts";
import type { RecordInput } from "../schema/runpack.ts";
import { RECORD_VERSION, SCHEMA_ID } from "../schema/runpack_layout.ts";
import type { DecidedCall } from "./decided_call.ts";

/** The host and program that record a decision. */
export interface RecordingContext {
  readonly os: string;
  readonly arch: string;
  /** Version of this program. */
  readonly producer: string;
}

/**
 * Build the runpack of one decision: one intent with its arguments, and the decision as its result (docs/spec/mcp.md
 * 2.4).
 */
export async function decisionRunpack(
  { decision, runId }: DecidedCall,
  { os, arch, producer }: RecordingContext,
): Promise<Uint8Array<ArrayBuffer>> {
  const { intent, outcome, traceId } = decision;
  const time = recordTime(intent);
  const head = (schemaId: string) => ({
    schema_id: schemaId,
    schema_version: RECORD_VERSION,
    created_at: time,
    producer_version: producer,
    run_id: runId,
  });
  const event = (name: string) => ({ event: name, ts: time, ref: "", relationship: null });
  const stopped = outcome.verdict === "block" || outcome.verdict === "require_approval";
  const input: RecordInput = {
    run: {
      ...head(SCHEMA_ID.run),
      env: { os, arch, runtime: "" },
      timeline: [event("proxy_eval_start"), event("proxy_eval_finish")],
    },
    intents: [{
      ...head(SCHEMA_ID.intent),
      intent_id: "intent_1",
      tool_name: intent.toolName,
      args_digest: intent.argsDigest,
      args: intent.args,
    }],
    results: [{
      ...head(SCHEMA_ID.result),
      intent_id: "intent_1",
      status: stopped ? "error" : "ok",
      result_digest: "",
      result: {
        verdict: outcome.verdict,
        reason_codes: [...outcome.reasonCodes],
        violations: [...outcome.violations],
        trace_id: traceId,
      },
    }],
    refs: {
      ...head(SCHEMA_ID.refs),
      context_set_digest: "",
      context_evidence_mode: "",
      context_ref_count: 0,
      receipts: [],
    },
    capture_mode: "reference",
    normalization: { intent_args: undefined, result_payloads: undefined },
  };
  return (await recordRun(input, { now: time, os, arch, producer })).bytes;
}
