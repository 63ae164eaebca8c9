import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isNonEmpty } from "../payload.ts";
import { type Element, elementsOf, type FormatReader, itemsOf, objectsIn } from "./reader.ts";
import { attributeText, readSpanRecords, type SpanRecord } from "./span_records.ts";

/** Spans of Datadog's LLM Observability: as its API lists them, and as they are sent to it. */
export const datadog: FormatReader = {
  title: "Datadog LLM Observability: spans of its API, and as they are sent to it",
  reads:
    "spans of kind `tool` with their input and output, else the messages of spans of kind `llm`; one run per trace",
  lost: "spans that call no tool; evaluations",
  example:
    '{"data":[{"id":"x","type":"span","attributes":{"trace_id":"01","span_id":"02","parent_id":"undefined","name":"pay","span_kind":"tool","start_ms":1767323045000,"input":{"value":"{\\"cents\\": 5}"},"output":{"value":"ok"},"status":"ok"}}]}',
  detect: (values) => values.some((value) => spansIn(value).some(isSpan)),
  read: (roots) =>
    readSpanRecords(
      elementsOf(roots).flatMap(({ value, position }): Element[] => {
        const spans = spansIn(value);
        return spans.length === 0 ? [{ value, position }] : itemsOf(spans, `${position}, span`);
      }),
      spanOf,
    ),
};

/** The spans of a page of the API, of a request that sends some, or a span by itself. */
function spansIn(value: JsonValue): JsonObject[] {
  if (!isJsonObject(value)) return [];
  if (isSpan(value)) return [value];
  const { data, attributes, spans } = value;
  if (Array.isArray(spans)) return objectsIn(spans);
  if (Array.isArray(data)) return objectsIn(data).flatMap(attributesOf);
  return attributesOf(isJsonObject(data) ? data : isJsonObject(attributes) ? value : {});
}

function attributesOf({ attributes }: JsonObject): JsonObject[] {
  if (!isJsonObject(attributes)) return [];
  return Array.isArray(attributes.spans) ? objectsIn(attributes.spans) : [attributes];
}

function isSpan(value: JsonObject): boolean {
  return typeof value.trace_id === "string" && typeof value.span_id === "string" &&
    kindOf(value) !== undefined;
}

const metaOf = ({ meta }: JsonObject): JsonObject => isJsonObject(meta) ? meta : {};

/** The API has the kind in the span; the SDK sends it in `meta`, in one of three places by its version. */
function kindOf(value: JsonObject): string | undefined {
  const meta = metaOf(value);
  const inside = isJsonObject(meta.span) ? meta.span.kind : undefined;
  const kind = value.span_kind ?? meta.kind ?? meta["span.kind"] ?? inside;
  return typeof kind === "string" ? kind : undefined;
}

function spanOf(value: JsonObject): SpanRecord {
  const meta = metaOf(value);
  const kind = kindOf(value);
  const isTool = kind === "tool";
  const [input, output] = [value.input ?? meta.input, value.output ?? meta.output];
  const error = isJsonObject(meta.error)
    ? meta.error.message ?? meta["error.message"]
    : meta["error.message"];
  const { status, start_ns: start, duration } = value;
  return {
    trace: value.trace_id,
    id: value.span_id,
    // The root names a parent that is not there.
    parent: value.parent_id === "undefined" ? undefined : value.parent_id ?? undefined,
    name: value.name ?? undefined,
    start: start ?? value.start_ms,
    end: endOf(start, duration),
    failed: status === "error" || isNonEmpty(meta.error) ? true : status === "ok" ? false : undefined,
    message: attributeText(error),
    attributes: {
      "openinference.span.kind": isTool ? "TOOL" : kind === "llm" ? "LLM" : "CHAIN",
      "tool.name": isTool ? value.name : undefined,
      "gen_ai.tool.call.id": isTool && isJsonObject(meta.metadata) ? meta.metadata.tool_id : undefined,
      "input.value": attributeText(contentOf(input, (messages) => ({ messages }))),
      "output.value": attributeText(
        contentOf(output, (messages) => ({
          object: "chat.completion",
          choices: messages.slice(0, 1).map((message) => ({ message })),
        })),
      ),
    },
  };
}

/** The end in nanoseconds, which a span gives by its duration. */
function endOf(start: JsonValue | undefined, duration: JsonValue | undefined): string | undefined {
  const [from, length] = [start, duration].map((one) =>
    /^\d{1,19}$/.test(asText(one)) ? BigInt(asText(one)) : undefined
  );
  return from === undefined || length === undefined ? undefined : String(from + length);
}

function contentOf(
  side: JsonValue | undefined,
  ofMessages: (messages: JsonValue[]) => JsonValue,
): JsonValue | undefined {
  if (!isJsonObject(side)) return side;
  return Array.isArray(side.messages) ? ofMessages(side.messages.map(messageOf)) : side.value;
}

/** A message in the words of OpenAI: its calls name tool and arguments themselves, results are a list. */
function messageOf(message: JsonValue): JsonValue {
  if (!isJsonObject(message) || !Array.isArray(message.tool_calls)) return message;
  return {
    ...message,
    tool_calls: message.tool_calls.map((call) =>
      isJsonObject(call) && !isJsonObject(call.function)
        ? {
          id: call.tool_id ?? null,
          type: "function",
          function: { name: call.name ?? null, arguments: call.arguments ?? null },
        }
        : call
    ),
  };
}
