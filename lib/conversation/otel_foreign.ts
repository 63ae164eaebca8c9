import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../formats/json/mod.ts";
import { findAnyCallMark, stoppedForCalls } from "./call_marks.ts";
import { isNonEmpty } from "./payload.ts";
import { readAttributes } from "./otlp_value.ts";

/** Attributes for the kind of a span in unsupported conventions. */
const KIND_KEYS = [
  "openinference.span.kind",
  "traceloop.span.kind",
  "langsmith.span.kind",
  "langfuse.observation.type",
] as const;

/** The attribute by which an unsupported convention marks a tool call, if any. */
export function foreignCallOf(attributes: JsonObject): string | undefined {
  const key = KIND_KEYS.find((name) => wordOf(attributes[name]) === "tool");
  if (key !== undefined) return `${key} = ${attributes[key]}`;
  return wordOf(attributes["ai.operationId"]) === "ai.toolcall" ? "ai.operationId = ai.toolCall" : undefined;
}

/** Whether an unsupported convention marks a span as an agent or model. */
export function isForeignAgent(attributes: JsonObject): boolean {
  return KIND_KEYS.some((name) => ["agent", "llm", "generation"].includes(wordOf(attributes[name])));
}

/** Attributes that list the tools an agent could call, not calls. */
const DEFINITIONS = /(?:definitions|\.tools|\.functions)$/;

/**
 * The attribute of a span that mentions calls: model messages with calls, or the finish reason. Used for traces
 * without tool spans, which must not become runs without calls.
 */
export function callsMentionedIn(span: JsonObject, attributes: JsonObject): string | undefined {
  const events = (Array.isArray(span.events) ? span.events : []).filter(isJsonObject);
  for (const event of events) {
    if (event.name === "gen_ai.tool.message") return 'event "gen_ai.tool.message"';
  }
  for (const values of [attributes, ...events.map((event) => readAttributes(event.attributes).values)]) {
    for (const [key, value] of Object.entries(values)) {
      if (mentionsCalls(key, value)) return `attribute "${key.slice(0, 80)}"`;
    }
  }
  return undefined;
}

function mentionsCalls(key: string, value: JsonValue): boolean {
  if (DEFINITIONS.test(key)) return false;
  if (/^gen_ai\.tool\.call\./.test(key)) return isNonEmpty(value);
  if (/(?:^|\.)(?:tool_calls?|function_call)(?:\.|$)/.test(key)) {
    return typeof value === "string" ? value.trim() !== "" : typeof value === "object" && value !== null;
  }
  if (key.endsWith("finish_reasons") || key.endsWith("finish_reason")) {
    return [value].flat().some(stoppedForCalls);
  }
  return findAnyCallMark(documentIn(value)) !== undefined;
}

function documentIn(value: JsonValue): JsonValue {
  if (typeof value !== "string" || !/^\s{0,8}[[{]/.test(value)) return value;
  try {
    return readJson(value, { what: "attribute" });
  } catch {
    return null;
  }
}

function wordOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value.trim().toLowerCase() : "";
}
