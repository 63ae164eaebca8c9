import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { readAttributes } from "./otlp_value.ts";

/** Where a convention puts what `gen_ai.tool.*` says; the first attribute that is set counts. */
interface Convention {
  /** The attribute that marks a span as a call of a tool, and its value in lower case. */
  readonly mark: readonly [key: string, value: string];
  readonly tool: readonly string[];
  readonly id?: readonly string[];
  readonly args: readonly string[];
  readonly result: readonly string[];
}

/** Conventions of others: OpenInference, the Vercel AI SDK, Traceloop (OpenLLMetry), Langfuse and LangSmith. */
const CONVENTIONS: readonly Convention[] = [
  {
    mark: ["openinference.span.kind", "tool"],
    tool: ["tool.name"],
    id: ["tool.id", "tool_call.id"],
    args: ["input.value", "tool.parameters", "tool_call.function.arguments"],
    result: ["output.value"],
  },
  {
    mark: ["ai.operationId", "ai.toolcall"],
    tool: ["ai.toolCall.name"],
    id: ["ai.toolCall.id"],
    args: ["ai.toolCall.args", "ai.toolCall.input"],
    result: ["ai.toolCall.result", "ai.toolCall.output"],
  },
  {
    mark: ["traceloop.span.kind", "tool"],
    tool: ["traceloop.entity.name"],
    args: ["traceloop.entity.input"],
    result: ["traceloop.entity.output"],
  },
  {
    mark: ["langfuse.observation.type", "tool"],
    tool: [],
    args: ["langfuse.observation.input"],
    result: ["langfuse.observation.output"],
  },
  {
    mark: ["langsmith.span.kind", "tool"],
    tool: ["langsmith.trace.name"],
    args: ["gen_ai.prompt", "input.value"],
    result: ["gen_ai.completion", "output.value"],
  },
];

/** Attributes that a call is read from in these conventions. */
export const READ_ATTRIBUTES: ReadonlySet<string> = new Set(
  CONVENTIONS.flatMap((
    { mark, tool, id = [], args, result },
  ) => [mark[0], ...tool, ...id, ...args, ...result])
    .concat("gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.tool_response"),
);

/**
 * The attributes of a span, with what other conventions say about a call under its names in the semantic conventions
 * for generative AI. What is there under those names stays.
 */
export function translate(span: JsonObject, attributes: JsonObject): JsonObject {
  const convention = CONVENTIONS.find(({ mark: [key, value] }) => wordOf(attributes[key]) === value);
  if (convention === undefined) return withOwnPlaces(span, attributes);
  const first = (keys: readonly string[] = []) =>
    keys.map((key) => attributes[key] ?? null).find((value) => value !== null);
  return filled(attributes, {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": first(convention.tool) ?? nameOf(span),
    "gen_ai.tool.call.id": first(convention.id),
    "gen_ai.tool.call.arguments": first(convention.args),
    "gen_ai.tool.call.result": first(convention.result),
  });
}

/** Google ADK has attributes of its own, Strands has events. */
function withOwnPlaces(span: JsonObject, attributes: JsonObject): JsonObject {
  if (attributes["gen_ai.operation.name"] !== "execute_tool") return attributes;
  return filled(attributes, {
    "gen_ai.tool.call.arguments": attributes["gcp.vertex.agent.tool_call_args"] ??
      inEvent(span, "gen_ai.tool.message", "content"),
    "gen_ai.tool.call.result": attributes["gcp.vertex.agent.tool_response"] ??
      inEvent(span, "gen_ai.choice", "message"),
  });
}

/** The attribute of the only event of a name: of several, no one tells which it is. */
function inEvent({ events }: JsonObject, name: string, key: string): JsonValue | undefined {
  const found = (Array.isArray(events) ? events : []).filter(isJsonObject).filter((event) =>
    event.name === name
  );
  if (found.length !== 1) return undefined;
  const { values, ambiguous } = readAttributes(found[0]!.attributes);
  return ambiguous.has(key) ? undefined : values[key];
}

function filled(attributes: JsonObject, more: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const missing = Object.entries(more).flatMap(([key, value]) =>
    (attributes[key] ?? null) !== null || value === undefined || value === null ? [] : [[key, value] as const]
  );
  return { ...attributes, ...Object.fromEntries(missing) };
}

const nameOf = ({ name }: JsonObject) => typeof name === "string" && name.trim() !== "" ? name : undefined;

const wordOf = (value: JsonValue | undefined) => typeof value === "string" ? value.trim().toLowerCase() : "";
