import { invalidInput } from "../../errors/mod.ts";
import type { CallEvent } from "../../schema/voice/call_event.ts";
import type { GateDecision, SpeakReceipt } from "../../schema/voice/call_lists.ts";

/*
 * No gated speech without an allow before it and a receipt for it (spec/voice.md 5.6). Speech is gated when it has a
 * class. Where two records stand at one place, both must say yes: a record that was added can't wash out a denial.
 */

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
  for (const event of events.filter(isGatedSpeech)) {
    const place = `speech at call_seq ${event.call_seq} (${event.commitment_class})`;
    if (event.say_token_id === "") throw refused(`${place} names no say_token_id`);
    const own = receipts.filter((receipt) =>
      receipt.call_seq === event.call_seq && receipt.turn_index === event.turn_index &&
      receipt.commitment_class === event.commitment_class
    );
    if (own.length === 0) throw refused(`${place} has no speak receipt`);
    if (own.some((receipt) => receipt.say_token_id !== event.say_token_id)) {
      throw refused(`${place} and its receipt name different tokens`);
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
  for (const receipt of receipts) {
    const place = `receipt at call_seq ${receipt.call_seq} (${receipt.commitment_class})`;
    const before = decisions.filter((decision) =>
      decision.commitment_class === receipt.commitment_class && decision.turn_index === receipt.turn_index &&
      decision.call_seq <= receipt.call_seq
    );
    const latest = Math.max(...before.map((decision) => decision.call_seq));
    const words = before.filter((decision) => decision.call_seq === latest);
    if (words.length === 0) throw refused(`${place} has no decision before it`);
    const no = words.find((decision) => decision.verdict !== "allow");
    if (no) throw refused(`${place} was spoken although the gate said ${no.verdict}`);
  }
}

function refused(reason: string): Error {
  return invalidInput(`Cannot use call: ${reason}`, {
    hint: "Speak a binding sentence only after gait voice token verify says ok, and keep the receipt",
  });
}
