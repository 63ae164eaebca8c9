import { isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import { messageFormat } from "./message_format.ts";
import { objectsIn } from "./reader.ts";

/** Chat messages of Haystack, in both forms that its `to_dict()` wrote. */
export const haystack = messageFormat(
  {
    title: "Haystack chat messages",
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
  { own: (value) => value },
);

const partsOf = ({ content, _content: older }: JsonObject) => objectsIn(older ?? content);
