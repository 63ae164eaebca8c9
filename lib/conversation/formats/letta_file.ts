import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { openAiReader } from "../openai.ts";
import { type Element, elementsOf, type FormatReader, itemsOf, objectsIn, readLog } from "./reader.ts";

/** Agent files of Letta: agents with the messages of their history. */
export const lettaFile: FormatReader = {
  title: "Letta agent files (`.af`)",
  reads: "`tool_calls`, messages of role `tool` with the status of their `tool_returns`; one run per agent",
  lost: "what was said, memory blocks, approvals",
  example:
    '{"agents":[{"id":"agent-0","in_context_message_ids":[],"messages":[{"id":"message-0","role":"assistant","content":[],"tool_calls":[{"id":"c1","type":"function","function":{"name":"pay","arguments":"{}"}}]}]}],"groups":[],"blocks":[]}',
  detect: (values) => values.some((value) => agentsIn(value).length > 0),
  read(roots) {
    const agents = elementsOf(roots).flatMap((element) => {
      const found = itemsOf(agentsIn(element.value), `${element.position}, agent`);
      return found.length > 0 ? found : [element];
    });
    return { readings: agents.map(readAgent), skipped: [] };
  },
};

function agentsIn(value: JsonValue): JsonObject[] {
  return objectsIn(isJsonObject(value) ? value.agents : undefined).filter(isAgent);
}

const isAgent = (value: JsonObject) =>
  Array.isArray(value.messages) && Array.isArray(value.in_context_message_ids);

function readAgent({ value, position }: Element) {
  const messages = isJsonObject(value) && Array.isArray(value.messages) ? value.messages : [value];
  const elements = itemsOf(messages, `${position}, message`).flatMap((element): Element[] =>
    isJsonObject(element.value)
      ? messagesOf(element.value).map((message) => ({ ...element, value: message }))
      : [element]
  );
  return readLog({ position, value, elements }, openAiReader());
}

/** A message in the form of OpenAI; one with the returns of several calls is a message for each. */
function messagesOf(message: JsonObject): JsonObject[] {
  const { role, tool_calls: calls } = message;
  const returns = objectsIn(message.tool_returns);
  // A request for approval holds the calls; the answer of a person holds none.
  if (role === "approval") return [{ ...message, role: Array.isArray(calls) ? "assistant" : "user" }];
  if (role !== "tool" || returns.length === 0) return [message];
  return returns.map((one) => ({
    ...message,
    tool_call_id: one.tool_call_id ?? message.tool_call_id ?? null,
    content: one.func_response ?? message.content ?? null,
    ...one.status === "error" || one.status === "success" ? { is_error: one.status === "error" } : {},
  }));
}
