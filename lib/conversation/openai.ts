import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import { findCallMark } from "./call_marks.ts";
import { isSpoken, joinTexts, type Message, quoteType, readMessages } from "./messages.ts";
import type { Ledger } from "./ledger.ts";
import { isNonEmpty } from "./payload.ts";
import type { Conversation } from "./input.ts";
import type { Transcript } from "./transcript.ts";

const ROLES = ["system", "developer", "user", "assistant", "tool", "function"];

/**
 * Read OpenAI messages: `tool_calls` answered by messages of role `tool`, the older `function_call` answered by role
 * `function`, and items of the Responses API for functions and custom tools.
 *
 * @throws {GaitError} `invalid_input` if it contains nothing usable
 */
export function readOpenAi(conversation: Conversation): Transcript {
  let afterCallItem = false;
  return readMessages(conversation, (message, ledger) => {
    const { type } = message.value;
    const isCallItem = type === "function_call" || type === "custom_tool_call";
    // Items are separate elements; consecutive ones are the parallel calls of one turn.
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
  const content = joinTexts(value.output, position, ledger);
  ledger.answer({ position, id: value.call_id, content, failed: failureOf(value, content), time });
}

function readMessage(message: Message, ledger: Ledger): void {
  const { value, position, time } = message;
  const { role } = value;
  if (typeof role !== "string") {
    return ledger.leaveOut(
      position,
      value,
      `neither a message nor a call that is known: ${quoteType(value)}`,
    );
  }
  if (!ROLES.includes(role)) {
    return ledger.leaveOut(position, value, `message of unknown role "${role.slice(0, 80)}"`);
  }
  ledger.use(time);
  if (role === "tool" || role === "function") {
    const content = joinTexts(value.content, position, ledger);
    // Servers without call ids name the tool instead, as role "function" does.
    const id = role === "tool" ? value.tool_call_id : undefined;
    const failed = failureOf(value, content);
    return ledger.answer({ position, id, tool: value.name ?? value.tool_name, content, failed, time });
  }
  readSpeech(value.content, position, ledger);
  readToolCalls(message, ledger);
}

function readToolCalls({ value, position, time }: Message, ledger: Ledger): void {
  const { tool_calls: calls, function_call: legacy, content: _, ...others } = value;
  // The Vercel AI SDK keeps calls in `parts` or `toolInvocations`; next to known calls these members repeat them.
  const elsewhere = isGiven(calls) || isGiven(legacy) ? undefined : findCallMark(others);
  if (elsewhere !== undefined) return ledger.foreign(position, elsewhere);
  if (isJsonObject(legacy)) {
    ledger.call({ position, id: undefined, tool: legacy.name, args: legacy.arguments, time });
  } else if (isGiven(legacy)) ledger.foreign(position, "function_call is not an object");
  if (!Array.isArray(calls)) {
    if (isGiven(calls)) ledger.foreign(position, "tool_calls is not a list");
    return;
  }
  calls.forEach((call, i) => {
    const place = `${position}, call ${i + 1}`;
    if (!isJsonObject(call)) return ledger.foreign(place, "no JSON object");
    const { function: named, custom, id } = call;
    if (isJsonObject(named)) {
      ledger.call({ position: place, id, tool: named.name, args: named.arguments, time });
    } else if (isJsonObject(custom)) {
      ledger.call({ position: place, id, tool: custom.name, args: custom.input, time });
    } else {
      const given = Object.keys(call).slice(0, 8).join(", ").slice(0, 80);
      ledger.foreign(place, `neither "function" nor "custom" is an object; it has: ${given || "nothing"}`);
    }
  });
}

/** Calls of another format inside of the content must not be lost. */
function readSpeech(content: JsonValue | undefined, position: string, ledger: Ledger): void {
  if (isJsonObject(content)) {
    return ledger.leaveOut(position, content, "content is neither a text nor a list of blocks");
  }
  if (!Array.isArray(content)) return;
  content.forEach((block, i) => {
    const isSpeech = typeof block === "string" || isJsonObject(block) && isSpoken(block.type);
    if (isSpeech && findCallMark(block) === undefined) return;
    ledger.leaveOut(`${position}, block ${i + 1}`, block, `block of ${quoteType(block)}`);
  });
}

/**
 * Whether an answer failed: by flags that loggers add to the message, or else by the start of its text. The format
 * has no flag for failed calls; agents write `Error: ` at the beginning instead.
 */
function failureOf(answer: JsonObject, content: JsonValue | undefined): boolean | undefined {
  const { is_error: isError, error, status } = answer;
  if (typeof isError === "boolean") return isError;
  if (isNonEmpty(error) || status === "error") return true;
  return typeof content === "string" && content.startsWith("Error: ") ? true : undefined;
}

function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}
