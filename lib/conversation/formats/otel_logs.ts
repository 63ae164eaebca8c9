import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { findAnyCallMark } from "../call_marks.ts";
import { isOtlp, type Roots } from "../input.ts";
import { unreadCalls } from "../ledger.ts";
import { readAttributes } from "../otlp_value.ts";
import { textAt } from "./grouped.ts";
import { type FormatReader, objectsIn } from "./reader.ts";
import { attributeText, documentIn, readSpanRecords, type SpanRecord } from "./span_records.ts";

/** OpenTelemetry log records: events of the conventions for GenAI, and those that coding agents send. */
export const otelLogs: FormatReader = {
  title: "OpenTelemetry logs, OTLP JSON; log records of its SDK for Python",
  reads:
    "events `gen_ai.*` with the messages of a model, by the span that they are part of; `tool_result` of Claude Code and Codex, `tool_call` of Gemini CLI; one run per trace or session",
  lost: "all other records; what was said",
  example:
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"claude_code.tool_result"},"attributes":[{"key":"session.id","value":{"stringValue":"s"}},{"key":"tool_name","value":{"stringValue":"Bash"}}]}]}]}]}',
  detect: (values) => values.some((value) => recordsIn(value).some(mentionsCalls)),
  read(roots) {
    refuseOthers(roots);
    const { records, repeated } = withoutRepeats(
      roots.values.flatMap((value) => recordsIn(value)).filter(mentionsCalls),
    );
    const { readings, skipped } = readSpanRecords(
      spansOf(records).map((value, i) => ({ value, position: `record ${i + 1}` })),
      (value) => value as unknown as SpanRecord,
    );
    if (repeated === 0) return { readings, skipped };
    const note = { position: "log", reason: `${repeated} × record that is there again` };
    return { readings, skipped: [...skipped, note] };
  },
};

/**
 * Refuse an input of traces that has calls in log records, too: both may tell of the same calls.
 *
 * @throws {GaitError} `invalid_input`
 */
export function refuseLogs({ values, position }: Roots): void {
  values.forEach((value, i) => {
    if (recordsIn(value).some(mentionsCalls)) throw unreadCalls(position(i), [logsAndTraces(position(i))]);
  });
}

const logsAndTraces = (position: string) => ({
  position,
  reason:
    "calls in log records next to traces, which may tell of the same calls; import each in a file of its own",
});

/** Refuse calls that name no tool, and what is no log record but may hold calls. */
function refuseOthers({ values, position }: Roots): void {
  values.forEach((value, i) => {
    if (isOtlp(value)) throw unreadCalls(position(i), [logsAndTraces(position(i))]);
    const records = recordsIn(value);
    const nameless = records.findIndex((record) => isOfTool(record) && toolIn(record) === undefined);
    if (nameless >= 0) {
      throw unreadCalls(position(i), [{ position: `record ${nameless + 1}`, reason: "call names no tool" }]);
    }
    const mark = records.length > 0 ? undefined : findAnyCallMark(value);
    if (mark !== undefined) {
      throw unreadCalls(position(i), [{ position: position(i), reason: `no log record, with ${mark}` }]);
    }
  });
}

/** Exporters send what was not confirmed again. A record without a time and an id may be another one of its kind. */
function withoutRepeats(
  records: readonly LogRecord[],
): { readonly records: LogRecord[]; readonly repeated: number } {
  const seen = new Set<string>();
  const kept = records.filter((record) => {
    if ((record.time ?? record.attributes.tool_use_id ?? record.attributes.call_id ?? null) === null) {
      return true;
    }
    const key = canonicalize(Object.values(record).map((member) => member ?? null));
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
  return { records: kept, repeated: records.length - kept.length };
}

/** A log record in plain JSON. */
interface LogRecord {
  readonly name: string;
  readonly trace: JsonValue | undefined;
  readonly span: JsonValue | undefined;
  readonly time: JsonValue | undefined;
  readonly attributes: JsonObject;
  readonly body: JsonValue | undefined;
}

function recordsIn(value: JsonValue): LogRecord[] {
  if (!isJsonObject(value)) return [];
  if (isSdkRecord(value)) {
    const attributes = isJsonObject(value.attributes) ? value.attributes : {};
    return [recordOf(value, attributes, value.body, value.trace_id, value.span_id, value.timestamp)];
  }
  return objectsIn(value.resourceLogs).flatMap((resource) =>
    objectsIn(resource.scopeLogs).flatMap((scope) => objectsIn(scope.logRecords))
  ).map((record) => {
    const attributes = readAttributes(record.attributes).values;
    const body = readAttributes([{ key: "body", value: record.body ?? null }]).values.body;
    const time = [record.timeUnixNano, record.observedTimeUnixNano].find((one) => (one ?? "0") !== "0");
    return recordOf(record, attributes, body, record.traceId, record.spanId, time);
  });
}

const isSdkRecord = (value: JsonObject) =>
  Object.hasOwn(value, "body") && Object.hasOwn(value, "severity_number") && Object.hasOwn(value, "trace_id");

function recordOf(
  record: JsonObject,
  attributes: JsonObject,
  body: JsonValue | undefined,
  trace: JsonValue | undefined,
  span: JsonValue | undefined,
  time: JsonValue | undefined,
): LogRecord {
  const name = textAt(record, "eventName", "event_name") ?? textAt(attributes, "event.name") ??
    (typeof body === "string" ? body : "");
  return { name, trace, span, time, attributes, body };
}

const mentionsCalls = (record: LogRecord) => isOfModel(record) || toolIn(record) !== undefined;

const isOfTool = ({ name }: LogRecord) =>
  /^(?:claude_code\.|codex\.|qwen-code\.|gemini_cli\.)?tool_(?:result|call)$/.test(name);

const isOfModel = ({ name }: LogRecord) =>
  /^gen_ai\.(?:(?:system|user|assistant|tool)\.message|choice|client\.inference\.operation\.details)$/.test(
    name,
  );

/** Names of the events of coding agents, with the members that name the tool. */
function toolIn(record: LogRecord): string | undefined {
  if (!isOfTool(record)) return undefined;
  const name = textAt(record.attributes, "tool_name", "function_name");
  return name === "mcp_tool" ? mcpToolIn(record) ?? name : name;
}

/** Claude Code has one name for all tools of MCP servers, and which it was in the parameters, as its sessions name it. */
function mcpToolIn({ attributes }: LogRecord): string | undefined {
  const about = documentIn(attributes.tool_parameters);
  if (!isJsonObject(about)) return undefined;
  const [server, tool] = [textAt(about, "mcp_server_name"), textAt(about, "mcp_tool_name")];
  return server === undefined || tool === undefined ? undefined : `mcp__${server}__${tool}`;
}

/** The records as spans: those of one request to a model are the events of one, a call of a tool is a span. */
function spansOf(records: readonly LogRecord[]): JsonObject[] {
  const spans: Record<string, JsonValue | undefined>[] = [];
  const models = new Map<
    string,
    { readonly events: JsonValue[]; readonly attributes: Record<string, JsonValue> }
  >();
  records.forEach((record, i) => {
    const tool = toolIn(record);
    if (tool !== undefined) return spans.push(toolSpan(record, tool, i));
    const trace = traceOf(record);
    const key = JSON.stringify([trace, record.span ?? `record ${i}`]);
    let model = models.get(key);
    if (model === undefined) {
      // Without a prototype, an attribute `__proto__` is one like any other.
      model = { events: [], attributes: Object.create(null) };
      model.attributes["gen_ai.operation.name"] = "chat";
      models.set(key, model);
      const { time, span } = record;
      spans.push({
        trace,
        id: span ?? `record-${i + 1}`,
        name: "chat",
        start: time,
        attributes: model.attributes,
        events: model.events,
      });
    }
    const body = isJsonObject(record.body) ? record.body : {};
    if (record.name.endsWith(".details")) Object.assign(model.attributes, record.attributes, body);
    else model.events.push({ name: record.name, attributes: { ...record.attributes, ...body } });
  });
  return spans as JsonObject[];
}

function toolSpan(record: LogRecord, tool: string, i: number): Record<string, JsonValue | undefined> {
  const { attributes, time } = record;
  const success = attributes.success;
  const args = attributes.tool_input ?? attributes.tool_parameters ?? attributes.function_args ??
    attributes.arguments;
  return {
    trace: traceOf(record),
    id: `record-${i + 1}`,
    name: `execute_tool ${tool}`,
    start: time,
    failed: success === undefined || success === null ? undefined : success === false || success === "false",
    message: attributes.error ?? attributes["error.message"],
    attributes: {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": tool,
      "gen_ai.tool.call.id": attributes.tool_use_id ?? attributes.call_id ?? null,
      "gen_ai.tool.call.arguments": attributeText(documentIn(args)) ?? null,
      "gen_ai.tool.call.result": attributeText(attributes.output ?? attributes.tool_output) ?? null,
    },
  };
}

/** Agents name the session in an attribute; their records are part of no trace, or of one for each request. */
function traceOf({ trace, attributes }: LogRecord): JsonValue {
  return textAt(attributes, "session.id", "conversation.id", "gen_ai.conversation.id") ??
    (typeof trace === "string" && /[^0x]/.test(trace) ? trace : "log");
}
