import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Keeping } from "../keeping.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message, timeIn } from "../messages.ts";
import { oneLog, openLog, readValues } from "./lines.ts";
import { countSkipped, type FormatReader, type LineReader, objectsIn, textIn } from "./reader.ts";

/** Sessions of Kimi Code: a file `wire.jsonl` for each agent, also for those that an agent started. */
export const kimi: FormatReader = {
  title: "Kimi Code: sessions (`wire.jsonl`)",
  reads: "events `tool.call` and `tool.result`, and what only a message has of them; a call once",
  lost: "what was said; all other lines are counted",
  example:
    '{"type":"context.append_loop_event","agentId":"main","event":{"type":"tool.call","toolCallId":"c1","name":"Bash","args":{}},"time":1767323045000}',
  detect: (values) =>
    values.some((value) => isJsonObject(value) && LINES.has(asText(value.type)) && isWire(value)),
  read: (roots) => readValues(roots, openSession),
  byLine: openSession,
};

const LINES = new Set(["context.append_loop_event", "context.append_message", "agent.message.appended"]);
const isWire = ({ event, message }: JsonObject) => isJsonObject(event) || isJsonObject(message);

function openSession(keep: Keeping): LineReader {
  const position = "conversation 1";
  const others = countSkipped();
  // Calls by the id of their event, which is unique, and by their own id, which messages know them by.
  const byEvent = new Map<string, number>();
  const byId = new Map<string, number>();
  const answered = new Set<number>();

  const call = (given: JsonObject, args: JsonValue | undefined, { ledger, ...place }: Place) => {
    const id = given.toolCallId ?? given.id;
    const index = ledger.call({ ...place, id, tool: given.name, args });
    if (index === undefined) return;
    const event = textIn(given.uuid);
    if (event !== undefined) byEvent.set(event, index);
    byId.set(textIn(id) ?? "", index);
  };
  const answer = (
    index: number | undefined,
    given: JsonObject,
    content: JsonValue | undefined,
    at: Place,
  ) => {
    const { position, time, ledger } = at;
    if (index === undefined) return ledger.answer({ position, id: given.toolCallId, content, time });
    if (answered.has(index)) return;
    answered.add(index);
    const failed = given.isError === true ? true : undefined;
    ledger.answerTo(index, { content: joinTexts(content, position, ledger), failed, time });
  };
  const log = openLog(position, keep, ({ value, position, time: given }, ledger) => {
    const type = textIn(value.type);
    if (type === undefined) return ledger.leaveOut(position, value, "no line that is known");
    const time = given ?? timeIn(value, position, ledger, ["time"]);
    const at = { position, time, ledger };
    ledger.use(time);
    const event = type === "context.append_loop_event" && isJsonObject(value.event) ? value.event : {};
    if (event.type === "tool.call") {
      // A session that was forked may hold an event of the other one again.
      return byEvent.has(textIn(event.uuid) ?? "") ? others.add("event again") : call(event, event.args, at);
    }
    if (event.type === "tool.result") {
      const result = isJsonObject(event.result) ? event.result : {};
      const index = byEvent.get(textIn(event.parentUuid) ?? "") ?? byId.get(textIn(event.toolCallId) ?? "");
      return answer(index, { ...result, toolCallId: event.toolCallId ?? null }, result.output, at);
    }
    others.add(`line "${textIn(event.type) ?? type}"`.slice(0, 80));
    // What was said stands in lines of its own, which have calls again, and those of a history that was taken over.
    const message = LINES.has(type) ? messageIn(value) : undefined;
    if (message === undefined) return;
    for (const one of objectsIn(message.toolCalls)) {
      if (!byId.has(textIn(one.id) ?? "")) call(one, one.arguments, at);
    }
    if (message.role === "tool") {
      answer(byId.get(textIn(message.toolCallId) ?? ""), message, message.content, at);
    }
  }, (ledger) => others.report(ledger, position));
  return oneLog(log);
}

/** Where something stands, and who keeps it. */
interface Place extends Pick<Message, "position" | "time"> {
  readonly ledger: Ledger;
}

/** The message of a line, which may be wrapped with what is known about it. */
function messageIn({ message }: JsonObject): JsonObject | undefined {
  if (!isJsonObject(message)) return undefined;
  return isJsonObject(message.message) ? message.message : message;
}
