import { invalidInput } from "../errors/mod.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import type { Roots } from "./roots.ts";

/** One conversation of messages. */
export interface Conversation {
  /** Where it stands, e.g. `conversation 2` or `line 2`. */
  readonly position: string;
  /** The conversation as it was given; its digest names the run. */
  readonly value: JsonValue;
  readonly messages: readonly JsonValue[];
  /** What is said of the conversation as a whole. */
  readonly about: JsonObject;
}

/**
 * Split an input into conversations: one of `{"messages": […]}` or a bare list of messages, or several of them.
 *
 * @throws {GaitError} `invalid_input` when there is none, one is malformed or empty, or messages stand beside
 * conversations, so that it is not clear what belongs together
 */
export function splitConversations({ values, position }: Roots): Conversation[] {
  const conversations = values.filter(isConversation).length;
  const messages = values.filter(isMessage).length;
  if (conversations > 0 && messages > 0) {
    throw invalidInput("Cannot import: single messages stand beside whole conversations");
  }
  if (messages > 0) return [{ position: "conversation 1", value: [...values], messages: values, about: {} }];
  if (conversations === 0) {
    throw invalidInput("Cannot import: there is no conversation in the input", {
      hint: 'Give {"messages": [ … ]}, a list of messages, or OTLP JSON (docs/import.md)',
    });
  }
  return values.map((value, i) => conversationOf(value, position(i)));
}

function conversationOf(value: JsonValue, position: string): Conversation {
  const messages = isJsonObject(value) ? value.messages : value;
  if (!Array.isArray(messages)) throw invalidInput(`Cannot import ${position}: it has no list of messages`);
  if (messages.length === 0) throw invalidInput(`Cannot import ${position}: it has no messages`);
  return { position, value, messages, about: isJsonObject(value) ? value : {} };
}

function isConversation(value: JsonValue): boolean {
  return Array.isArray(value) || isJsonObject(value) && Object.hasOwn(value, "messages");
}

/** A message, or an item that stands where a message could. */
function isMessage(value: JsonValue): boolean {
  if (!isJsonObject(value) || isConversation(value)) return false;
  return typeof value.role === "string" || typeof value.type === "string";
}
