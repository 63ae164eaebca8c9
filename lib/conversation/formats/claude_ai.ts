import { asText, isJsonObject, type JsonObject } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import { isSpoken, joinTexts, type Message, quoteType, timeIn } from "../messages.ts";
import { readAccountExport } from "./account_exports.ts";
import { countSkipped, type FormatReader, itemsOf, objectsIn, readLog } from "./reader.ts";

/** Conversations of claude.ai; messages of every branch are in the list, and what they called was called. */
export const claudeAi: FormatReader = {
  title: "claude.ai: data exports (`conversations.json`), conversations of its web API",
  reads:
    "blocks `tool_use` and `tool_result` of `chat_messages`, by id, else by tool; all branches; one run per conversation",
  lost:
    "what was said, thinking; conversations in which no tool was called are counted, and so are texts that stand for a block that the export leaves out",
  example:
    '[{"uuid":"c","chat_messages":[{"sender":"assistant","content":[{"type":"tool_use","id":"t1","name":"web_search","input":{}}]}]}]',
  detect: (values) => values.some((value) => isJsonObject(value) && isConversation(value)),
  read: (roots) =>
    readAccountExport(roots, isConversation, ({ value, position }) => {
      const others = countSkipped();
      return readLog(
        { position, value, elements: itemsOf(messagesOf(value), "message"), about: value },
        (message, ledger) => readMessage(message, ledger, others.add),
        (ledger) => {
          ledger.use(); // a conversation may have been emptied
          others.report(ledger, position);
        },
      );
    }),
};

const messagesOf = ({ chat_messages: messages }: JsonObject) => Array.isArray(messages) ? messages : [];

function isConversation(value: JsonObject): boolean {
  const { chat_messages: messages } = value;
  if (!Array.isArray(messages)) return false;
  return messages.length === 0
    ? typeof value.uuid === "string"
    : objectsIn(messages).some(({ sender }) => typeof sender === "string");
}

/** What an export writes in the place of a block that it does not hold. */
const LEFT_OUT = "This block is not supported on your current device yet.";

function readMessage(
  { value, position, time }: Message,
  ledger: Ledger,
  leave: (kind: string) => void,
): void {
  const { sender, content, text } = value;
  if (typeof sender !== "string") return ledger.leaveOut(position, value, "message without a sender");
  ledger.use(time);
  ledger.nextTurn();
  const blocks = Array.isArray(content) ? content : [];
  const isWhole = objectsIn(content).some(({ type }) => type === "tool_use");
  const texts = [text, ...objectsIn(content).map((block) => block.text)];
  if (!isWhole && texts.some((one) => typeof one === "string" && one.includes(LEFT_OUT))) {
    leave("message with a block, of a tool or a thought, that the export leaves out");
  }
  blocks.forEach((block, i) => {
    const place = `${position}, block ${i + 1}`;
    if (isJsonObject(block)) readBlock(block, { position: place, time }, ledger);
    else ledger.leaveOut(place, block, "no JSON object");
  });
}

function readBlock(
  block: JsonObject,
  { position, time: given }: Pick<Message, "position" | "time">,
  ledger: Ledger,
): void {
  const { type, name: tool } = block;
  const timed = () => timeIn(block, position, ledger, ["start_timestamp", "stop_timestamp"]) ?? given;
  if (type === "tool_use") {
    ledger.call({ position, id: block.id, tool, args: block.input, time: timed() });
  } else if (type === "tool_result") {
    const { tool_use_id: id, content, is_error: isError } = block;
    const failed = typeof isError === "boolean" ? isError : undefined;
    ledger.answer({
      position,
      id,
      tool,
      content: joinTexts(content, position, ledger),
      failed,
      time: timed(),
    });
  } else if (!isSpoken(type) && !OTHERS.has(asText(type))) {
    ledger.leaveOut(position, block, `block of ${quoteType(block)}`);
  }
}

/** Blocks of the page that are no calls. */
const OTHERS = new Set(["token_budget", "flag", "voice_note"]);
