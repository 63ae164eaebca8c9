import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { messageFormat } from "./message_format.ts";
import { conversationIn, objectsIn } from "./reader.ts";

/** Chat messages of Haystack, in both forms that its `to_dict()` wrote. */
export const haystack = messageFormat(
  {
    title: "Haystack chat messages, results of pipelines",
    reads: "parts `tool_call` and `tool_call_result` with their `error`",
    lost: "what was said, reasoning",
    example:
      '[{"role":"assistant","meta":{},"content":[{"tool_call":{"tool_name":"pay","arguments":{},"id":"c1"}}]}]',
  },
  (value) =>
    partsOf(value).some(({ tool_call: call, tool_call_result: result }) =>
      isJsonObject(call) && typeof call.tool_name === "string" || isJsonObject(result)
    ),
  ({ value, position, time }, ledger) => {
    if (typeof (value.role ?? value._role) !== "string") {
      return ledger.leaveOut(position, value, "message without a role");
    }
    ledger.use(time);
    ledger.nextTurn();
    partsOf(value).forEach((part, i) => {
      const place = `${position}, part ${i + 1}`;
      const { tool_call: call, tool_call_result: result } = part;
      if (isJsonObject(call)) {
        ledger.call({ position: place, id: call.id, tool: call.tool_name, args: call.arguments, time });
      } else if (isJsonObject(result)) {
        const origin = isJsonObject(result.origin) ? result.origin : {};
        const failed = typeof result.error === "boolean" ? result.error : undefined;
        ledger.answer({
          position: place,
          id: origin.id,
          tool: origin.tool_name,
          content: result.result,
          failed,
          time,
        });
      } else if (!["text", "image", "reasoning", "file"].some((name) => Object.hasOwn(part, name))) {
        ledger.leaveOut(place, part, "part that is not known");
      }
    });
  },
  { inside: messagesIn, own: (value) => value },
);

/**
 * The messages of a conversation, or of the components in the result of a pipeline. A component that goes on with the
 * messages of another one repeats them.
 */
function messagesIn(value: JsonValue): JsonValue[] | undefined {
  const list = conversationIn(value);
  if (list !== undefined || !isJsonObject(value)) return list;
  const lists = Object.values(value).flatMap((component) => {
    if (!isJsonObject(component)) return [];
    const { messages, replies, tool_messages: results } = component;
    return [messages, replies, results].filter((one) => Array.isArray(one));
  });
  if (lists.length === 0) return undefined;
  const own: JsonValue[][] = [];
  for (const next of lists) {
    const last = own.at(-1);
    if (last === undefined || !beginsWith(next, last) && !beginsWith(last, next)) own.push(next);
    else if (next.length > last.length) own[own.length - 1] = next;
  }
  return own.flat();
}

const beginsWith = (list: readonly JsonValue[], start: readonly JsonValue[]) =>
  start.length <= list.length && start.every((one, i) => canonicalize(one) === canonicalize(list[i]!));

/** The parts of a message; a data class written as it is names no kind of its parts, which their members tell. */
const partsOf = ({ content, _content: older }: JsonObject) =>
  objectsIn(older ?? content).map((part) => {
    if (typeof part.tool_name === "string" && isJsonObject(part.arguments)) return { tool_call: part };
    return isJsonObject(part.origin) && Object.hasOwn(part, "result") ? { tool_call_result: part } : part;
  });
