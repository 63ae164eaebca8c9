import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import type { Conversation } from "./split.ts";
import { timeIn } from "./times.ts";
import type { Transcript } from "./transcript.ts";

/** One message with where it stands and when it was made. */
export interface Message {
  readonly value: JsonObject;
  readonly position: string;
  readonly time: Rfc3339 | undefined;
}

/**
 * Read the messages of a conversation one by one into a transcript.
 *
 * @throws {GaitError} `invalid_input` when nothing in it can be used
 */
export function readMessages(
  { messages, about, position: whole }: Conversation,
  read: (message: Message, ledger: Ledger) => void,
): Transcript {
  const ledger = openLedger();
  ledger.begin(timeIn(about, "conversation", ledger));
  messages.forEach((value, i) => {
    const position = `message ${i + 1}`;
    if (isJsonObject(value)) read({ value, position, time: timeIn(value, position, ledger) }, ledger);
    else ledger.skip(position, "no JSON object");
  });
  return ledger.close(whole);
}
