import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message, timeIn } from "../messages.ts";
import { messageFormat } from "./message_format.ts";
import { conversationIn } from "./reader.ts";
import { isVercelPart, partsOf } from "./vercel_parts.ts";
import { isToolPart, mergeUiStream } from "./vercel_stream.ts";
import { isFullPart, mergeFullStream } from "./vercel_full_stream.ts";

/** Messages of the Vercel AI SDK: for models (ModelMessage) and for user interfaces (UIMessage). */
export const vercel = messageFormat(
  {
    title:
      "Vercel AI SDK: ModelMessages, UIMessages, results and steps, its streams; Mastra: stored messages, results, streams",
    reads:
      "parts `tool-call`, `tool-result` and `tool-error`; parts `tool-…` and `dynamic-tool` with their state; `toolInvocations`; streamed parts `tool-input-…` and `tool-output-…`, or `tool-call` and `tool-result`, which Mastra puts into a `payload`",
    lost: "what was said; calls that were still being written",
    example:
      '[{"role":"assistant","content":[{"type":"tool-call","toolCallId":"c1","toolName":"pay","input":{}}]}]',
  },
  (value) =>
    isToolPart(value) || isFullPart(value) ||
    partsOf(value).some((part) => isJsonObject(part) && isVercelPart(part)),
  ({ value, position, time: given }, ledger) => {
    const time = given ?? timeIn(value, position, ledger, ["createdAt"]) ??
      (isJsonObject(value.response) ? timeIn(value.response, position, ledger) : undefined);
    // A step has its content without a role.
    const isStep = value.role === undefined && Array.isArray(value.content);
    if (typeof value.role !== "string" && !isStep) {
      return ledger.leaveOut(position, value, "message without a role");
    }
    ledger.use(time);
    if (value.role === "assistant" || isStep) ledger.nextTurn();
    partsOf(value).forEach((part, i) => {
      const place = `${position}, part ${i + 1}`;
      if (!isJsonObject(part)) return ledger.leaveOut(place, part, "no JSON object");
      readVercelPart(part, place, time, ledger);
    });
  },
  { inside: messagesIn, merge: (elements) => mergeUiStream(mergeFullStream(elements)) },
);

/** The messages of a conversation; of a result with messages and steps, which tell the same, the messages. */
function messagesIn(value: JsonValue): JsonValue[] | undefined {
  const messages = conversationIn(value);
  return messages === undefined && isJsonObject(value) && Array.isArray(value.steps) ? value.steps : messages;
}

const VERCEL_SPEECH = new Set([
  "text",
  "reasoning",
  "file",
  "image",
  "source",
  "source-url",
  "source-document",
  "step-start",
  "tool-approval-request",
  "tool-approval-response",
]);

function readVercelPart(part: JsonObject, position: string, time: Message["time"], ledger: Ledger): void {
  const type = asText(part.type);
  const { toolCallId: id, toolName, output } = part;
  if (type === "tool-call") {
    return void ledger.call({ position, id, tool: toolName, args: part.input ?? part.args, time });
  }
  if (type === "tool-result" || type === "tool-error") {
    const given = output ?? part.result ?? part.error;
    const { content: value, failed } = outputOf(given);
    const isBlocks = isJsonObject(given) && given.type === "content";
    const content = isBlocks ? joinTexts(value, position, ledger) : value;
    const isError = typeof part.isError === "boolean" ? part.isError : type === "tool-error" ? true : failed;
    return ledger.answer({ position, id, tool: toolName, content, failed: isError, time });
  }
  const inside = type === "tool-invocation" && isJsonObject(part.toolInvocation) ? part.toolInvocation : part;
  if (inside === part && !isVercelPart(part)) {
    return VERCEL_SPEECH.has(type) || type.startsWith("data-")
      ? undefined
      : ledger.leaveOut(position, part, `part of type "${type.slice(0, 80)}"`);
  }
  const { state, errorText } = inside;
  if (state === "input-streaming" || state === "partial-call") {
    return ledger.skip(position, "call that was not completed by the model");
  }
  const tool = inside.toolName ??
    (type === "dynamic-tool" || type === "tool-invocation" ? undefined : type.slice("tool-".length));
  const call = ledger.call({
    position,
    id: inside.toolCallId,
    tool,
    args: inside.input ?? inside.rawInput ?? inside.args,
    time,
  });
  if (call === undefined) return;
  if (state === "output-error" || state === "output-denied") {
    ledger.answerTo(call, { content: errorText ?? { state }, failed: true, time });
  } else if (state === "output-available" || state === "result") {
    ledger.answerTo(call, { content: inside.output ?? inside.result, time });
  }
}

/** The output of a result, `{"type": "json", "value": …}` and similar; the type says whether the call failed. */
function outputOf(
  output: JsonValue | undefined,
): { content: JsonValue | undefined; failed: boolean | undefined } {
  if (!isJsonObject(output) || typeof output.type !== "string") return { content: output, failed: undefined };
  if (output.type === "execution-denied") return { content: output, failed: true };
  if (!/^(?:text|json|error-text|error-json|content)$/.test(output.type)) {
    return { content: output, failed: undefined };
  }
  return { content: output.value, failed: output.type.startsWith("error-") ? true : undefined };
}
