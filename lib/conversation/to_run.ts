import { EPOCH_1980, type Rfc3339, ZERO_TIME } from "../formats/time.ts";
import type { Intent, TimelineEvent } from "../schema/runpack.ts";
import type { CaptureMode } from "../runpack/record_request.ts";
import type { RunToRecord } from "../runpack/record.ts";
import { mapped } from "../runpack/records.ts";
import { writtenIntents, type WrittenLog, writtenResults } from "./written_records.ts";
import type { Format, ToolAnswer, ToolCall, Transcript } from "./transcript.ts";

/** The id and capture mode of a run. */
export interface RunLabel {
  readonly runId: string;
  readonly format: Format;
  readonly captureMode: CaptureMode;
  readonly producerVersion: string;
}

/** The run of a transcript. */
export interface TranscriptRun extends RunToRecord {
  /** The intent ids of its calls, in order. */
  readonly ids: readonly string[];
}

/**
 * Convert a transcript to a run to record. Independent of machine and clock: the same transcript gives the same
 * runpack everywhere.
 */
export function toRun(transcript: Transcript, label: RunLabel): TranscriptRun {
  const { written, start, finish } = transcript;
  const head = {
    schema_id: "",
    schema_version: "",
    created_at: start ?? EPOCH_1980,
    producer_version: label.producerVersion,
    run_id: label.runId,
  };
  // Records without a time get that of their run.
  const at = (time: Rfc3339 | undefined) => ({ ...head, created_at: time ?? ZERO_TIME });
  const ids = intentIds(written?.ids ?? transcript.calls.map((call) => call.id));
  const intentOf = ({ time, tool, args, digest, text, provenance }: ToolCall, i: number) => ({
    ...at(time),
    intent_id: ids[i]!,
    tool_name: tool,
    args_digest: digest ?? "",
    ...(digest === undefined ? { args } : { payload: text }),
    ...(provenance.length > 0 ? { arg_provenance: provenance as Intent["arg_provenance"] } : {}),
  });
  const resultOf = ({ time, call, status, result, digest, text }: ToolAnswer) => ({
    ...at(time),
    intent_id: ids[call]!,
    status,
    result_digest: digest ?? "",
    ...(digest === undefined ? { result } : { payload: text }),
  });
  return {
    ids,
    run: {
      ...head,
      env: { os: "unknown", arch: "unknown", runtime: label.format },
      timeline: [...eventAt("start", start), ...eventAt("finish", finish)],
    },
    ...(written === undefined
      ? { intents: mapped(transcript.calls, intentOf), results: mapped(transcript.answers, resultOf) }
      : recordsOf({ columns: written, ids, head }, intentOf, resultOf)),
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

/** The records of a long log, which are made one by one if anybody wants them as values. */
function recordsOf<I, R>(
  log: WrittenLog,
  intentOf: (call: ToolCall, i: number) => I,
  resultOf: (answer: ToolAnswer) => R,
) {
  const { ids, answered } = log.columns;
  return {
    intents: writtenIntents(log, mapped(ids, (_, place) => intentOf(log.columns.call(place), place))),
    results: writtenResults(log, mapped(answered, (_, place) => resultOf(log.columns.answer(place)))),
  };
}

function eventAt(event: string, ts: Rfc3339 | undefined): TimelineEvent[] {
  return ts === undefined ? [] : [{ event, ts, ref: "", relationship: undefined }];
}

/**
 * The intent ids of calls: the call's own id if it is unique, or else `call_<n>` with its position from 1, and
 * `call_<n>_2`, `_3`, … if that is taken.
 *
 * INVARIANT: all ids are unique, whatever ids the calls have, so a result refers to exactly one intent.
 */
export function intentIds(ownIds: readonly (string | undefined)[]): readonly string[] {
  const taken = new Set(ownIds);
  // The usual case needs no counts, which take megabytes for a long log.
  if (taken.size === ownIds.length && !taken.has(undefined)) return ownIds as readonly string[];
  const seen = new Map<string | undefined, number>();
  for (const id of ownIds) seen.set(id, (seen.get(id) ?? 0) + 1);
  return ownIds.map((own, i) => {
    if (own !== undefined && seen.get(own) === 1) return own;
    let id = `call_${i + 1}`;
    for (let n = 2; taken.has(id); n++) id = `call_${i + 1}_${n}`;
    taken.add(id);
    return id;
  });
}
