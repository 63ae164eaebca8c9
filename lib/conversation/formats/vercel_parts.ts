import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { documentIn } from "./span_records.ts";
import { objectsIn } from "./reader.ts";

/**
 * The parts of a message or step, without entries of `toolInvocations` that repeat those in `parts`. Mastra stores the
 * parts in the content, in its database as a text.
 */
export function partsOf(message: JsonObject): JsonValue[] {
  const { parts, toolInvocations, toolCalls } = message;
  const content = documentIn(message.content);
  if (Array.isArray(parts)) return parts;
  if (isJsonObject(content) && Array.isArray(content.parts)) return content.parts;
  if (objectsIn(toolCalls).some(({ payload }) => isJsonObject(payload))) return partsOfStep(message);
  const invocations = objectsIn(toolInvocations).map((toolInvocation) => ({
    type: "tool-invocation",
    toolInvocation,
  }));
  return [...Array.isArray(content) ? content : [], ...invocations];
}

/** The parts of a step of Mastra, whose content has the failures, but not all that went well. */
function partsOfStep({ toolCalls, toolResults, content }: JsonObject): JsonValue[] {
  const results = objectsIn(toolResults).map(withoutPayload);
  const known = new Set(results.map(({ toolCallId }) => toolCallId));
  const failures = objectsIn(content).filter(({ type, toolCallId }) =>
    type === "tool-result" && !known.has(toolCallId)
  );
  return [...objectsIn(toolCalls).map(withoutPayload), ...results, ...failures];
}

/** A part of a stream or result of Mastra in the form of the SDK. */
export function withoutPayload({ type, payload, ...others }: JsonObject): JsonObject {
  return { ...others, ...isJsonObject(payload) ? payload : {}, ...type === undefined ? {} : { type } };
}

/** Whether a part is a call or an answer; what is about an approval names the call that it is about. */
export function isVercelPart({ type, toolCallId, toolInvocation, state }: JsonObject): boolean {
  const isApproval = type === "tool-approval-request" || type === "tool-approval-response";
  return typeof type === "string" && !(isApproval && state === undefined) &&
    (typeof toolCallId === "string" && /^(?:tool-|dynamic-tool$)/.test(type) ||
      type === "tool-invocation" && isJsonObject(toolInvocation));
}
