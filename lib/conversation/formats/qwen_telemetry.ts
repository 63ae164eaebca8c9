import { isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { only } from "../openai_items.ts";
import { isNonEmpty } from "../payload.ts";

/**
 * The call of a subagent in a line of a session of Qwen Code: such calls have no messages there, only an event that
 * tells of each when it is over. Calls of the agent itself have both; they differ by the id of the prompt, which names
 * the subagent behind the session.
 */
export function subagentCallIn({ type, systemPayload: payload }: JsonObject): JsonObject | undefined {
  const event = type === "system" && isJsonObject(payload) ? payload.uiEvent : undefined;
  if (!isJsonObject(event) || event["event.name"] !== "qwen-code.tool_call") return undefined;
  const { prompt_id: prompt } = event;
  return typeof prompt === "string" && OF_SUBAGENT.test(prompt.slice(-500)) ? event : undefined;
}

/** `<session>#<subagent>#<turn>`; the agent's own are without `#`, or have eight of them before the turn. */
const OF_SUBAGENT = /[^#]#[^#]+#\d{1,10}$/;

/** Read the event, which has no result but says how the call ended. */
export function readSubagentCall(event: JsonObject, { position, time }: Message, ledger: Ledger): void {
  const { function_name: tool, function_args: args, success, error } = event;
  ledger.nextTurn();
  const call = ledger.call({ position, id: undefined, tool, args: args ?? {}, time });
  if (call === undefined) return;
  const failed = typeof success === "boolean" ? !success : undefined;
  ledger.answerTo(call, {
    content: only(event, "status", ...isNonEmpty(error) ? ["error"] : []),
    failed,
    time,
  });
}
