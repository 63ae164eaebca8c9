import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isNonEmpty } from "../payload.ts";
import { type FormatReader, objectsIn } from "./reader.ts";
import {
  attributeText,
  cellOf,
  documentIn,
  readSpanRecords,
  spanElements,
  type SpanRecord,
} from "./span_records.ts";

/** Logs and experiments of Braintrust, as its API and its export write them. */
export const braintrust: FormatReader = {
  title: "Braintrust logs and experiments: API, JSON or JSONL",
  reads:
    "spans of type `tool` with their input and output, else the messages of spans of type `llm`; one run per trace",
  lost: "spans that call no tool; scores",
  example:
    '{"id":"1","span_id":"02","root_span_id":"01","span_attributes":{"type":"tool","name":"pay"},"input":{},"output":"ok"}',
  detect: (values) => values.some((value) => spansIn(value).some(isSpan)),
  read: (roots) => readSpanRecords(spanElements(roots, isSpan, spansIn), spanOf),
};

function spansIn(value: JsonValue): JsonObject[] {
  if (!isJsonObject(value)) return [];
  const list = [value.events, value.data, value.rows].find(Array.isArray);
  return isSpan(value) || list === undefined ? [value] : objectsIn(list);
}

const isSpan = (value: JsonObject) =>
  typeof value.root_span_id === "string" && typeof value.span_id === "string" &&
  Object.hasOwn(value, "span_attributes");

function spanOf(value: JsonObject): SpanRecord {
  const [about, metrics, parents, input, output] = [
    value.span_attributes,
    value.metrics,
    value.span_parents,
    value.input,
    value.output,
  ].map(documentIn);
  const { name, type } = isJsonObject(about) ? about : {};
  const { start, end } = isJsonObject(metrics) ? metrics : {};
  const error = cellOf(value.error);
  const isTool = type === "tool";
  return {
    trace: value.root_span_id,
    id: value.span_id,
    parent: Array.isArray(parents) ? parents[0] : undefined,
    name: name ?? undefined,
    start: start ?? value.created,
    end: end ?? undefined,
    failed: isNonEmpty(error) ? true : undefined,
    message: attributeText(error),
    attributes: {
      "openinference.span.kind": isTool ? "TOOL" : type === "llm" ? "LLM" : "CHAIN",
      "tool.name": isTool ? name : undefined,
      "input.value": attributeText(input),
      "output.value": attributeText(output),
    },
  };
}
