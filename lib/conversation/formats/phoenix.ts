import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { type Element, elementsOf, type FormatReader, itemsOf, objectsIn } from "./reader.ts";
import { cellOf, readSpanRecords, readTraces, type SpanRecord } from "./span_records.ts";

/** Spans as Arize Phoenix exports them: of its API, of its data frames as JSONL and CSV, and as OTLP of its API. */
export const phoenix: FormatReader = {
  title: "Arize Phoenix spans: API, data frames as JSONL or CSV",
  reads: "spans of kind TOOL, else the messages of spans of kind LLM, by OpenInference; one run per trace",
  lost: "spans that call no tool; annotations",
  example:
    '{"data":[{"name":"pay","context":{"trace_id":"01","span_id":"02"},"span_kind":"TOOL","attributes":{"input.value":"{}"}}],"next_cursor":null}',
  detect: (values) => values.some((value) => spansIn(value).some((span) => isSpan(span) || isOtlpSpan(span))),
  read(roots) {
    const elements = elementsOf(roots).flatMap(({ value, position }): Element[] =>
      isJsonObject(value) && Array.isArray(value.data)
        ? itemsOf(value.data, `${position}, span`)
        : [{ value, position }]
    );
    if (elements.some(({ value }) => isJsonObject(value) && isOtlpSpan(value))) {
      const spans = elements.map(({ value }) => camelised(value));
      return readTraces({
        values: [{ resourceSpans: [{ scopeSpans: [{ spans }] }] }],
        position: () => "spans",
      });
    }
    return readSpanRecords(elements, spanOf);
  },
};

function spansIn(value: JsonValue): JsonObject[] {
  if (!isJsonObject(value)) return [];
  return Array.isArray(value.data) ? objectsIn(value.data) : [value];
}

function isSpan(value: JsonObject): boolean {
  return typeof value.span_kind === "string" &&
    (isJsonObject(value.context) && typeof value.context.trace_id === "string" ||
      typeof value["context.trace_id"] === "string");
}

/** OTLP in snake_case. */
const isOtlpSpan = (value: JsonObject) =>
  typeof value.trace_id === "string" && typeof value.span_id === "string" &&
  Array.isArray(value.attributes) &&
  Object.hasOwn(value, "start_time_unix_nano");

function spanOf(value: JsonObject): SpanRecord {
  const context = isJsonObject(value.context)
    ? value.context
    : { trace_id: value["context.trace_id"] ?? null, span_id: value["context.span_id"] ?? null };
  const { status_code: code } = value;
  return {
    trace: context.trace_id,
    id: context.span_id,
    parent: cellOf(value.parent_id),
    name: value.name,
    start: value.start_time,
    end: value.end_time,
    failed: code === "ERROR" ? true : code === "OK" ? false : undefined,
    message: cellOf(value.status_message),
    attributes: { ...flattened(attributesIn(value)), "openinference.span.kind": value.span_kind },
  };
}

/** Attributes of the API are in a member, those of a data frame are columns. */
function attributesIn(value: JsonObject): JsonObject {
  if (isJsonObject(value.attributes)) return value.attributes;
  const start = "attributes.";
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      key.startsWith(start) && member !== "" ? [[key.slice(start.length), member]] : []
    ),
  );
}

/** A message is nested less deeply; the names of what is deeper would grow with the depth. */
const MAX_NESTING = 10;

/** Messages that were nested again on the way through Phoenix, as the flat attributes that they were. */
function flattened(attributes: JsonObject): JsonObject {
  const flat: [string, JsonValue][] = [];
  const add = (key: string, value: JsonValue, depth: number): void => {
    const isWhole = !key.startsWith("llm.") || typeof value !== "object" || value === null ||
      depth > MAX_NESTING;
    if (isWhole) flat.push([key, value]);
    else for (const [name, member] of Object.entries(value)) add(`${key}.${name}`, member, depth + 1);
  };
  for (const [key, value] of Object.entries(attributes)) add(key, value, 0);
  return Object.fromEntries(flat);
}

/** The members of OTLP in camelCase, without those that are null. */
function camelised(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(camelised);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]): [string, JsonValue][] =>
      member === null
        ? []
        : [[key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), camelised(member)]]
    ),
  );
}
