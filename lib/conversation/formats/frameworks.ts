import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import { langchainMessage, updatesIn } from "../langchain_message.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message } from "../messages.ts";
import { isNonEmpty } from "../payload.ts";
import { teamMessagesIn } from "./autogen_team.ts";
import { joinStreamed, streamedMessageIn } from "./langgraph_stream.ts";
import { messageFormat } from "./message_format.ts";
import { conversationIn, objectsIn } from "./reader.ts";
import { isToolPart, mergeUiStream } from "./vercel_stream.ts";

/** Messages of LangChain and LangGraph, in all three of their serialised forms. */
export const langchain = messageFormat(
  {
    title:
      "LangChain and LangGraph messages: as dicts, as dumps, as serialised constructors; streamed updates and messages",
    reads:
      "`tool_calls` of messages of type `ai`, messages of type `tool`; `messages` of a state or checkpoint, of states in a row the last, and of each node that an update names; streamed messages, put together from their pieces",
    lost: "what was said; `invalid_tool_calls`, which LangChain does not execute",
    example: '[{"type":"ai","data":{"content":"","tool_calls":[{"name":"pay","args":{},"id":"c1"}]}}]',
  },
  (value) => {
    const message = langchainMessage(value);
    return message !== undefined &&
      (isNonEmpty(message.tool_calls) || message.type === "tool" && Object.hasOwn(message, "tool_call_id"));
  },
  ({ value, position, time }, ledger) => {
    const message = langchainMessage(value);
    if (message === undefined) return ledger.leaveOut(position, value, "no message that is known");
    const { type, tool_calls: calls, invalid_tool_calls: invalid, additional_kwargs: more } = message;
    ledger.use(time);
    if (type === "tool") {
      const failed = message.status === "error" ? true : undefined;
      const content = joinTexts(message.content, position, ledger);
      return ledger.answer({ position, id: message.tool_call_id, tool: message.name, content, failed, time });
    }
    ledger.nextTurn();
    if (Array.isArray(invalid) && invalid.length > 0) {
      ledger.skip(position, `${invalid.length} calls with invalid arguments`);
    }
    const list = Array.isArray(calls) ? calls : [];
    list.forEach((call, i) => {
      const place = `${position}, call ${i + 1}`;
      if (!isJsonObject(call)) return ledger.foreign(place, "no JSON object");
      const { id, name: tool, args, arg_provenance: origins } = call;
      ledger.call({ position: place, id, tool, args, origins, time });
    });
    // The provider-specific form repeats the calls; if only that form is present, it is not read.
    const known = list.length > 0 || Array.isArray(invalid) && invalid.length > 0;
    const mark = known ? undefined : findCallMark([more ?? null, message.content ?? null]);
    if (mark !== undefined) ledger.foreign(position, `calls in the form of the provider, with ${mark}`);
  },
  {
    inside: (value) => streamedMessageIn(value) === undefined ? conversationIn(value) : undefined,
    join: joinStreamed,
    unfold: (value) => {
      const message = streamedMessageIn(value);
      return message === undefined ? updatesIn(value) : [message];
    },
    hasStates: true,
  },
);

/** Messages of the Vercel AI SDK: for models (ModelMessage) and for user interfaces (UIMessage). */
export const vercel = messageFormat(
  {
    title: "Vercel AI SDK: ModelMessages, UIMessages, steps, streams of UI messages",
    reads:
      "parts `tool-call`, `tool-result` and `tool-error`; parts `tool-…` and `dynamic-tool` with their state; `toolInvocations`; streamed parts `tool-input-…` and `tool-output-…`",
    lost: "what was said; calls that were still being written",
    example:
      '[{"role":"assistant","content":[{"type":"tool-call","toolCallId":"c1","toolName":"pay","input":{}}]}]',
  },
  (value) => isToolPart(value) || partsOf(value).some((part) => isJsonObject(part) && isVercelPart(part)),
  ({ value, position, time }, ledger) => {
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
  { merge: mergeUiStream },
);

/** The parts of a message, without entries of `toolInvocations` that repeat those in `parts`. */
function partsOf({ content, parts, toolInvocations }: JsonObject): JsonValue[] {
  if (Array.isArray(parts)) return parts;
  const invocations = objectsIn(toolInvocations).map((toolInvocation) => ({
    type: "tool-invocation",
    toolInvocation,
  }));
  return [...Array.isArray(content) ? content : [], ...invocations];
}

function isVercelPart({ type, toolCallId, toolInvocation }: JsonObject): boolean {
  return typeof type === "string" &&
    (typeof toolCallId === "string" && /^(?:tool-|dynamic-tool$)/.test(type) ||
      type === "tool-invocation" && isJsonObject(toolInvocation));
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
    const { content, failed } = outputOf(output ?? part.result ?? part.error);
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

/** Messages and events of AutoGen 0.4 and later. */
export const autogen = messageFormat(
  {
    title:
      "AutoGen 0.4: messages and events, saved states of agents and teams (messages of 0.2 are read as openai)",
    reads:
      "`ToolCallRequestEvent` and `ToolCallExecutionEvent`; of a state `AssistantMessage` and `FunctionExecutionResultMessage`; of a team's state the messages of its thread, and of the contexts of its agents those that are not in it",
    lost: "what was said; summaries, which repeat the results",
    example:
      '[{"source":"a","type":"ToolCallRequestEvent","content":[{"id":"c1","name":"pay","arguments":"{}"}]}]',
  },
  ({ type, content }) =>
    type === "FunctionExecutionResultMessage" || type === "AssistantMessage" && Array.isArray(content) ||
    typeof type === "string" && (REQUESTS.has(type) || RESULTS.has(type)),
  ({ value, position, time }, ledger) => {
    const { type, content } = value;
    if (typeof type !== "string" || typeof value.source !== "string" && !STATED.has(type)) {
      return ledger.leaveOut(position, value, "no message of an agent");
    }
    ledger.use(time);
    if (type === "ToolCallSummaryMessage") return;
    const isRequest = REQUESTS.has(type);
    if (type === "AssistantMessage" && typeof content === "string" || STATED.has(type) && isSaid(type)) {
      return;
    }
    if (!isRequest && !RESULTS.has(type)) {
      return /^(?:Text|MultiModal|Stop|Handoff|Thought|Memory|UserInput|Model|Structured|Select)/.test(type)
        ? undefined
        : ledger.leaveOut(position, value, `message of type "${type.slice(0, 80)}"`);
    }
    if (isRequest) ledger.nextTurn();
    (Array.isArray(content) ? content : [content ?? null]).forEach((item, i) => {
      const place = `${position}, call ${i + 1}`;
      if (!isJsonObject(item)) return ledger.foreign(place, "no JSON object");
      if (isRequest) {
        return void ledger.call({
          position: place,
          id: item.id,
          tool: item.name,
          args: item.arguments,
          time,
        });
      }
      const failed = typeof item.is_error === "boolean" ? item.is_error : undefined;
      ledger.answer({
        position: place,
        id: item.call_id,
        tool: item.name,
        content: item.content,
        failed,
        time,
      });
    });
  },
  {
    inside: (value) =>
      teamMessagesIn(value) ??
        conversationIn(isJsonObject(value) && isJsonObject(value.llm_context) ? value.llm_context : value),
  },
);

/** Messages with calls, and with their results: those of a team, and those of the model's context. */
const REQUESTS = new Set(["ToolCallRequestEvent", "AssistantMessage"]);
const RESULTS = new Set(["ToolCallExecutionEvent", "FunctionExecutionResultMessage"]);

/** Messages of the model's context in a saved state; not all have a source. */
const STATED = new Set([
  "SystemMessage",
  "UserMessage",
  "AssistantMessage",
  "FunctionExecutionResultMessage",
]);

const isSaid = (type: string) => type === "SystemMessage" || type === "UserMessage";
