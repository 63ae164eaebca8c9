import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { compareInstants, isKnownTime, type Rfc3339, unixNanos } from "../formats/time.ts";
import { sha256 } from "../signing/mod.ts";
import { demandIntact, type ExportRecord, type TelemetryIds, telemetryIds } from "./record.ts";
import { packAttributes } from "./otel_jsonl.ts";
import type { CallOutcome, Timeline, ToolCall } from "./timeline.ts";

/*
 * OTLP in its JSON encoding (OpenTelemetry protocol specification, "JSON Protobuf Encoding"): ids in hex, 64-bit
 * numbers as texts, enums as numbers. Spans are named after the GenAI semantic conventions: `invoke_agent` for the run,
 * `execute_tool` for each call.
 */

const SPAN_KIND_INTERNAL = 1;
const STATUS = { unset: 0, ok: 1, error: 2 } as const;
const SEVERITY = { info: 9, error: 17 } as const;
const SCOPE = "gait.pack.export";

/**
 * A pack as OTLP: one line of traces, one of logs, as the file exporter of OpenTelemetry writes them.
 *
 * @param read reads the timeline; called only if the pack is intact
 * @throws {GaitError} `verification_failed` when the pack is damaged
 */
export async function otlpLines(
  record: ExportRecord,
  read: () => Promise<Timeline>,
  version: string,
): Promise<string[]> {
  demandIntact(record, "OTLP");
  const timeline = await read();
  const ids = await telemetryIds(record);
  const spans: JsonObject[] = [rootSpan(record, ids, timeline)];
  const logs: JsonObject[] = [packLog(record, ids)];
  for (const [i, call] of timeline.calls.entries()) {
    const spanId = await spanIdOf(ids.seed, i, call.intentId);
    spans.push(callSpan(call, ids, spanId, record.createdAt));
    if (call.outcome) logs.push(outcomeLog(call, call.outcome, ids.traceId, spanId));
  }
  for (const { at, type, actor, reasonCode, revision } of timeline.jobEvents) {
    const attrs = {
      "gait.job.actor": actor,
      "gait.job.reason_code": reasonCode,
      "gait.job.revision": revision,
    };
    logs.push(logRecord(at, type, "gait.job.event", attributes(attrs), ids.traceId, ids.spanId));
  }
  const resource = { attributes: attributes({ "service.name": "gait", "service.version": version }) };
  const scope = { name: SCOPE, version };
  return [
    JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }),
    JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: logs }] }] }),
  ];
}

/** The span of the whole run or job, from its first to its last known time. */
function rootSpan(record: ExportRecord, { traceId, spanId }: TelemetryIds, timeline: Timeline): JsonObject {
  const times = [
    ...timeline.calls.flatMap(({ requestedAt, outcome }) => [requestedAt, outcome?.at]),
    ...timeline.jobEvents.map(({ at }) => at),
  ].filter((time) => time !== undefined && isKnownTime(time)) as Rfc3339[];
  let [start, end] = [times[0] ?? record.createdAt, times[0] ?? record.createdAt];
  for (const time of times) {
    if (compareInstants(time, start) < 0) start = time;
    if (compareInstants(time, end) > 0) end = time;
  }
  const { sourceRef, packType } = record.report;
  return {
    traceId,
    spanId,
    name: packType === "job" ? "gait.job" : `invoke_agent ${sourceRef}`,
    kind: SPAN_KIND_INTERNAL,
    startTimeUnixNano: nanos(start),
    endTimeUnixNano: nanos(end),
    attributes: attributes({
      ...(packType === "job" ? {} : {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.provider.name": "gait",
        "gen_ai.conversation.id": sourceRef,
      }),
      ...packAttributes(record),
    }),
    status: { code: STATUS.ok },
  };
}

function callSpan(
  call: ToolCall,
  { traceId, spanId }: TelemetryIds,
  own: string,
  fallback: Rfc3339,
): JsonObject {
  const { requestedAt, outcome } = call;
  const start = [requestedAt, outcome?.at].find((time) => time !== undefined && isKnownTime(time)) ??
    fallback;
  const end = outcome && compareInstants(outcome.at, start) > 0 ? outcome.at : start;
  const failed = outcome !== undefined && !succeeded(outcome);
  return {
    traceId,
    spanId: own,
    parentSpanId: spanId,
    name: call.toolName === "" ? "execute_tool" : `execute_tool ${call.toolName}`,
    kind: SPAN_KIND_INTERNAL,
    startTimeUnixNano: nanos(start),
    endTimeUnixNano: nanos(end),
    attributes: attributes({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": call.toolName,
      "gen_ai.tool.call.id": call.intentId,
      "gen_ai.tool.type": "function",
      ...(outcome ? { "gait.status": outcome.status, "gait.verdict": outcome.verdict } : {}),
      ...(failed ? { "error.type": outcome.status || "_OTHER" } : {}),
    }),
    status: { code: outcome === undefined ? STATUS.unset : failed ? STATUS.error : STATUS.ok },
  };
}

function packLog(record: ExportRecord, { traceId, spanId }: TelemetryIds): JsonObject {
  const attrs = attributes(packAttributes(record));
  return logRecord(record.createdAt, "gait.pack.export.metadata", "gait.pack.export", attrs, traceId, spanId);
}

function outcomeLog(call: ToolCall, outcome: CallOutcome, traceId: string, spanId: string): JsonObject {
  const attrs = attributes({
    "gen_ai.tool.name": call.toolName,
    "gen_ai.tool.call.id": call.intentId,
    "gait.status": outcome.status,
    "gait.verdict": outcome.verdict,
    "gait.reason_codes": [...outcome.reasonCodes],
  });
  const severity = succeeded(outcome) ? "info" : "error";
  return logRecord(
    outcome.at,
    `${call.toolName} ${outcome.status}`.trim(),
    "gait.tool.result",
    attrs,
    traceId,
    spanId,
    severity,
  );
}

function logRecord(
  at: Rfc3339,
  body: string,
  eventName: string,
  attrs: JsonValue,
  traceId: string,
  spanId: string,
  severity: "info" | "error" = "info",
): JsonObject {
  return {
    timeUnixNano: nanos(at),
    observedTimeUnixNano: nanos(at),
    severityNumber: SEVERITY[severity],
    severityText: severity.toUpperCase(),
    body: { stringValue: body },
    attributes: attrs,
    traceId,
    spanId,
    eventName,
  };
}

function succeeded({ status }: CallOutcome): boolean {
  return status.trim().toLowerCase() === "ok";
}

/**
 * 0 means "unknown". It is also used for times before 1970 or after 2554, which don't fit an unsigned 64-bit integer.
 */
function nanos(time: Rfc3339): string {
  if (!isKnownTime(time)) return "0";
  const value = unixNanos(time);
  return value < 0n || value >= 2n ** 64n ? "0" : value.toString();
}

async function spanIdOf(seed: string, index: number, intentId: string): Promise<string> {
  const id = (await sha256(utf8(`${seed}|${index}|${intentId}`))).slice(0, 16);
  return id === "0".repeat(16) ? "1".padStart(16, "0") : id; // zero means "none"
}

/** Attributes in OTLP form, without empty texts. */
function attributes(values: Readonly<Record<string, JsonValue>>): JsonObject[] {
  return Object.entries(values).filter(([, value]) =>
    value !== "" && !(Array.isArray(value) && value.length === 0)
  )
    .map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: JsonValue): JsonObject {
  switch (typeof value) {
    case "boolean":
      return { boolValue: value };
    case "number":
      return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    case "string":
      return { stringValue: value };
    default:
      return { arrayValue: { values: Array.isArray(value) ? value.map(anyValue) : [] } };
  }
}
