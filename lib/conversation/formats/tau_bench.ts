import { isJsonObject, type JsonObject, type JsonValue, readJson } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message } from "../messages.ts";
import type { Roots } from "../input.ts";
import type { Skipped } from "../transcript.ts";
import {
  countSkipped,
  elementsOf,
  type FormatReader,
  itemsOf,
  type Log,
  objectsIn,
  readLog,
} from "./reader.ts";

/** Results of τ-bench (`traj`) and τ²-bench (`simulations`). */
export const tauBench: FormatReader = {
  title: "τ-bench and τ²-bench results",
  reads:
    "`tool_calls` and messages of role `tool` of each `traj` and each of `simulations`; `Action:` of agents that act in text",
  lost: "what was said, rewards; calls of the simulated user are counted",
  example:
    '[{"task_id":0,"reward":1,"traj":[{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"pay","arguments":"{}"}}]}]}]',
  detect: (values) => values.some((value) => conversationsIn(value).length > 0),
  read(roots: Roots) {
    const skipped: Skipped[] = [];
    const logs: Log[] = elementsOf(roots).flatMap(({ value, position }) => {
      const conversations = conversationsIn(value);
      if (conversations.length === 0) return [{ position, value, elements: [{ value, position }] }];
      return conversations.flatMap((one, i) => {
        const place = one === value ? position : `${position}, simulation ${i + 1}`;
        const messages = messagesOf(one);
        if (messages.length === 0) {
          skipped.push({ position: place, reason: "it has no messages" });
          return [];
        }
        const own = messages.filter((message) => !isUsers(message));
        return [{ position: place, value: one, elements: itemsOf(messages, "message"), about: one, own }];
      });
    });
    return { readings: logs.map(readTau), skipped };
  },
};

function conversationsIn(value: JsonValue): JsonObject[] {
  if (!isJsonObject(value)) return [];
  if (Array.isArray(value.traj) && (Object.hasOwn(value, "task_id") || Object.hasOwn(value, "reward"))) {
    return [value];
  }
  return objectsIn(value.simulations).filter((one) =>
    Array.isArray(one.messages) && Object.hasOwn(one, "task_id")
  );
}

function messagesOf({ traj, messages }: JsonObject): JsonValue[] {
  return Array.isArray(traj) ? traj : Array.isArray(messages) ? messages : [];
}

/** Whether a message calls, or answers, for the simulated user, who has tools of its own. */
function isUsers(value: JsonValue): boolean {
  return isJsonObject(value) &&
    (value.role === "user" && Array.isArray(value.tool_calls) ||
      value.role === "tool" && value.requestor === "user" ||
      Array.isArray(value.tool_messages) && value.tool_messages.length > 0 &&
        value.tool_messages.every(isUsers));
}

function readTau(log: Log) {
  const others = countSkipped();
  let acted: number | undefined;
  return readLog(log, (message, ledger) => {
    const { value, position, time } = message;
    const { role, content } = value;
    if (role !== "system" && role !== "user" && role !== "assistant" && role !== "tool") {
      return ledger.leaveOut(position, value, "message of no known role");
    }
    ledger.use(time);
    if (isUsers(value)) return others.add("message with a call of the simulated user, or its answer");
    if (role === "tool") return readAnswers(message, others.add, ledger);
    if (role === "user" && acted !== undefined && typeof content === "string") {
      const said = content.startsWith("API output: ") ? content.slice("API output: ".length) : content;
      ledger.answerTo(acted, { content: said, time });
    }
    acted = undefined;
    if (role === "assistant") acted = readCalls(message, ledger);
  }, (ledger) => others.report(ledger, log.position));
}

function readAnswers(
  { value, position, time }: Message,
  leave: (kind: string) => void,
  ledger: Ledger,
): void {
  const answers = Array.isArray(value.tool_messages) ? value.tool_messages : [value];
  answers.forEach((answer, i) => {
    const place = answers.length === 1 ? position : `${position}, answer ${i + 1}`;
    if (!isJsonObject(answer)) return ledger.leaveOut(place, answer, "no JSON object");
    if (isUsers(answer)) return leave("answer to a call of the simulated user");
    ledger.answer({
      position: place,
      id: answer.tool_call_id ?? answer.id,
      tool: answer.name,
      content: joinTexts(answer.content, place, ledger),
      failed: typeof answer.error === "boolean" ? answer.error : undefined,
      time,
    });
  });
}

/** @returns the call that the next message of the user answers, of an agent that acts in text */
function readCalls({ value, position, time }: Message, ledger: Ledger): number | undefined {
  const { tool_calls: calls, content } = value;
  ledger.nextTurn();
  if ((calls ?? null) !== null && !Array.isArray(calls)) {
    ledger.foreign(position, "tool_calls is not a list");
  }
  if (Array.isArray(calls) && calls.length > 0) {
    calls.forEach((call, i) => {
      const place = `${position}, call ${i + 1}`;
      if (!isJsonObject(call)) return ledger.foreign(place, "no JSON object");
      const named = isJsonObject(call.function) ? call.function : call;
      ledger.call({ position: place, id: call.id, tool: named.name, args: named.arguments, time });
    });
    return undefined;
  }
  const action = typeof content === "string" ? actionIn(content) : undefined;
  // To "respond" is to speak to the user.
  if (action === undefined || action.name === "respond") return undefined;
  return ledger.call({ position, id: undefined, tool: action.name, args: action.arguments, time });
}

/** The action behind the last `Action:` of a text, as the benchmark itself takes it. */
function actionIn(text: string): JsonObject | undefined {
  const at = text.lastIndexOf("Action:");
  if (at < 0) return undefined;
  try {
    const value = readJson(text.slice(at + "Action:".length).trim(), { what: "action", numbers: "text" });
    return isJsonObject(value) && typeof value.name === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
