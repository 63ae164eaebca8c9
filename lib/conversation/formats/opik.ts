import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isNonEmpty } from "../payload.ts";
import { type FormatReader, objectsIn } from "./reader.ts";
import { attributeText, documentIn, readSpanRecords, spanElements, type SpanRecord } from "./span_records.ts";

/** Spans of Opik, as its API, its client and its export write them. */
export const opik: FormatReader = {
  title: "Opik spans: API, client, exported traces, JSON or JSONL",
  reads:
    "spans of type `tool` with their input and output, else the messages of spans of type `llm`; one run per trace",
  lost: "spans that call no tool; the traces themselves, feedback scores",
  example:
    '{"content":[{"id":"02","trace_id":"01","project_id":"p","parent_span_id":null,"name":"pay","type":"tool","start_time":"2026-01-02T03:04:05Z","input":{"cents":5},"output":{"output":"ok"}}],"page":1}',
  detect: (values) => values.some((value) => spansIn(value).some(isSpan)),
  read: (roots) => readSpanRecords(spanElements(roots, isSpan, spansIn), spanOf),
};

function spansIn(value: JsonValue): JsonObject[] {
  if (!isJsonObject(value)) return [];
  const list = [value.content, value.spans].find(Array.isArray);
  return isSpan(value) || list === undefined ? [value] : objectsIn(list);
}

const TYPES = new Set(["general", "tool", "llm", "guardrail"]);
/** Members that its spans have and those of other platforms lack. */
const OWN = ["parent_span_id", "project_id", "project_name", "error_info"];

const isSpan = (value: JsonObject) =>
  typeof value.id === "string" && typeof value.trace_id === "string" && TYPES.has(asText(value.type)) &&
  OWN.some((name) => Object.hasOwn(value, name)) && !Object.hasOwn(value, "traceId");

function spanOf(value: JsonObject): SpanRecord {
  const [input, output, error] = [value.input, value.output, value.error_info].map(documentIn);
  const message = isJsonObject(error) ? error.message ?? error.exception_type : error;
  const isTool = value.type === "tool";
  return {
    trace: value.trace_id,
    id: value.id,
    parent: value.parent_span_id ?? undefined,
    name: value.name ?? undefined,
    start: value.start_time,
    end: value.end_time ?? undefined,
    failed: isNonEmpty(error) ? true : undefined,
    message: attributeText(message),
    attributes: {
      "openinference.span.kind": isTool ? "TOOL" : value.type === "llm" ? "LLM" : "CHAIN",
      "tool.name": isTool ? value.name : undefined,
      "input.value": attributeText(input),
      "output.value": attributeText(output),
    },
  };
}
