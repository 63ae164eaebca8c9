import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isNonEmpty } from "../payload.ts";
import { type FormatReader, objectsIn } from "./reader.ts";
import { attributeText, documentIn, readSpanRecords, spanElements, type SpanRecord } from "./span_records.ts";

/** Calls of W&B Weave: of ops, among them those that are tools. */
export const weave: FormatReader = {
  title: "W&B Weave calls: API, exports as JSON or JSONL",
  reads:
    "calls of ops of kind `tool`, of tools of LangChain and of MCP with their inputs and output, else the messages of calls of models; one run per trace",
  lost: "calls of ops that are no tools, as far as the log says; feedback",
  example:
    '{"id":"02","project_id":"p","op_name":"weave:///e/p/op/pay:x","trace_id":"01","parent_id":null,"started_at":"2026-01-02T03:04:05Z","attributes":{"weave":{"kind":"tool"}},"inputs":{"cents":5},"output":"ok"}',
  detect: (values) => values.some((value) => callsIn(value).some(isCall)),
  read(roots) {
    const elements = spanElements(roots, isCall, callsIn, "call");
    const calls = objectsIn(elements.map(({ value }) => value));
    const tools = new Map(calls.filter(isTool).map((call) => [asText(call.id), call]));
    return readSpanRecords(elements, (value) => spanOf(value, tools));
  },
};

function callsIn(value: JsonValue): JsonObject[] {
  if (!isJsonObject(value)) return [];
  return isCall(value) || !Array.isArray(value.calls) ? [value] : objectsIn(value.calls);
}

const isCall = (value: JsonObject) =>
  typeof value.op_name === "string" && typeof value.trace_id === "string" &&
  (Object.hasOwn(value, "started_at") || Object.hasOwn(value, "inputs"));

/** The name of an op: of `weave:///entity/project/op/pay:digest` it is `pay`. */
function opOf(name: string): string {
  const last = name.slice(name.lastIndexOf("/") + 1);
  const version = last.indexOf(":");
  return version > 0 ? last.slice(0, version) : last;
}

/** Ops by which Weave follows tools of others: the name of the tool stands behind. */
const OF_LANGCHAIN = "langchain.Tool.";
const OF_MCP = "mcp.client.session.ClientSession.call_tool";

const OF_CLAUDE = "claude_agent_sdk.tool_use.";

/** What Weave says of an op; integrations that make their calls themselves leave it at the top. */
function kindOf(value: JsonObject): JsonValue | undefined {
  const attributes = objectIn(documentIn(value.attributes));
  return objectIn(attributes.weave).kind ?? attributes.kind;
}

const objectIn = (value: JsonValue | undefined): JsonObject => isJsonObject(value) ? value : {};

function isTool(value: JsonObject): boolean {
  const op = opOf(asText(value.op_name));
  return kindOf(value) === "tool" || op.startsWith(OF_LANGCHAIN) || op.startsWith(OF_MCP);
}

/** A tool of a library is run by a method that calls another one, both of which are followed. */
function isInside(value: JsonObject, tools: ReadonlyMap<string, JsonObject>): boolean {
  const outer = tools.get(asText(value.parent_id));
  const libraryOf = (one: JsonObject) => /^[^.]{1,80}\./.exec(opOf(asText(one.op_name)))?.[0];
  return outer !== undefined && libraryOf(outer) !== undefined && libraryOf(outer) === libraryOf(value);
}

/** The tool of a call, and what it was called with. */
function toolIn(value: JsonObject): { readonly tool: JsonValue; readonly args: JsonValue | undefined } {
  const op = opOf(asText(value.op_name));
  const inputs = documentIn(value.inputs);
  const { self, ...args } = objectIn(inputs);
  if (op.startsWith(OF_MCP)) {
    return { tool: args.name ?? op.slice(OF_MCP.length + 1), args: args.arguments ?? {} };
  }
  if (op.startsWith(OF_LANGCHAIN)) {
    const { lc_name: name } = objectIn(documentIn(value.attributes));
    return { tool: name ?? op.slice(OF_LANGCHAIN.length), args: inputs };
  }
  if (op.startsWith(OF_CLAUDE)) {
    const tool = op.slice(OF_CLAUDE.length);
    // The whole message stands there, which may have several calls of one tool.
    const [block, ...others] = objectsIn(objectIn(args.message).content).filter(({ name }) => name === tool);
    return { tool, args: block === undefined || others.length > 0 ? inputs : block.input };
  }
  const { name } = objectIn(self);
  return typeof name === "string" ? { tool: name, args } : { tool: op, args: inputs };
}

function spanOf(value: JsonObject, tools: ReadonlyMap<string, JsonObject>): SpanRecord {
  const [inputs, output, summary] = [value.inputs, value.output, value.summary].map(documentIn);
  const state = objectIn(objectIn(summary).weave).status;
  const isCalled = isTool(value) && !isInside(value, tools);
  const { tool, args } = isCalled ? toolIn(value) : { tool: opOf(asText(value.op_name)), args: inputs };
  const isModel = kindOf(value) === "llm" || Array.isArray(objectIn(inputs).messages);
  return {
    trace: value.trace_id,
    id: value.id,
    parent: value.parent_id ?? undefined,
    name: tool,
    start: value.started_at,
    end: value.ended_at ?? undefined,
    failed: isNonEmpty(value.exception) || state === "error" ? true : state === "success" ? false : undefined,
    message: attributeText(value.exception),
    attributes: {
      "openinference.span.kind": isCalled ? "TOOL" : isModel && !isTool(value) ? "LLM" : "CHAIN",
      "tool.name": isCalled ? tool : undefined,
      "input.value": attributeText(args),
      "output.value": attributeText(output),
    },
  };
}
