import { ZERO_TIME } from "../../formats/time.ts";
import type { Intent, Result } from "../../schema/runpack.ts";
import { SCHEMA_ID } from "../../schema/runpack_layout.ts";
import type { PrivateKey } from "../../signing/mod.ts";
import { decisionEvent, decisionResult, UNREPORTED_STATUS } from "../from_traces.ts";
import type { PackedRun } from "../pack_records.ts";
import { recordRun } from "../record.ts";
import type { Recording, RecordingHead } from "./journal.ts";

/** The runpack of a recording; the same recording gives the same bytes. */
export async function sealRecording(
  { calls, results }: Recording,
  head: RecordingHead,
  key?: PrivateKey,
): Promise<PackedRun> {
  const own = { schema_version: "", producer_version: "", run_id: "" };
  const reported = new Map(results.map((result) => [result.callId, result]));
  const intents: Intent[] = [];
  const records: Result[] = [];
  for (const call of calls) {
    intents.push({
      ...own,
      schema_id: SCHEMA_ID.intent,
      created_at: call.observedAt,
      intent_id: call.callId,
      tool_name: call.toolName,
      args_digest: call.argsDigest,
      args: call.args,
    });
    const result = reported.get(call.callId);
    records.push({
      ...own,
      schema_id: SCHEMA_ID.result,
      intent_id: call.callId,
      ...(result
        ? {
          created_at: result.at,
          status: result.status,
          result_digest: result.resultDigest,
          result: result.result,
        }
        : {
          created_at: call.observedAt,
          status: UNREPORTED_STATUS[call.verdict],
          result_digest: "",
          result: decisionResult(call.verdict, call.violations),
        }),
    });
  }
  return await recordRun(
    {
      run: {
        ...own,
        schema_id: SCHEMA_ID.run,
        created_at: head.createdAt,
        run_id: head.runId,
        env: { os: head.os, arch: head.arch, runtime: "" },
        timeline: calls.map(({ observedAt, traceId }) => decisionEvent(observedAt, traceId)),
      },
      intents,
      results: records,
      refs: {
        ...own,
        schema_id: SCHEMA_ID.refs,
        created_at: ZERO_TIME,
        context_set_digest: "",
        context_evidence_mode: "",
        context_ref_count: 0,
        receipts: [],
      },
      capture_mode: head.captureMode,
      normalization: { intent_args: undefined, result_payloads: undefined },
    },
    { now: head.createdAt, os: head.os, arch: head.arch, producer: head.producerVersion },
    { key },
  );
}
