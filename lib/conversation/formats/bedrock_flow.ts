import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { SeenCall } from "../ledger.ts";
import { type Element, objectsIn, textIn } from "./reader.ts";

/** What `invoke_flow` of Amazon Bedrock streams, with the traces of the nodes. */
const EVENTS = [
  "flowTraceEvent",
  "flowOutputEvent",
  "flowCompletionEvent",
  "flowMultiTurnInputRequestEvent",
] as const;

function eventIn(value: JsonValue): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const event = EVENTS.map((name) => value[name]).find(isJsonObject);
  return event;
}

/** Whether a value is an event of a flow. */
export const isFlowEvent = (value: JsonValue): value is JsonObject => eventIn(value) !== undefined;

/** The trace of a node in an event: its kind, and what it tells. */
function nodeTraceIn(value: JsonValue): readonly [kind: string, node: JsonObject] | undefined {
  const event = isJsonObject(value) ? value.flowTraceEvent : undefined;
  if (!isJsonObject(event) || !isJsonObject(event.trace)) return undefined;
  const found = Object.entries(event.trace).find((entry): entry is [string, JsonObject] =>
    isJsonObject(entry[1])
  );
  return found;
}

/** The kind of an event of a flow; `undefined` if the value is none. */
export function flowKindOf(value: JsonObject): string | undefined {
  if (!isFlowEvent(value)) return undefined;
  return (nodeTraceIn(value)?.[0] ?? Object.keys(value)[0]!).slice(0, 80);
}

/** The traces of agents that a node of a flow hands on. */
function agentTracesIn(value: JsonValue): JsonObject[] {
  const elements = nodeTraceIn(value)?.[1].traceElements;
  return objectsIn(isJsonObject(elements) ? elements.agentTraces : undefined);
}

/** The trace of an agent in an event of a flow that holds one. */
export const traceInFlow = (value: JsonValue): JsonValue | undefined => agentTracesIn(value)[0];

/** An event of a flow with several traces of agents as one event for each. */
export function flowParts(element: Element): Element[] {
  const { value, position } = element;
  const traces = agentTracesIn(value);
  if (traces.length < 2 || !isJsonObject(value)) return [element];
  const [kind, node] = nodeTraceIn(value)!;
  return traces.map((trace, i) => ({
    value: {
      ...value,
      flowTraceEvent: { trace: { [kind]: { ...node, traceElements: { agentTraces: [trace] } } } },
    },
    position: `${position}, trace ${i + 1}`,
  }));
}

/** Names the execution of a flow that an event is part of; `undefined` for other values. */
export function flowExecutions(): (value: JsonValue) => string | undefined {
  let count = 1;
  return (value) => {
    if (!isFlowEvent(value)) return undefined;
    const name = `flow ${count}`;
    if (isJsonObject(value.flowCompletionEvent)) count++;
    return name;
  };
}

/**
 * The function that a node of a flow has Lambda run, as a call of that node. What its other actions call is a model, or
 * an agent, whose own traces tell of its calls.
 */
export function lambdaIn(
  value: JsonValue,
): {
  readonly about: JsonObject;
  readonly call: Pick<SeenCall, "id" | "tool" | "args">;
  readonly response: JsonValue | undefined;
} | undefined {
  const [kind, node] = nodeTraceIn(value) ?? [];
  if (kind !== "nodeActionTrace" || node === undefined) return undefined;
  if (!/lambda/i.test(textIn(node.serviceName) ?? "")) return undefined;
  return {
    about: node,
    call: { id: node.requestId, tool: node.nodeName, args: node.operationRequest },
    response: node.operationResponse ?? undefined,
  };
}
