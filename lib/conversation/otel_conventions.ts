import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { only } from "./openai_items.ts";
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
  const ofClaudeCode = claudeCodeOperation(span, attributes);
  if (ofClaudeCode !== undefined) return filled(attributes, ofClaudeCode);
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

/** Google ADK and earlier versions of Pydantic AI have attributes of their own, Strands has events. */
function withOwnPlaces(span: JsonObject, attributes: JsonObject): JsonObject {
  if (span.name === "running tool") {
    return filled(attributes, {
      "gen_ai.tool.call.arguments": attributes.tool_arguments,
      "gen_ai.tool.call.result": attributes.tool_response,
    });
  }
  if (attributes["gen_ai.operation.name"] !== "execute_tool") return attributes;
  return filled(attributes, {
    "gen_ai.tool.call.arguments": attributes["gcp.vertex.agent.tool_call_args"] ??
      inEvent(span, "gen_ai.tool.message", "content"),
    "gen_ai.tool.call.result": attributes["gcp.vertex.agent.tool_response"] ??
      inEvent(span, "gen_ai.choice", "message"),
  });
}

/** Attributes in which Claude Code tells some of the arguments of its own tools; those of tools of servers are in none. */
const CLAUDE_CODE_ARGS = ["file_path", "full_command", "skill_name", "subagent_type"];

/**
 * Spans of Claude Code (beta), which names operations in the span: a call is `claude_code.tool`, and whether it failed
 * stands in the `claude_code.tool.execution` inside, which names no tool.
 */
function claudeCodeOperation(
  span: JsonObject,
  attributes: JsonObject,
): Readonly<Record<string, JsonValue | undefined>> | undefined {
  switch (span.name) {
    case "claude_code.interaction":
      return { "gen_ai.operation.name": "invoke_agent" };
    case "claude_code.llm_request":
      return { "gen_ai.operation.name": "chat" };
    case "claude_code.tool.execution":
      return { "gen_ai.operation.name": "execute_tool" };
    case "claude_code.tool": {
      const args = only(attributes, ...CLAUDE_CODE_ARGS);
      return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": attributes.tool_name,
        "gen_ai.tool.call.id": attributes.tool_use_id,
        "gen_ai.tool.call.arguments": Object.keys(args).length > 0 ? args : undefined,
        "gen_ai.tool.call.result": attributesOfEvent(span, "tool.output"),
      };
    }
  }
}

/** The attribute of the only event of a name: of several, no one tells which it is. */
export function inEvent(span: JsonObject, name: string, key: string): JsonValue | undefined {
  return attributesOfEvent(span, name)?.[key];
}

function attributesOfEvent({ events }: JsonObject, name: string): JsonObject | undefined {
  const found = (Array.isArray(events) ? events : []).filter(isJsonObject).filter((event) =>
    event.name === name
  );
  if (found.length !== 1) return undefined;
  const { values, ambiguous } = readAttributes(found[0]!.attributes);
  return Object.fromEntries(Object.entries(values).filter(([key]) => !ambiguous.has(key)));
}

function filled(attributes: JsonObject, more: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const missing = Object.entries(more).flatMap(([key, value]) =>
    (attributes[key] ?? null) !== null || value === undefined || value === null ? [] : [[key, value] as const]
  );
  return { ...attributes, ...Object.fromEntries(missing) };
}

const nameOf = ({ name }: JsonObject) => typeof name === "string" && name.trim() !== "" ? name : undefined;

const wordOf = (value: JsonValue | undefined) => typeof value === "string" ? value.trim().toLowerCase() : "";
