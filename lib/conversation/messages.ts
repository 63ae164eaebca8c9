import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { callMarkBeside } from "./call_marks.ts";
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
  // Logs of a proxy keep the last turn beside the messages that it answers.
  const beside = callMarkBeside(about);
  if (beside !== undefined) ledger.foreign(whole, `${beside} beside its messages`);
  messages.forEach((value, i) => {
    const position = `message ${i + 1}`;
    if (isJsonObject(value)) read({ value, position, time: timeIn(value, position, ledger) }, ledger);
    else ledger.leaveOut(position, value, "no JSON object");
  });
  return ledger.close(whole);
}
