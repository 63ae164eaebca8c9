import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { type Element, elementsOf, type FormatReader, itemsOf, objectsIn } from "./reader.ts";
import { attributeText, cellOf, documentIn, readSpanRecords, type SpanRecord } from "./span_records.ts";

/** Traces and observations as Langfuse exports them: of its API, and as JSON, JSONL or CSV of its user interface. */
export const langfuse: FormatReader = {
  title: "Langfuse traces and observations: API, JSON, JSONL or CSV",
  reads:
    "observations of type `TOOL`, else the messages of observations of type `GENERATION`; one run per trace",
  lost: "observations that call no tool; scores",
  example:
    '{"id":"01","observations":[{"id":"02","traceId":"01","type":"TOOL","name":"pay","input":{"cents":5}}]}',
  detect: (values) => values.some((value) => holdsObservation(value, 0)),
  read: (roots) => readSpanRecords(elementsOf(roots).flatMap((element) => inside(element, 0)), spanOf),
};

/** A list of traces has its observations two levels down. */
const MAX_NESTING = 3;

const listsIn = ({ data, observations }: JsonObject) => [data, observations].filter(Array.isArray);

function holdsObservation(value: JsonValue, depth: number): boolean {
  if (!isJsonObject(value) || depth > MAX_NESTING) return false;
  return isObservation(value) ||
    listsIn(value).some((list) => objectsIn(list).some((one) => holdsObservation(one, depth + 1)));
}

function isObservation({ id, traceId, trace_id: trace, type, ...rest }: JsonObject): boolean {
  return typeof id === "string" && typeof (traceId ?? trace) === "string" && typeof type === "string" &&
    TYPES.has(type.toUpperCase()) && (Object.hasOwn(rest, "startTime") || Object.hasOwn(rest, "start_time") ||
      Object.hasOwn(rest, "input") || Object.hasOwn(rest, "parentObservationId"));
}

const TYPES = new Set([
  "SPAN",
  "GENERATION",
  "EVENT",
  "AGENT",
  "TOOL",
  "CHAIN",
  "RETRIEVER",
  "EVALUATOR",
  "EMBEDDING",
  "GUARDRAIL",
]);

function inside(element: Element, depth: number): Element[] {
  const { value, position } = element;
  if (!isJsonObject(value) || isObservation(value) || depth > MAX_NESTING) return [element];
  const lists = listsIn(value);
  if (lists.length === 0) return [element];
  return lists.flatMap((list) =>
    itemsOf(list as JsonValue[], `${position}, item`).flatMap((one) => inside(one, depth + 1))
  );
}

function spanOf(value: JsonObject): SpanRecord {
  const first = (...names: string[]) =>
    names.map((name) => cellOf(value[name]) ?? null).find((one) => one !== null);
  const type = asText(value.type ?? "").toLowerCase();
  const [input, output, metadata] = [value.input, value.output, value.metadata].map(documentIn);
  const level = first("level");
  const isModel = type === "generation";
  const callId = isJsonObject(metadata) ? metadata.tool_call_id : undefined;
  return {
    trace: first("traceId", "trace_id"),
    id: value.id,
    parent: first("parentObservationId", "parent_observation_id"),
    name: value.name,
    start: first("startTime", "start_time"),
    end: first("endTime", "end_time"),
    failed: level === "ERROR" ? true : undefined,
    message: first("statusMessage", "status_message"),
    attributes: {
      "langfuse.observation.type": type,
      ...isModel
        ? { "input.value": attributeText(requestOf(input)), "output.value": attributeText(answerOf(output)) }
        : {
          "gen_ai.tool.call.id": type === "tool" ? callId : undefined,
          "langfuse.observation.input": attributeText(input),
          "langfuse.observation.output": attributeText(output),
        },
    },
  };
}

/** A generation keeps the messages of its request as they are, or in a member. */
const requestOf = (input: JsonValue | undefined) => Array.isArray(input) ? { messages: input } : input;

/** A generation keeps the message of the answer alone. */
const answerOf = (output: JsonValue | undefined) =>
  isJsonObject(output) && typeof output.role === "string" && !Array.isArray(output.content)
    ? { object: "chat.completion", choices: [{ message: output }] }
    : output;
