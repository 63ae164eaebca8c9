import { asText, isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { isNonEmpty } from "./payload.ts";

/**
 * The layer that traced a tool call: the agent framework, the MCP client, or the MCP server (OpenTelemetry semantic
 * conventions for generative AI and for MCP).
 */
export type Layer = "agent" | "client" | "server" | "mcp";

/** The tool call of a span. */
export interface ToolSpan {
  /** Absent when it names none. */
  readonly tool: string | undefined;
  readonly layer: Layer;
  /** Whether the tool is only guessed from the name of the span. */
  readonly guessed: boolean;
}

/** A name in brackets stands for several calls, e.g. `(merged tools)` of Google ADK: no tool is called that. */
const SUMMARY = /^\(.*\)$/s;

/** Whether the tool name of a span represents several calls. */
export function isSummaryName(tool: string): boolean {
  return SUMMARY.test(tool.trim());
}

/** Operations of the conventions that call no tool. */
const OTHER_OPERATIONS = new Set([
  "chat",
  "create_agent",
  "embeddings",
  "generate_content",
  "invoke_agent",
  "invoke_workflow",
  "plan",
  "retrieval",
  "text_completion",
]);

/** Span names that consist of an operation and the tool. */
const NAMED = /^(?:execute_tool|tools\/call|running tool:?) +(\S.*)$/s;

/** The tool call of a span; `undefined` if it has none. */
export function toolSpanOf(span: JsonObject, attributes: JsonObject): ToolSpan | undefined {
  const name = typeof span.name === "string" ? span.name.trim() : "";
  const operation = attributes["gen_ai.operation.name"];
  const method = attributes["mcp.method.name"];
  const fromName = NAMED.exec(name)?.[1];
  const given = textOf(attributes["gen_ai.tool.name"]) ?? textOf(attributes["mcp.tool.name"]);
  const executes = operation === "execute_tool" || method === "tools/call" ||
    /^(?:execute_tool|tools\/call)(?: |$)/.test(name);
  // Other known operations (chat, invoke_agent) and MCP methods (tools/list) are not tool calls. An unknown operation
  // does not exclude one.
  const says = textOf(operation);
  const guessed = given === undefined && fromName === undefined;
  const other = textOf(method) !== undefined ||
    says !== undefined && (OTHER_OPERATIONS.has(says) || given === undefined);
  if (!executes && (other || guessed && !/^mcp__.+__./s.test(name))) return undefined;
  const isBare = /^(?:execute_tool|tools\/call|claude_code\.tool(?:\.execution)?)?$/.test(name);
  return {
    tool: given ?? fromName ?? (isBare ? undefined : name),
    layer: layerOf(span, method === "tools/call" || name.startsWith("tools/call")),
    guessed,
  };
}

function layerOf({ kind }: JsonObject, isMcp: boolean): Layer {
  if (!isMcp) return "agent";
  if (kind === 2 || kind === "SPAN_KIND_SERVER") return "server";
  return kind === 3 || kind === "SPAN_KIND_CLIENT" ? "client" : "mcp";
}

/**
 * Whether the span says that the call failed or went well: its status, an `error.type`, or the status that Strands
 * gives a tool; `undefined` when it says neither.
 */
export function failureOf({ status }: JsonObject, attributes: JsonObject): boolean | undefined {
  const { code } = isJsonObject(status) ? status : {};
  // Exporters write the enum as a number, as its name, or as the name without the common prefix.
  const said = asText(code ?? "").trim().toUpperCase().replace(/^STATUS_CODE_/, "");
  const marks = [attributes["gen_ai.tool.status"] === "error", isNonEmpty(attributes["error.type"])];
  if (said === "2" || said === "ERROR" || marks.includes(true)) return true;
  return said === "1" || said === "OK" ? false : undefined;
}

/** Whether two names may denote the same tool: agents prefix the name with the server, `mcp__shop__pay`. */
export function isSameTool(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  const before = outer.length - inner.length - 1;
  return inner.length > 0 && before > 0 && outer.endsWith(inner) && /[_./:-]/.test(outer[before]!);
}

/** A text that says something, as it stands. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value.trim() ? value : undefined;
}
