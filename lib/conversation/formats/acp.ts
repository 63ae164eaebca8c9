import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message } from "../messages.ts";
import { isNonEmpty } from "../payload.ts";
import { textAt } from "./grouped.ts";
import {
  countSkipped,
  type Element,
  elementsOf,
  type FormatReader,
  objectsIn,
  type Reading,
  readLog,
  wordOf,
} from "./reader.ts";

/** Logs of the Agent Client Protocol, which editors speak with coding agents. */
export const acp: FormatReader = {
  title: "Agent Client Protocol: logs of JSON-RPC messages, also wrapped",
  reads:
    "`session/update` with `tool_call` and `tool_call_update`, and the calls that permission is asked for: `rawInput`, the last state; one run per session",
  lost:
    "what was said, plans; requests of the agent to the editor (files, terminals), by which it carries out its calls",
  example:
    '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"tool_call","toolCallId":"c1","kind":"read","rawInput":{}}}}',
  detect: (values) => values.some((value) => isJsonObject(value) && stateIn(messageIn(value)) !== undefined),
  read: (roots) => ({ readings: [...sessionsIn(elementsOf(roots))].map(readSession), skipped: [] }),
};

function messageIn(value: JsonObject): JsonObject {
  return [value.message, value.data, value.payload, value.msg].find(isJsonObject) ?? value;
}

/** What a message tells of a call. */
function stateIn({ method, params }: JsonObject): JsonObject | undefined {
  if (!isJsonObject(params)) return undefined;
  const { update, toolCall } = params;
  const reported = method === "session/update" && isJsonObject(update) &&
      (update.sessionUpdate === "tool_call" || update.sessionUpdate === "tool_call_update")
    ? update
    : method === "session/request_permission"
    ? toolCall
    : undefined;
  return isJsonObject(reported) && typeof reported.toolCallId === "string" ? reported : undefined;
}

function sessionsIn(elements: readonly Element[]): Map<string, Element[]> {
  const sessions = new Map<string, Element[]>();
  let last = "";
  for (const element of elements) {
    const { value } = element;
    const params = isJsonObject(value) ? messageIn(value).params : undefined;
    // Answers and some requests name no session.
    last = textAt(params, "sessionId") ?? last;
    const known = sessions.get(last);
    if (known === undefined) sessions.set(last, [element]);
    else known.push(element);
  }
  return sessions;
}

/** What is known of a call by all that was reported of it. */
interface Reported {
  readonly position: string;
  readonly time: Message["time"];
  readonly state: Record<string, JsonValue>;
  ended: Message["time"];
}

function readSession([session, elements]: [string, Element[]]): Reading {
  const position = `session ${session.slice(0, 80)}`.trimEnd();
  const others = countSkipped();
  const calls: Reported[] = [];
  const latest = new Map<string, Reported>();
  const value = elements.map((element) => element.value);
  const read = ({ value, position: place, time }: Message, ledger: Ledger) => {
    ledger.use(time);
    const message = messageIn(value);
    const reported = stateIn(message);
    if (reported === undefined) {
      if (message.method === "tools/call") {
        return ledger.foreign(place, "a call by MCP in a log of this protocol");
      }
      const { params } = message;
      const update = isJsonObject(params) ? params.update : undefined;
      if (/^tool_call/.test(textAt(update, "sessionUpdate") ?? "")) {
        return ledger.foreign(place, "a call without an id");
      }
      if (!["method", "result", "error"].some((name) => Object.hasOwn(message, name))) {
        return ledger.leaveOut(place, value, "no message of JSON-RPC");
      }
      return others.add(`message "${wordOf(message.method ?? "response")}"`);
    }
    const id = reported.toolCallId as string;
    let call = latest.get(id);
    if (call === undefined || isAnother(call, reported)) {
      // Without a prototype, a member `__proto__` is one like any other.
      call = { position: place, time, state: Object.create(null), ended: undefined };
      latest.set(id, call);
      calls.push(call);
    }
    for (const [name, member] of Object.entries(reported)) {
      // A session that is loaded again begins with the input left out.
      const isLess = name === "rawInput" && !isNonEmpty(member) && isNonEmpty(call.state.rawInput);
      if (member !== null && !isLess) call.state[name] = member;
    }
    call.ended = time ?? call.ended;
  };
  return readLog({ position, value, elements }, read, (ledger) => {
    for (const call of calls) readCall(call, ledger);
    others.report(ledger, position);
  });
}

/** Whether a call begins under the id of one that has ended; a session that is loaded again repeats its calls. */
function isAnother({ state }: Reported, { sessionUpdate, rawInput }: JsonObject): boolean {
  const hasEnded = state.status === "completed" || state.status === "failed";
  // The first event of a call may come before its input.
  return hasEnded && sessionUpdate === "tool_call" && rawInput !== undefined && isNonEmpty(rawInput) &&
    canonicalize(rawInput) !== canonicalize(state.rawInput ?? null);
}

function readCall({ position, time, state, ended }: Reported, ledger: Ledger): void {
  const { toolCallId: id, kind, title, rawInput, rawOutput, status } = state;
  ledger.nextTurn();
  const tool = toolNamedIn(state._meta) ?? kind ?? title;
  const call = ledger.call({ position, id, tool, args: rawInput ?? {}, time });
  if (call === undefined || status !== "completed" && status !== "failed") return;
  const content = rawOutput ?? joinTexts(textsIn(state.content), position, ledger);
  ledger.answerTo(call, { content, failed: status === "failed", time: ended });
}

/** Agents name their tool in metadata of their own. */
function toolNamedIn(meta: JsonValue | undefined): string | undefined {
  if (!isJsonObject(meta)) return undefined;
  return [meta, ...Object.values(meta)].map((one) => textAt(one, "toolName", "tool_name")).find((name) =>
    name !== undefined
  );
}

/** Blocks of a content, without the wrapper of each; diffs and terminals are no texts and stay as they are. */
function textsIn(content: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(content)) return content;
  return objectsIn(content).map((one) => isJsonObject(one.content) ? one.content : one);
}
