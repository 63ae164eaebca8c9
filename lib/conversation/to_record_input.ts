import { EPOCH_1980, type Rfc3339, ZERO_TIME } from "../formats/time.ts";
import type { RecordInput, TimelineEvent } from "../schema/runpack.ts";
import { intentIds } from "./intent_ids.ts";
import type { Format, Transcript } from "./transcript.ts";

/** What a run is called and how it is kept. */
export interface RunLabel {
  readonly runId: string;
  readonly format: Format;
  readonly captureMode: "reference" | "raw";
  readonly producerVersion: string;
}

/**
 * A transcript as a run to record. Nothing of the machine and no clock goes in: the same transcript gives the
 * same runpack everywhere.
 */
export function toRecordInput(transcript: Transcript, label: RunLabel): RecordInput {
  const { calls, answers, start, finish } = transcript;
  const head = {
    schema_id: "",
    schema_version: "",
    created_at: start ?? EPOCH_1980,
    producer_version: label.producerVersion,
    run_id: label.runId,
  };
  // A record without a time of its own takes that of its run.
  const at = (time: Rfc3339 | undefined) => ({ ...head, created_at: time ?? ZERO_TIME });
  const ids = intentIds(calls.map((call) => call.id));
  return {
    run: {
      ...head,
      env: { os: "unknown", arch: "unknown", runtime: label.format },
      timeline: [...eventAt("start", start), ...eventAt("finish", finish)],
    },
    intents: calls.map((call, i) => ({
      ...at(call.time),
      intent_id: ids[i]!,
      tool_name: call.tool,
      args_digest: "",
      args: call.args,
    })),
    results: answers.map((answer) => ({
      ...at(answer.time),
      intent_id: ids[answer.call]!,
      status: answer.status,
      result_digest: "",
      result: answer.result,
    })),
    refs: {
      ...head,
      context_set_digest: "",
      context_evidence_mode: "",
      context_ref_count: 0,
      receipts: [],
    },
    capture_mode: label.captureMode,
    normalization: { intent_args: undefined, result_payloads: undefined },
  };
}

function eventAt(event: string, ts: Rfc3339 | undefined): TimelineEvent[] {
  return ts === undefined ? [] : [{ event, ts, ref: "", relationship: undefined }];
}
