import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { type Element, idIn } from "./reader.ts";
import { withoutPayload } from "./vercel_parts.ts";

/** Parts of a full stream that are whole calls and answers; streams for a user interface have other ones. */
const WHOLE = new Set(["tool-call", "tool-result", "tool-error"]);

/** Other parts of such a stream: what is said, and the arguments of calls while they are written. */
const OTHERS =
  /^(?:start|finish|abort|error|raw|(?:start|finish)-step|step-(?:start|finish)|response-metadata|(?:text|reasoning)(?:-(?:start|delta|end|signature))?|redacted-reasoning|source|file|tool-(?:input|call-input-streaming)-(?:start|delta|end)|tool-call-delta|tool-approval-(?:request|response)|tool-output)$/;

/** A part of a full stream of the AI SDK or of Mastra, in the form of the SDK; `undefined` if the value is none. */
function partIn(value: JsonValue): JsonObject | undefined {
  if (!isJsonObject(value) || value.role !== undefined || typeof value.type !== "string") return undefined;
  return isJsonObject(value.payload) && typeof value.runId === "string" ? withoutPayload(value) : value;
}

/** Whether a value is a part of a full stream that is a call or an answer. */
export function isFullPart(value: JsonObject): boolean {
  const part = partIn(value);
  return part !== undefined && WHOLE.has(asText(part.type)) && idIn(part.toolCallId) !== undefined;
}

/** Merge the parts of a full stream into messages of the model; other elements stay. */
export function mergeFullStream(elements: readonly Element[]): Element[] {
  if (!elements.some(({ value }) => isJsonObject(value) && isFullPart(value))) return [...elements];
  const begun = new Map<string, Element>();
  const merged = elements.flatMap((element): Element[] => {
    const { value, position } = element;
    const part = partIn(value);
    if (part === undefined) return [element];
    const type = asText(part.type);
    if (isFullPart(part) || type === "tool-output-denied") {
      if (type === "tool-call") begun.delete(idIn(part.toolCallId)!);
      return part.preliminary === true ? [] : [messageOf(finished(part), position)];
    }
    if (!OTHERS.test(type)) return [element];
    const id = idIn(part.toolCallId ?? part.id);
    if (/^tool-(?:input|call-input-streaming)-start$/.test(type) && id !== undefined) {
      const call = { type: "dynamic-tool", state: "input-streaming", toolCallId: id };
      begun.set(id, messageOf({ ...call, toolName: part.toolName ?? null }, position));
    }
    return [];
  });
  return [...merged, ...begun.values()];
}

/** A denial in the form of a result. */
const finished = (part: JsonObject): JsonObject =>
  part.type === "tool-output-denied"
    ? { ...part, type: "tool-result", output: { type: "execution-denied" } }
    : part;

const messageOf = (part: JsonObject, position: string): Element => ({
  position,
  value: { role: part.type === "tool-call" ? "assistant" : "tool", content: [part] },
});
