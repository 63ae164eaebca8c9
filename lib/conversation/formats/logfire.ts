import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { type Element, elementsOf, type FormatReader, itemsOf, objectsIn } from "./reader.ts";
import { cellOf, documentIn, readSpanRecords, type SpanRecord } from "./span_records.ts";

/** Records of Pydantic Logfire, as its API for queries and its exports give them. */
export const logfire: FormatReader = {
  title: "Pydantic Logfire: records of its query API, by rows or columns, as JSON, JSONL or CSV",
  reads:
    "records of calls of tools with the attributes of OpenTelemetry, of Pydantic AI in every version, else the messages of records of models; one run per trace",
  lost: "records that call no tool; pending spans, which whole ones repeat",
  example:
    '{"rows":[{"trace_id":"01","span_id":"02","span_name":"execute_tool pay","kind":"span","start_timestamp":"2026-01-02T03:04:05Z","attributes":{"gen_ai.operation.name":"execute_tool","gen_ai.tool.name":"pay","gen_ai.tool.call.arguments":"{}"}}]}',
  detect: (values) =>
    values.some((value) => rowsIn({ value, position: "" }).some((row) => isRecord(row.value))),
  read: (roots) =>
    readSpanRecords(elementsOf(roots).flatMap(rowsIn).filter(({ value }) => !isPending(value)), spanOf),
};

const isRecord = (value: JsonValue) =>
  isJsonObject(value) && typeof value.span_name === "string" && typeof value.trace_id === "string" &&
  typeof value.start_timestamp === "string";

/** A span is recorded when it begins, too. */
const isPending = (value: JsonValue) => isJsonObject(value) && value.kind === "pending_span";

/** The records in an answer: a list of rows, or of columns with a value for each; or the value itself. */
function rowsIn(element: Element): Element[] {
  const { value, position } = element;
  if (!isJsonObject(value)) return [element];
  if (Array.isArray(value.rows)) return itemsOf(value.rows, `${position}, row`);
  // The API itself, whose rows its client renames.
  if (Array.isArray(value.data) && isJsonObject(value.schema)) return itemsOf(value.data, `${position}, row`);
  const columns = objectsIn(value.columns).filter(({ name, values }) =>
    typeof name === "string" && Array.isArray(values)
  );
  if (columns.length === 0) return [element];
  const rows: Record<string, JsonValue>[] = [];
  for (const { name, values } of columns) {
    (values as JsonValue[]).forEach((cell, i) => {
      const row = rows[i] ??= {};
      Object.defineProperty(row, name as string, { value: cell, enumerable: true, configurable: true });
    });
  }
  return itemsOf(rows, `${position}, row`);
}

const objectIn = (value: JsonValue | undefined): JsonObject => {
  const document = documentIn(value);
  return isJsonObject(document) ? document : {};
};

function spanOf(row: JsonObject): SpanRecord {
  const { is_exception: raised, otel_status_code: code, exception_message: why } = row;
  const events = documentIn(row.otel_events);
  return {
    trace: cellOf(row.trace_id),
    id: cellOf(row.span_id),
    parent: cellOf(row.parent_span_id),
    name: row.span_name,
    start: cellOf(row.start_timestamp),
    end: cellOf(row.end_timestamp),
    failed: code === "ERROR" || raised === true || raised === "true" || raised === "True" ? true : undefined,
    message: cellOf(row.otel_status_message) ?? cellOf(why),
    attributes: objectIn(row.attributes),
    events: objectsIn(events).map((event) => ({
      name: event.event_name ?? event.name,
      attributes: isJsonObject(event.attributes) ? event.attributes : {},
    })),
  };
}
