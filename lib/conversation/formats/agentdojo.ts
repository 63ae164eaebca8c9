import { isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import { isNonEmpty } from "../payload.ts";
import { messageFormat } from "./message_format.ts";
import { objectsIn } from "./reader.ts";

/** Runs of AgentDojo, whose messages look like those of OpenAI but have their own form of calls and texts. */
export const agentdojo = messageFormat(
  {
    title: "AgentDojo runs",
    reads: "`tool_calls` of messages of the assistant, messages of role `tool` with their `error`",
    lost: "what was said, injections, scores; `trace`, which repeats the calls",
    example:
      '{"suite_name":"banking","messages":[{"role":"assistant","content":null,"tool_calls":[{"function":"pay","args":{},"id":"c1","placeholder_args":null}]}]}',
  },
  (value) => value.role === "assistant" && callsOf(value).some(isCall) || isAnswer(value),
  ({ value, position, time }, ledger) => {
    const { role } = value;
    if (typeof role !== "string" || !ROLES.has(role)) {
      return ledger.leaveOut(position, value, "message of no known role");
    }
    ledger.use(time);
    if (role === "tool") {
      const call = isJsonObject(value.tool_call) ? value.tool_call : {};
      const { error } = value;
      const failed = Object.hasOwn(value, "error") ? isNonEmpty(error) : undefined;
      const said = contentOf(value);
      return ledger.answer({
        position,
        id: value.tool_call_id ?? call.id,
        tool: call.function,
        content: failed === true && !isNonEmpty(said) ? error : said,
        failed,
        time,
      });
    }
    ledger.nextTurn();
    const { tool_calls: calls } = value;
    if ((calls ?? null) === null) return;
    if (!Array.isArray(calls)) return ledger.foreign(position, "tool_calls is not a list");
    calls.forEach((call, i) => {
      const place = `${position}, call ${i + 1}`;
      if (!isJsonObject(call) || !isCall(call)) return ledger.foreign(place, "a call in another form");
      ledger.call({ position: place, id: call.id, tool: call.function, args: call.args, time });
    });
  },
  { own: (value) => value },
);

const ROLES = new Set(["system", "user", "assistant", "tool"]);

const callsOf = ({ tool_calls: calls }: JsonObject) => objectsIn(calls);

const isCall = (call: JsonObject) => typeof call.function === "string" && isJsonObject(call.args);

const isAnswer = ({ role, tool_call: call }: JsonObject) =>
  role === "tool" && isJsonObject(call) && isCall(call);

/** The texts of a message, which stand in a member `content` of each block. */
function contentOf({ content }: JsonObject) {
  if (!Array.isArray(content)) return content;
  const blocks = objectsIn(content);
  return blocks.every((block) => typeof block.content === "string") && blocks.length === content.length
    ? blocks.map((block) => block.content).join("\n")
    : content;
}
