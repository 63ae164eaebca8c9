import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Roots } from "../input.ts";
import { elementsOf, objectsIn, type Readings } from "./reader.ts";
import { readSpanRecords, type SpanRecord } from "./span_records.ts";

/** Whether a value is a span as OpenTelemetry's SDK for Python writes it (`ReadableSpan.to_json`). */
export function isSdkSpan(value: JsonValue): boolean {
  return isJsonObject(value) && isJsonObject(value.context) && typeof value.context.trace_id === "string" &&
    typeof value.kind === "string" && value.kind.startsWith("SpanKind.") && isJsonObject(value.attributes);
}

/** Read such spans as the traces that they are part of. */
export function readSdkSpans(roots: Roots): Readings {
  return readSpanRecords(elementsOf(roots), spanOf);
}

/** Ids are numbers in the words of Python. */
const hexIn = (id: JsonValue | undefined) => typeof id === "string" ? id.replace(/^0x/, "") : id;

const objectIn = (value: JsonValue | undefined): JsonObject => isJsonObject(value) ? value : {};

function spanOf(value: JsonObject): SpanRecord {
  const { trace_id: trace, span_id: id } = objectIn(value.context);
  const { status_code: code, description } = objectIn(value.status);
  return {
    trace: hexIn(trace),
    id: hexIn(id),
    parent: hexIn(value.parent_id),
    name: value.name,
    kind: asText(value.kind).replace("SpanKind.", "SPAN_KIND_"),
    start: value.start_time,
    end: value.end_time,
    failed: code === "ERROR" ? true : code === "OK" ? false : undefined,
    message: description,
    attributes: objectIn(value.attributes),
    events: objectsIn(value.events).map((event) => ({
      name: event.name,
      attributes: objectIn(event.attributes),
    })),
  };
}
