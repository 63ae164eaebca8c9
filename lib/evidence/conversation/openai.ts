import { isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isSpoken, joinTexts, quoteType } from "./content.ts";
import type { Ledger } from "./ledger.ts";
import { type Message, readMessages } from "./messages.ts";
import type { Conversation } from "./split.ts";
import type { Transcript } from "./transcript.ts";

const ROLES = ["system", "developer", "user", "assistant", "tool", "function"];

/**
 * Read OpenAI messages: `tool_calls` answered by messages of role `tool`, the older `function_call` answered by
 * role `function`, and items of the Responses API for functions and custom tools.
 *
 * @throws {GaitError} `invalid_input` when nothing in it can be used
 */
export function readOpenAi(conversation: Conversation): Transcript {
  let afterCallItem = false;
  return readMessages(conversation, (message, ledger) => {
    const { type } = message.value;
    const isCallItem = type === "function_call" || type === "custom_tool_call";
    // Items stand alone; those in a row are the parallel calls of one turn.
    if (!isCallItem || !afterCallItem) ledger.nextTurn();
    afterCallItem = isCallItem;
    if (isCallItem) readCallItem(message, ledger);
    else if (type === "function_call_output" || type === "custom_tool_call_output") {
      readOutputItem(message, ledger);
    } else readMessage(message, ledger);
  });
}

function readCallItem({ value, position, time }: Message, ledger: Ledger): void {
  const args = value.type === "function_call" ? value.arguments : value.input;
  ledger.use(time);
  ledger.call({ position, id: value.call_id, tool: value.name, args, time });
}

function readOutputItem({ value, position, time }: Message, ledger: Ledger): void {
  ledger.use(time);
  ledger.answer({ position, id: value.call_id, content: joinTexts(value.output, position, ledger), time });
}

function readMessage(message: Message, ledger: Ledger): void {
  const { value, position, time } = message;
  const { role } = value;
  if (typeof role !== "string") {
    return ledger.skip(position, `neither a message nor a call: ${quoteType(value)}`);
  }
  if (!ROLES.includes(role)) return ledger.skip(position, `message of unknown role "${role.slice(0, 80)}"`);
  ledger.use(time);
  if (role === "tool" || role === "function") {
    const content = joinTexts(value.content, position, ledger);
    // Servers without ids for calls name the tool instead, as role "function" always did.
    const id = role === "tool" ? value.tool_call_id : undefined;
    return ledger.answer({ position, id, tool: value.name ?? value.tool_name, content, time });
  }
  readSpeech(value.content, position, ledger);
  readToolCalls(message, ledger);
}

function readToolCalls({ value, position, time }: Message, ledger: Ledger): void {
  const { tool_calls: calls, function_call: legacy } = value;
  if (isJsonObject(legacy)) {
    ledger.call({ position, id: undefined, tool: legacy.name, args: legacy.arguments, time });
  } else if (isGiven(legacy)) ledger.skip(position, "function_call is no object");
  if (!Array.isArray(calls)) {
    if (isGiven(calls)) ledger.skip(position, "tool_calls is no list");
    return;
  }
  calls.forEach((call, i) => {
    const place = `${position}, call ${i + 1}`;
    if (!isJsonObject(call)) return ledger.skip(place, "no JSON object");
    const { function: named, custom, id } = call;
    if (isJsonObject(named)) {
      ledger.call({ position: place, id, tool: named.name, args: named.arguments, time });
    } else if (isJsonObject(custom)) {
      ledger.call({ position: place, id, tool: custom.name, args: custom.input, time });
    } else ledger.skip(place, `call of no function, of ${quoteType(call)}`);
  });
}

/** Calls of another format inside the content must not get lost without a word. */
function readSpeech(content: JsonValue | undefined, position: string, ledger: Ledger): void {
  if (!Array.isArray(content)) return;
  content.forEach((block, i) => {
    if (typeof block === "string" || isJsonObject(block) && isSpoken(block.type)) return;
    ledger.skip(`${position}, block ${i + 1}`, `block of ${quoteType(block)}`);
  });
}

function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}
