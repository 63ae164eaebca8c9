import { invalidInput } from "../../errors/mod.ts";
import type { CallEvent, GateDecision, SpeakReceipt } from "../../schema/voice/call.ts";
import { inCallOrder } from "./fields.ts";

/*
 * No gated speech without an allow before it and a receipt for it (docs/spec/voice.md 5.6). Speech is gated when it has a
 * class. Where two records stand at one place, both must say yes: a record that was added can't wash out a denial.
 * Nothing is looked for in a list once per record: a pack of a stranger holds as many as it likes.
 */

/** What a record of a call is about: a class of promises in one turn. */
export interface Topic {
  readonly turn_index: number;
  readonly commitment_class: string;
}

/** A topic at one point of the call. */
export interface Place extends Topic {
  readonly call_seq: number;
}

/** Name of a topic, the same for records of every list. */
export function topicOf({ turn_index, commitment_class }: Topic): string {
  return `${commitment_class} in turn ${turn_index}`;
}

/** Name of a place, the same for records of every list. */
export function placeOf(record: Place): string {
  return `${topicOf(record)} at call_seq ${record.call_seq}`;
}

/** Whether an event is speech that needed leave. */
export function isGatedSpeech({ event_type, commitment_class }: CallEvent): boolean {
  return event_type === "tts.emitted" && commitment_class !== "";
}

/**
 * Every gated speech names its token, and every receipt for it names the same one.
 *
 * @throws {GaitError} `invalid_input` for the first speech without
 */
export function demandReceipts(events: readonly CallEvent[], receipts: readonly SpeakReceipt[]): void {
  const tokensAt = new Map<string, Set<string>>();
  for (const receipt of receipts) {
    const tokens = tokensAt.get(placeOf(receipt));
    if (tokens) tokens.add(receipt.say_token_id);
    else tokensAt.set(placeOf(receipt), new Set([receipt.say_token_id]));
  }
  for (const event of events.filter(isGatedSpeech)) {
    const speech = `speech of ${placeOf(event)}`;
    if (event.say_token_id === "") throw refused(`${speech} names no say_token_id`);
    const tokens = tokensAt.get(placeOf(event));
    if (!tokens) throw refused(`${speech} has no speak receipt`);
    if (tokens.size !== 1 || !tokens.has(event.say_token_id)) {
      throw refused(`${speech} and its receipt name different tokens`);
    }
  }
}

/**
 * Before every receipt, the latest word of the gate on its class and turn was `allow`.
 *
 * @throws {GaitError} `invalid_input` for the first receipt without
 */
export function demandAllows(
  decisions: readonly GateDecision[],
  receipts: readonly SpeakReceipt[],
): void {
  const latest = new Map<string, GateDecision>();
  const said = inCallOrder(decisions, () => "");
  let heard = 0;
  for (const receipt of inCallOrder(receipts, () => "")) {
    for (; heard < said.length && said[heard]!.call_seq <= receipt.call_seq; heard++) {
      const decision = said[heard]!;
      const topic = topicOf(decision);
      const before = latest.get(topic);
      // At one place the first no stays, whatever stands beside it.
      if (before?.call_seq === decision.call_seq && before.verdict !== "allow") continue;
      latest.set(topic, decision);
    }
    const word = latest.get(topicOf(receipt));
    if (!word) throw refused(`receipt for ${placeOf(receipt)} has no decision before it`);
    if (word.verdict !== "allow") {
      throw refused(`receipt for ${placeOf(receipt)}: it was spoken although the gate said ${word.verdict}`);
    }
  }
}

function refused(reason: string): Error {
  return invalidInput(`Cannot use call: ${reason}`, {
    hint: "Speak a binding sentence only after gait voice token verify says ok, and keep the receipt",
  });
}
