import { isJsonObject, type JsonValue } from "../formats/json/mod.ts";
import { findCallMark } from "./call_marks.ts";
import { itemKind, readCallItem, readOutputItem } from "./openai_items.ts";
import { failureOf } from "./openai_failure.ts";
import { isSpoken, joinTexts, type Message, quoteType, readMessages } from "./messages.ts";
import type { Ledger } from "./ledger.ts";
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
  return readMessages(conversation, openAiReader());
}

/** A reader of messages and items in a row. */
export function openAiReader(): (message: Message, ledger: Ledger) => void {
  let afterCallItem = false;
  let searched: number | undefined;
  return (message, ledger) => {
    const kind = itemKind(message.value);
    // Items are separate elements; consecutive ones are the parallel calls of one turn.
    if (kind !== "call" || !afterCallItem) ledger.nextTurn();
    afterCallItem = kind === "call";
    if (kind === "call") {
      const call = readCallItem(message, ledger);
      if (message.value.type === "tool_search_call") searched = call;
    } else if (kind === "output") {
      readOutputItem(message, ledger, searched);
      if (message.value.type === "tool_search_output") searched = undefined;
    } else readMessage(message, ledger);
  };
}

function readMessage(message: Message, ledger: Ledger): void {
  const { value, position, time } = message;
  const { role } = value;
  if (typeof role !== "string") {
    if (typeof value.type === "string" && value.type.endsWith("_call")) {
      return ledger.foreign(position, `item of ${quoteType(value)}`);
    }
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
    const id = role === "tool" ? value.tool_call_id ?? onlyOf(value.tool_call_ids) : undefined;
    if (Array.isArray(value.tool_responses)) return readResponses(value.tool_responses, message, ledger);
    const failed = failureOf(value, content);
    return ledger.answer({ position, id, tool: value.name ?? value.tool_name, content, failed, time });
  }
  readSpeech(value.content, position, ledger);
  readToolCalls(message, ledger);
}

/** SWE-agent names the answered call in a list of one. */
function onlyOf(ids: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(ids) && ids.length === 1 ? ids[0] : undefined;
}

/** AutoGen 0.2 puts the answers of a turn into one message. */
function readResponses(responses: readonly JsonValue[], { position, time }: Message, ledger: Ledger): void {
  responses.forEach((response, i) => {
    const place = `${position}, response ${i + 1}`;
    if (!isJsonObject(response)) return ledger.leaveOut(place, response, "no JSON object");
    const content = joinTexts(response.content, place, ledger);
    const failed = failureOf(response, content);
    ledger.answer({ position: place, id: response.tool_call_id, tool: response.name, content, failed, time });
  });
}

function readToolCalls({ value, position, time }: Message, ledger: Ledger): void {
  const { tool_calls: calls, function_call: legacy, content: _, ...others } = value;
  // The Vercel AI SDK keeps calls in `parts` or `toolInvocations`; next to known calls these members repeat them.
  const elsewhere = isGiven(calls) || isGiven(legacy) ? undefined : findCallMark(others);
  if (elsewhere !== undefined) return ledger.foreign(position, elsewhere);
  if (isJsonObject(legacy)) {
    const origins = legacy.arg_provenance;
    ledger.call({ position, id: undefined, tool: legacy.name, args: legacy.arguments, origins, time });
  } else if (isGiven(legacy)) ledger.foreign(position, "function_call is not an object");
  if (!Array.isArray(calls)) {
    if (isGiven(calls)) ledger.foreign(position, "tool_calls is not a list");
    return;
  }
  calls.forEach((call, i) => {
    const place = `${position}, call ${i + 1}`;
    if (!isJsonObject(call)) return ledger.foreign(place, "no JSON object");
    const { function: named, custom, id, arg_provenance: origins } = call;
    if (isJsonObject(named)) {
      ledger.call({ position: place, id, tool: named.name, args: named.arguments, origins, time });
    } else if (isJsonObject(custom)) {
      ledger.call({ position: place, id, tool: custom.name, args: custom.input, origins, time });
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

function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}
