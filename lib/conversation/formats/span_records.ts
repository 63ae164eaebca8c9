import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import { isJsonObject, readJson } from "../../formats/json/mod.ts";
import { unixNanos } from "../../formats/time.ts";
import type { Roots } from "../input.ts";
import { openLedger } from "../ledger.ts";
import { timeIn } from "../messages.ts";
import { readTrace } from "../otel.ts";
import { splitTraces } from "../otel_traces.ts";
import { type Element, elementsOf, itemsOf, type Readings } from "./reader.ts";

/** A span as an observability platform exports it, in the words of OpenTelemetry. */
export interface SpanRecord {
  readonly trace: JsonValue | undefined;
  readonly id: JsonValue | undefined;
  readonly parent: JsonValue | undefined;
  readonly name: JsonValue | undefined;
  /** Times in any form that logs have. */
  readonly start: JsonValue | undefined;
  readonly end: JsonValue | undefined;
  /** Whether it failed; `undefined` if the record does not say. */
  readonly failed: boolean | undefined;
  readonly message?: JsonValue | undefined;
  readonly attributes: Readonly<Record<string, JsonValue | undefined>>;
  /** Its kind by OTLP. */
  readonly kind?: JsonValue | undefined;
  readonly events?: readonly SpanEvent[];
}

/** An event of a span. */
export interface SpanEvent {
  readonly name: JsonValue | undefined;
  readonly attributes: JsonObject;
}

/**
 * The spans of a log: each is a value of it, or one of a list in an answer of an API.
 *
 * @param word what a span is called in positions
 */
export function spanElements(
  roots: Roots,
  isSpan: (value: JsonObject) => boolean,
  spansIn: (value: JsonValue) => readonly JsonObject[],
  word = "span",
): Element[] {
  return elementsOf(roots).flatMap((element): Element[] => {
    const { value, position } = element;
    return isJsonObject(value) && isSpan(value) ? [element] : itemsOf(spansIn(value), `${position}, ${word}`);
  });
}

/**
 * Read records of spans as the traces that they are part of.
 *
 * @throws {GaitError} `invalid_input` if a trace contains calls that can't be read, or there is no trace of an agent
 */
export function readSpanRecords(
  elements: readonly Element[],
  toSpan: (value: JsonObject) => SpanRecord,
): Readings {
  const spans = elements.map(({ value }) => isJsonObject(value) ? otlpSpan(toSpan(value)) : value);
  return readTraces({ values: [{ resourceSpans: [{ scopeSpans: [{ spans }] }] }], position: () => "spans" });
}

/** Read exports of OTLP JSON. */
export function readTraces(roots: Roots): Readings {
  const { traces, skipped } = splitTraces(roots);
  const readings = traces.map((trace) => ({
    position: trace.position,
    value: trace.spans.map((span) => span.value),
    transcript: readTrace(trace),
  }));
  return { readings, skipped };
}

function otlpSpan(
  { trace, id, parent, name, start, end, failed, message, attributes, kind, events = [] }: SpanRecord,
): JsonObject {
  const code = failed === undefined ? undefined : failed ? 2 : 1;
  return withoutAbsent({
    traceId: trace,
    spanId: id,
    parentSpanId: parent,
    name,
    startTimeUnixNano: nanosIn(start),
    endTimeUnixNano: nanosIn(end),
    kind,
    attributes: attributesOf(attributes),
    events: events.map((event) =>
      withoutAbsent({ name: event.name, attributes: attributesOf(event.attributes) })
    ),
    status: code === undefined ? undefined : withoutAbsent({ code, message }),
  });
}

function attributesOf(attributes: SpanRecord["attributes"]): JsonValue[] {
  return Object.entries(attributes).flatMap(([key, value]): JsonValue[] =>
    value === undefined || value === null ? [] : [{ key, value: anyValue(value) }]
  );
}

function withoutAbsent(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, JsonValue] =>
      member[1] !== undefined && member[1] !== null
    ),
  );
}

/** A JSON value as OTLP has the value of an attribute. */
function anyValue(value: JsonValue): JsonObject {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") {
    return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (value === null) return {};
  return {
    kvlistValue: { values: Object.entries(value).map(([key, one]) => ({ key, value: anyValue(one) })) },
  };
}

function nanosIn(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const time = timeIn({ time: value }, "", openLedger(), ["time"]);
  return time === undefined ? undefined : String(unixNanos(time));
}

/** A value, absent for an empty cell of a table. */
export function cellOf(value: JsonValue | undefined): JsonValue | undefined {
  return value === "" ? undefined : value;
}

/** The JSON in a text, as cells of a table have it; anything else as it stands. */
export function documentIn(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== "string" || !/^\s{0,8}[[{]/.test(value)) return cellOf(value);
  try {
    return readJson(value, { what: "cell", numbers: "text", duplicates: "refuse" });
  } catch {
    return value;
  }
}

/** A value as the text that an attribute holds. */
export function attributeText(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
