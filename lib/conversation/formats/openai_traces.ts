import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { type Element, elementsOf, itemsOf, objectsIn, type Readings } from "./reader.ts";
import type { Roots } from "../input.ts";
import { attributeText, readSpanRecords, type SpanRecord } from "./span_records.ts";

/** Whether a value is a span of the tracing of the OpenAI Agents SDK, or a batch of them. */
export function holdsTraceSpan(value: JsonValue): boolean {
  return isJsonObject(value) &&
    (isTraceSpan(value) || objectsIn(value.data).some(isTraceSpan));
}

const isTraceSpan = ({ object, span_data: data }: JsonObject) =>
  object === "trace.span" && isJsonObject(data);

/** Read what the tracing of the OpenAI Agents SDK exports: its function spans are calls. */
export function readTraceSpans(roots: Roots): Readings {
  const elements = elementsOf(roots).flatMap((element): Element[] => {
    const { value, position } = element;
    return isJsonObject(value) && Array.isArray(value.data)
      ? itemsOf(value.data, `${position}, span`)
      : [element];
  });
  const spans = elements.filter(({ value }) => !isJsonObject(value) || value.object !== "trace");
  return readSpanRecords(spans, spanOf);
}

const OPERATIONS: Readonly<Record<string, string>> = {
  function: "execute_tool",
  agent: "invoke_agent",
  generation: "chat",
  response: "chat",
};

function spanOf(value: JsonObject): SpanRecord {
  const data = isJsonObject(value.span_data) ? value.span_data : {};
  const { error } = value;
  const type = asText(data.type ?? "");
  const isCall = type === "function";
  return {
    trace: value.trace_id,
    id: value.id,
    parent: value.parent_id,
    name: data.name ?? type,
    start: value.started_at,
    end: value.ended_at,
    failed: isJsonObject(error) ? true : undefined,
    message: isJsonObject(error) ? error.message : undefined,
    attributes: {
      "gen_ai.operation.name": Object.hasOwn(OPERATIONS, type) ? OPERATIONS[type] : undefined,
      "gen_ai.tool.name": isCall ? data.name : undefined,
      "gen_ai.tool.call.arguments": isCall ? attributeText(data.input) : undefined,
      "gen_ai.tool.call.result": isCall ? attributeText(data.output) : undefined,
      "gen_ai.input.messages": type === "generation" ? attributeText(data.input) : undefined,
      "gen_ai.output.messages": type === "generation" ? attributeText(data.output) : undefined,
    },
  };
}
