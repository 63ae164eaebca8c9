import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { type Element, elementsOf, type FormatReader, itemsOf, objectsIn } from "./reader.ts";
import { attributeText, documentIn, readSpanRecords, type SpanRecord } from "./span_records.ts";

/** Traces of MLflow, as its client writes them (versions 2 and 3) and as `traces.json` keeps their spans. */
export const mlflow: FormatReader = {
  title:
    "MLflow traces: of its API and client, versions 2 and 3, also as a search lists them; as JSONL or CSV",
  reads: "spans of type TOOL with their inputs and outputs; one run per trace",
  lost: "spans that call no tool; assessments, tags",
  example:
    '{"info":{"trace_id":"tr-1"},"data":{"spans":[{"trace_id":"tr-1","span_id":"02","name":"pay","attributes":{"mlflow.spanType":"\\"TOOL\\"","mlflow.spanInputs":"{}"}}]}}',
  detect: (values) =>
    values.some((value) => tracesIn(value).some((trace) => spansIn(trace)?.some(isSpan) === true)),
  read: (roots) =>
    readSpanRecords(
      elementsOf(roots).flatMap(tracesOf).flatMap(({ value, position }): Element[] => {
        const spans = spansIn(value);
        return spans === undefined ? [{ value, position }] : itemsOf(spans, `${position}, span`);
      }),
      spanOf,
    ),
};

/** The traces of a page of a search, or the value itself. */
const tracesIn = (value: JsonValue): readonly JsonValue[] =>
  isJsonObject(value) && Array.isArray(value.traces) ? value.traces : [value];

function tracesOf(element: Element): Element[] {
  const { value, position } = element;
  return isJsonObject(value) && Array.isArray(value.traces)
    ? itemsOf(value.traces, `${position}, trace`)
    : [element];
}

function spansIn(value: JsonValue): JsonObject[] | undefined {
  if (!isJsonObject(value)) return undefined;
  const data = documentIn(value.data);
  // A row of a table has the trace as a text, and spans as its program shows them.
  const trace = documentIn(value.trace);
  const whole = isJsonObject(trace) ? documentIn(trace.data) : undefined;
  const holder = [data, whole, value].find((one) => isJsonObject(one) && Array.isArray(one.spans));
  if (holder !== undefined) return objectsIn((holder as JsonObject).spans);
  return isSpan(value) ? [value] : undefined;
}

const isSpan = ({ attributes }: JsonObject) =>
  isJsonObject(attributes) && Object.keys(attributes).some((name) => name.startsWith("mlflow."));

function spanOf(value: JsonObject): SpanRecord {
  const attributes = isJsonObject(value.attributes) ? value.attributes : {};
  const context = isJsonObject(value.context) ? value.context : value;
  const of = (name: string) => plain(attributes[`mlflow.${name}`]);
  const kind = of("spanType");
  const status = isJsonObject(value.status) ? value.status : {};
  const code = asText(status.code ?? status.status_code ?? value.status_code ?? "");
  const others = Object.entries(attributes).filter(([name]) => !name.startsWith("mlflow."));
  const isTool = kind === "TOOL";
  return {
    trace: of("traceRequestId") ?? context.trace_id,
    id: context.span_id,
    parent: value.parent_span_id ?? value.parent_id,
    name: value.name,
    start: value.start_time_unix_nano ?? value.start_time_ns ?? value.start_time,
    end: value.end_time_unix_nano ?? value.end_time_ns ?? value.end_time,
    failed: code.endsWith("ERROR") || code === "2"
      ? true
      : code.endsWith("OK") || code === "1"
      ? false
      : undefined,
    message: status.message ?? status.description ?? value.status_message,
    attributes: {
      ...Object.fromEntries(others),
      "openinference.span.kind": typeof kind === "string" ? KINDS.get(kind) ?? kind : undefined,
      "tool.name": isTool ? value.name : undefined,
      "input.value": attributeText(of("spanInputs")),
      "output.value": attributeText(of("spanOutputs")),
    },
  };
}

const KINDS: ReadonlyMap<string, string> = new Map([["CHAT_MODEL", "LLM"]]);

/** Attributes are JSON in a text, texts too; older traces have them as they are. */
function plain(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string" || !value.startsWith('"')) return documentIn(value);
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
