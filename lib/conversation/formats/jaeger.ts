import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Roots } from "../input.ts";
import { type Element, elementsOf, itemsOf, objectsIn, type Readings } from "./reader.ts";
import { readSpanRecords, type SpanRecord } from "./span_records.ts";

/** Whether a value is a list of traces as Jaeger exports it. */
export function holdsJaegerTrace(value: JsonValue): boolean {
  return isJsonObject(value) && objectsIn(value.data).some(isTrace);
}

const isTrace = ({ traceID: id, spans }: JsonObject) =>
  typeof id === "string" && objectsIn(spans).some(({ operationName: name }) => typeof name === "string");

/** Read traces of Jaeger. */
export function readJaegerTraces(roots: Roots): Readings {
  const spans = elementsOf(roots).flatMap((element): Element[] => {
    const { value, position } = element;
    if (!isJsonObject(value) || !Array.isArray(value.data)) return [element];
    return itemsOf(value.data, `${position}, trace`).flatMap((trace) =>
      isJsonObject(trace.value) && Array.isArray(trace.value.spans)
        ? itemsOf(trace.value.spans, `${trace.position}, span`)
        : [trace]
    );
  });
  return readSpanRecords(spans, spanOf);
}

function spanOf(value: JsonObject): SpanRecord {
  const { startTime: start, duration } = value;
  const tags = membersOf(value.tags);
  const code = tags["otel.status_code"];
  const parent = objectsIn(value.references).find(({ refType: type }) => type === "CHILD_OF");
  const kind = tags["span.kind"];
  return {
    trace: value.traceID,
    id: value.spanID,
    parent: parent?.spanID,
    name: value.operationName,
    kind: typeof kind === "string" ? `SPAN_KIND_${kind.toUpperCase()}` : undefined,
    start,
    end: typeof start === "number" && typeof duration === "number" ? start + duration : start,
    failed: code === "ERROR" || tags.error === true ? true : code === "OK" ? false : undefined,
    message: tags["otel.status_description"],
    attributes: tags,
    events: objectsIn(value.logs).map(({ fields }) => {
      const attributes = membersOf(fields);
      return { name: attributes.event, attributes };
    }),
  };
}

const membersOf = (list: JsonValue | undefined): JsonObject =>
  Object.fromEntries(
    objectsIn(list).flatMap(({ key, value }) => typeof key === "string" ? [[key, value ?? null]] : []),
  );
