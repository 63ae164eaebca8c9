import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../formats/json/mod.ts";
import { findAnyCallMark, stoppedForCalls } from "./call_marks.ts";
import { isNonEmpty } from "./payload.ts";
import { readAttributes } from "./otlp_value.ts";

/** How conventions that are not read name the kind of a span. */
const KIND_KEYS = [
  "openinference.span.kind",
  "traceloop.span.kind",
  "langsmith.span.kind",
  "langfuse.observation.type",
] as const;

/** What says, in a convention that is not read, that a span is a call of a tool; `undefined` when nothing does. */
export function foreignCallOf(attributes: JsonObject): string | undefined {
  const key = KIND_KEYS.find((name) => wordOf(attributes[name]) === "tool");
  if (key !== undefined) return `${key} = ${attributes[key]}`;
  return wordOf(attributes["ai.operationId"]) === "ai.toolcall" ? "ai.operationId = ai.toolCall" : undefined;
}

/** Whether a span is one of an agent or a model in a convention that is not read. */
export function isForeignAgent(attributes: JsonObject): boolean {
  return KIND_KEYS.some((name) => ["agent", "llm", "generation"].includes(wordOf(attributes[name])));
}

/** Attributes that list the tools an agent could call, not calls. */
const DEFINITIONS = /(?:definitions|\.tools|\.functions)$/;

/**
 * What in a span says that calls were made: messages of a model with calls in them, or the reason why it stopped.
 * Looked at where a trace has no span of a call, so that it doesn't become a run that did nothing.
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
