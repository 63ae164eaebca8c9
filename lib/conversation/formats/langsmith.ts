import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isNonEmpty } from "../payload.ts";
import { type Element, elementsOf, type FormatReader, objectsIn } from "./reader.ts";
import { attributeText, cellOf, documentIn, readSpanRecords, type SpanRecord } from "./span_records.ts";

/** Runs as LangSmith exports them: of its API and client, and as JSONL or CSV. */
export const langsmith: FormatReader = {
  title: "LangSmith runs: API, client, JSONL or CSV",
  reads:
    "runs of type `tool` with their inputs and outputs, else the messages of runs of type `llm`; one run per trace",
  lost: "runs that call no tool; feedback",
  example:
    '{"runs":[{"id":"02","trace_id":"01","run_type":"tool","name":"pay","inputs":{"cents":5},"outputs":{"output":"ok"}}]}',
  detect: (values) => values.some((value) => runsIn(value).some(isRun)),
  read(roots) {
    const found: Element[] = [];
    for (const element of elementsOf(roots)) collect(element, found);
    return readSpanRecords(found, spanOf);
  },
};

const HOLDERS = ["runs", "child_runs"] as const;

function runsIn(value: JsonValue): JsonObject[] {
  return isJsonObject(value) ? Array.isArray(value.runs) ? objectsIn(value.runs) : [value] : [];
}

function isRun({ id, run_type: type, name, ...rest }: JsonObject): boolean {
  return typeof id === "string" && typeof type === "string" && typeof name === "string" &&
    (Object.hasOwn(rest, "inputs") || Object.hasOwn(rest, "outputs"));
}

/** Add the runs of a list, and those that are nested in another. */
function collect(element: Element, found: Element[]): void {
  const { value, position } = element;
  const lists = isJsonObject(value) ? HOLDERS.map((name) => value[name]).filter(Array.isArray) : [];
  if (lists.length === 0 || isJsonObject(value) && isRun(value)) found.push(element);
  for (const list of lists) {
    list.forEach((one, i) => collect({ value: one, position: `${position}, run ${i + 1}` }, found));
  }
}

function spanOf(value: JsonObject): SpanRecord {
  const { id, trace_id: trace, parent_run_id: parent, run_type: type, name, status } = value;
  const [inputs, outputs, extra] = [value.inputs, value.outputs, value.extra].map(documentIn);
  const error = cellOf(value.error);
  const failed = isNonEmpty(error) || status === "error" ? true : status === "success" ? false : undefined;
  const isTool = type === "tool";
  const callId = isJsonObject(extra) ? extra.tool_call_id : undefined;
  return {
    // The outermost run of a trace has the id of the trace, which older exports leave out.
    trace: cellOf(trace) ?? id,
    id,
    parent: cellOf(parent),
    name,
    start: value.start_time,
    end: value.end_time,
    failed,
    message: error,
    attributes: {
      "langsmith.span.kind": type,
      "langsmith.trace.name": name,
      ...isTool
        ? {
          "gen_ai.tool.call.id": callId,
          "gen_ai.tool.call.arguments": attributeText(inputs),
          "gen_ai.tool.call.result": attributeText(onlyOutput(outputs)),
        }
        : { "input.value": attributeText(inputs), "output.value": attributeText(outputs) },
    },
  };
}

/** LangSmith puts what is no object into a member `output`. */
function onlyOutput(outputs: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(outputs) && Object.keys(outputs).length === 1 && Object.hasOwn(outputs, "output")
    ? outputs.output
    : outputs;
}
