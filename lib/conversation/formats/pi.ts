import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { joinTexts, type Message, timeIn } from "../messages.ts";
import { countSkipped, type FormatReader, logsOf, objectsIn, readLog, wordOf } from "./reader.ts";

/** Sessions of Pi and of OpenClaw, which is built on it, and the events of `--mode json`. */
export const pi: FormatReader = {
  title: "Pi and OpenClaw: session JSONL, --mode json",
  reads: "blocks `toolCall` of messages of the assistant, messages of role `toolResult`",
  lost: "what was said, commands of the user, events that repeat the messages",
  example:
    '{"type":"message","id":"a","message":{"role":"assistant","content":[{"type":"toolCall","id":"c1","name":"bash","arguments":{}}]}}',
  detect: (values) => values.some((value) => isJsonObject(value) && isMessage(messageOf(value) ?? value)),
  read: (roots) => ({
    readings: logsOf(roots, () => undefined).map((log) => {
      const others = countSkipped();
      return readLog(
        log,
        (line, ledger) => readLine(line, others.add, ledger),
        (ledger) => others.report(ledger, log.position),
      );
    }),
    skipped: [],
  }),
};

/** The message of a line; the start of one and its changes repeat what its end has. */
function messageOf({ type, message }: JsonObject): JsonObject | undefined {
  return (type === "message" || type === "message_end") && isJsonObject(message) ? message : undefined;
}

const isMessage = ({ role, content, toolCallId: id }: JsonObject) =>
  role === "toolResult" && typeof id === "string" ||
  role === "assistant" && objectsIn(content).some(({ type }) => type === "toolCall");

/** Events whose messages have lines of their own. */
const REPEATED = new Set([
  "message_start",
  "message_update",
  "tool_execution_start",
  "tool_execution_update",
  "tool_execution_end",
  "turn_end",
  "agent_end",
]);

const SPOKEN = new Set(["text", "thinking", "image"]);

function readLine(line: Message, leave: (kind: string) => void, ledger: Ledger): void {
  const { value, position } = line;
  const type = typeof value.type === "string" ? value.type : "";
  const message = messageOf(value) ?? (type === "" ? value : undefined);
  // Lines of a session have a time of their own, events the one of their message.
  const time = line.time ?? (message === undefined ? undefined : timeIn(message, position, ledger));
  ledger.use(time);
  if (message === undefined) {
    if (REPEATED.has(type)) return leave(`line of type "${type}"`);
    return ledger.leaveOut(position, value, `line of type "${type.slice(0, 80)}"`);
  }
  const { role, content } = message;
  if (role === "toolResult") {
    return ledger.answer({
      position,
      id: message.toolCallId,
      tool: message.toolName,
      content: joinTexts(content, position, ledger),
      failed: typeof message.isError === "boolean" ? message.isError : undefined,
      time,
    });
  }
  if (role !== "assistant") return leave(`message of role "${wordOf(role)}"`);
  ledger.nextTurn();
  if (typeof content === "string") return;
  [content ?? null].flat().forEach((block: JsonValue, i) => {
    const place = `${position}, block ${i + 1}`;
    if (isJsonObject(block) && block.type === "toolCall") {
      ledger.call({ position: place, id: block.id, tool: block.name, args: block.arguments ?? {}, time });
    } else if (!isJsonObject(block) || !SPOKEN.has(asText(block.type))) {
      ledger.leaveOut(place, block, "block that is not known");
    }
  });
}
