import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isNonEmpty } from "../payload.ts";
import { timeIn } from "../messages.ts";
import { messageFormat } from "./message_format.ts";
import { conversationIn, objectsIn } from "./reader.ts";

/** Steps of the memory of a smolagents agent. */
export const smolagents = messageFormat(
  {
    title: "smolagents: steps of an agent's memory, results of runs",
    reads: "`tool_calls` of steps, with `observations` or `error` as the answer",
    lost: "what was said, plans; an observation of several calls can't be told apart and is listed",
    example:
      '[{"step_number":1,"tool_calls":[{"id":"c1","type":"function","function":{"name":"pay","arguments":{}}}],"observations":"ok"}]',
  },
  (value) => isStep(value) && objectsIn(callsOf(value)).some(({ function: called }) => isJsonObject(called)),
  ({ value, position }, ledger) => {
    if (!isStep(value)) {
      if (!isOther(value)) return ledger.leaveOut(position, value, "no step that is known");
      return ledger.use();
    }
    const timing = isJsonObject(value.timing) ? value.timing : value;
    const time = timeIn(timing, position, ledger, ["start_time"]);
    const ended = timeIn(timing, position, ledger, ["end_time"]) ?? time;
    ledger.use(time);
    ledger.nextTurn();
    const { observations, error } = value;
    const calls = callsOf(value);
    if ((calls ?? null) === null) return;
    if (!Array.isArray(calls)) return ledger.foreign(position, "tool_calls is not a list");
    if (calls.length === 0 && isJsonObject(error) && error.type === "AgentToolExecutionError") {
      return ledger.foreign(position, "the error of a call without the call");
    }
    const made = calls.flatMap((call, i) => {
      const place = `${position}, call ${i + 1}`;
      const named = isJsonObject(call) ? isJsonObject(call.function) ? call.function : call : undefined;
      if (!isJsonObject(call) || named === undefined) {
        ledger.foreign(place, "no JSON object");
        return [];
      }
      const { id } = call;
      return ledger.call({ position: place, id, tool: named.name, args: named.arguments, time }) ?? [];
    });
    const isFailure = isNonEmpty(error);
    if (!isFailure && (observations ?? null) === null || made.length === 0) return;
    const message = isJsonObject(error) ? error.message ?? error : error;
    const only = made.length === 1 ? made[0] : isFailure ? failedOf(message, calls, made) : undefined;
    if (only === undefined) return ledger.skip(position, `one observation of ${made.length} calls`);
    ledger.answerTo(only, {
      content: isFailure ? message : observations,
      failed: isFailure ? true : undefined,
      time: ended,
    });
  },
  {
    inside: (value) =>
      isJsonObject(value) && Array.isArray(value.steps) ? value.steps : conversationIn(value),
    // A step repeats the messages that the model was given.
    own: ({ model_output_message: message }) => message,
  },
);

/** The call that an error names by its tool, if one alone has that name. */
function failedOf(
  message: JsonValue | undefined,
  calls: readonly JsonValue[],
  made: readonly number[],
): number | undefined {
  const tool = typeof message === "string"
    ? /^Error executing tool '([^']{1,200})'/.exec(message)?.[1]
    : undefined;
  if (tool === undefined || made.length !== calls.length) return undefined;
  const named = made.filter((_, i) => {
    const call = calls[i];
    const inside = isJsonObject(call) && isJsonObject(call.function) ? call.function : call;
    return isJsonObject(inside) && inside.name === tool;
  });
  return named.length === 1 ? named[0] : undefined;
}

/** A step that did not come to its end has its calls only in the message of the model. */
function callsOf(
  { tool_calls: calls, model_output_message: message }: JsonObject,
): JsonValue | undefined {
  const asked = isJsonObject(message) ? message.tool_calls : undefined;
  return !isNonEmpty(calls) && Array.isArray(asked) ? asked : calls;
}

const isStep = (value: JsonObject) =>
  (typeof value.step_number === "number" || typeof value.step === "number") &&
  MEMBERS.some((name) => Object.hasOwn(value, name));

const MEMBERS = ["observations", "model_output", "action_output", "code_action"];

/** Steps of other kinds: the task, the prompt, a plan, the answer. */
const isOther = (value: Readonly<Record<string, JsonValue>>) =>
  ["task", "system_prompt", "plan", "output", "final_answer"].some((name) => Object.hasOwn(value, name)) &&
  !isNonEmpty(value.tool_calls);
