import { isJsonObject } from "../../formats/json/mod.ts";
import { findCallMark } from "../call_marks.ts";
import { langchainMessage, updatesIn } from "../langchain_message.ts";
import { joinTexts } from "../messages.ts";
import { isNonEmpty } from "../payload.ts";
import { teamMessagesIn } from "./autogen_team.ts";
import { joinStreamed, streamedMessageIn } from "./langgraph_stream.ts";
import { messageFormat } from "./message_format.ts";
import { conversationIn } from "./reader.ts";

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
