import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Ledger } from "../ledger.ts";
import type { Message } from "../messages.ts";
import { readCounted } from "./account_exports.ts";
import { elementsOf, type FormatReader, itemsOf, objectsIn, readLog } from "./reader.ts";
import { documentIn } from "./span_records.ts";

/**
 * Conversations in the form of ShareGPT, in which agents of the Hermes models keep what they did, and data sets what a
 * model shall learn. Only the text of the model says that a call was made; that is listed.
 */
export const sharegpt: FormatReader = {
  title: "ShareGPT conversations: trajectories of Hermes, data sets with calls of functions",
  reads:
    "`<tool_call>` in messages from `gpt`, messages from `function_call`; `<tool_response>` in messages from `tool`, messages from `observation`; an answer by the name of its tool, else in the order of the calls; one run per conversation",
  lost:
    "what was said; conversations without a call are counted; arguments that are no JSON are kept as text; whether a call was run",
  example:
    '{"conversations":[{"from":"gpt","value":"<tool_call>\\n{\\"name\\": \\"pay\\", \\"arguments\\": {\\"cents\\": 5}}\\n</tool_call>"}]}',
  detect: (values) => values.some((value) => isJsonObject(value) && isConversation(value)),
  read: (roots) =>
    readCounted(elementsOf(roots), isConversation, ({ value, position }) => {
      const { read, end } = openConversation(position);
      const elements = itemsOf(value.conversations as JsonValue[], "message");
      return readLog({ position, value, elements, about: value, own: value.conversations! }, read, end);
    }, "conversation"),
};

function isConversation({ conversations }: JsonObject): boolean {
  return objectsIn(conversations).some(({ from, value }) =>
    typeof from === "string" && typeof value === "string"
  );
}

/** A call that waits for its answer. */
interface Waiting {
  readonly index: number;
  isAnswered: boolean;
}

/** The calls of a turn: an answer takes the first that waits, of its tool where it names one. */
function openTurn(): {
  readonly add: (tool: string, index: number) => void;
  readonly take: (tool?: string) => number | undefined;
} {
  const all: Waiting[] = [];
  const byTool = new Map<string, Waiting[]>();
  const next = new Map<Waiting[], number>();
  return {
    add(tool, index) {
      const call = { index, isAnswered: false };
      all.push(call);
      const own = byTool.get(tool);
      if (own === undefined) byTool.set(tool, [call]);
      else own.push(call);
    },
    take(tool) {
      const calls = tool === undefined ? all : byTool.get(tool) ?? [];
      let at = next.get(calls) ?? 0;
      while (calls[at]?.isAnswered) at++;
      next.set(calls, at + 1);
      const call = calls[at];
      if (call !== undefined) call.isAnswered = true;
      return call?.index;
    },
  };
}

function openConversation(position: string): {
  readonly read: (message: Message, ledger: Ledger) => void;
  readonly end: (ledger: Ledger) => void;
} {
  let made = 0;
  let turn = openTurn();

  function readCall(text: string, place: string, time: Message["time"], ledger: Ledger): void {
    const call = callIn(text);
    if (call === undefined) return ledger.foreign(place, "a call that names no tool");
    const index = ledger.call({ position: place, id: call.id, tool: call.tool, args: call.args, time });
    if (index === undefined) return;
    made++;
    turn.add(call.tool, index);
  }

  function readAnswer(text: string, place: string, time: Message["time"], ledger: Ledger): void {
    const document = documentIn(text.trim());
    const { name, content } = isJsonObject(document) ? document : {};
    const tool = typeof name === "string" && content !== undefined ? name : undefined;
    const index = turn.take(tool);
    if (index === undefined) return ledger.skip(place, "answer without a call before it");
    ledger.answerTo(index, { content: tool === undefined ? text.trim() : content, time });
  }

  return {
    read({ value, position: at, time }, ledger) {
      const { from, value: text } = value;
      if (typeof from !== "string" || typeof text !== "string") {
        return ledger.leaveOut(at, value, "no message of a conversation");
      }
      ledger.use(time);
      if (from === "gpt" || from === "assistant" || from === "function_call") {
        // The calls of a turn are answered before the next one.
        turn = openTurn();
        const texts = from === "function_call" ? callsOf(text) : between(text, "tool_call");
        texts.forEach((one, i) => readCall(one, `${at}, call ${i + 1}`, time, ledger));
      } else if (from === "tool" || from === "observation") {
        const texts = between(text, "tool_response");
        (texts.length > 0 ? texts : [text]).forEach((one, i) =>
          readAnswer(one, `${at}, answer ${i + 1}`, time, ledger)
        );
      }
    },
    end(ledger) {
      if (made > 0) {
        ledger.skip(position, `${made} × call of which only the text of the model says that it was made`);
      }
    },
  };
}

/** The texts between tags of a name; a tag without an end has what follows. */
function between(text: string, name: string): string[] {
  return text.split(`<${name}>`).slice(1).map((part) => part.split(`</${name}>`, 1)[0]!);
}

/** The calls of a message that is nothing but calls: one, or a list. */
function callsOf(text: string): string[] {
  const document = documentIn(text);
  return Array.isArray(document) ? document.map((one) => JSON.stringify(one)) : [text];
}

function callIn(
  text: string,
):
  | { readonly id: JsonValue | undefined; readonly tool: string; readonly args: JsonValue | undefined }
  | undefined {
  const document = documentIn(text.trim());
  if (isJsonObject(document)) {
    const { id, name, arguments: args, parameters } = document;
    return typeof name === "string" ? { id, tool: name, args: args ?? parameters ?? {} } : undefined;
  }
  // Data sets have calls in the words of Python, which are kept as they are.
  const name = /["']name["']\s{0,4}:\s{0,4}["']([^"']{1,200})["']/.exec(text)?.[1];
  return name === undefined ? undefined : { id: undefined, tool: name, args: text.trim() };
}
