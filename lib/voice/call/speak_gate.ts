import { invalidInput } from "../../errors/mod.ts";
import type { CallEvent, GateDecision, SpeakReceipt } from "../../schema/voice/call.ts";
import { inCallOrder } from "./fields.ts";

/*
 * No gated speech without an allow before it and a receipt for it (docs/spec/voice.md 5.6). Speech is gated when it
 * has a class. Where two decisions share a position, both must be `allow`, so that an added record can't cover up a
 * denial. The work is linear in the number of records, because an untrusted pack can have any number of them.
 */

/** A class of commitments in one turn of a call. */
export interface Topic {
  readonly turn_index: number;
  readonly commitment_class: string;
}

/** A topic at one position of the call. */
export interface CallPosition extends Topic {
  readonly call_seq: number;
}

/** Name of a topic, which equal topics of different lists share. */
export function topicName({ turn_index, commitment_class }: Topic): string {
  return `${commitment_class} in turn ${turn_index}`;
}

/** Name of a position, which equal positions of different lists share. */
export function positionName(record: CallPosition): string {
  return `${topicName(record)} at call_seq ${record.call_seq}`;
}

/** Whether an event is speech that needed an allow. */
export function isGatedSpeech({ event_type, commitment_class }: CallEvent): boolean {
  return event_type === "tts.emitted" && commitment_class !== "";
}

/**
 * Check that every gated speech names its token, and that all its receipts name the same one.
 *
 * @throws {GaitError} `invalid_input` for the first speech that doesn't
 */
export function demandReceipts(events: readonly CallEvent[], receipts: readonly SpeakReceipt[]): void {
  const tokensAt = new Map<string, Set<string>>();
  for (const receipt of receipts) {
    const tokens = tokensAt.get(positionName(receipt));
    if (tokens) tokens.add(receipt.say_token_id);
    else tokensAt.set(positionName(receipt), new Set([receipt.say_token_id]));
  }
  for (const event of events.filter(isGatedSpeech)) {
    const speech = `speech of ${positionName(event)}`;
    if (event.say_token_id === "") throw refused(`${speech} names no say_token_id`);
    const tokens = tokensAt.get(positionName(event));
    if (!tokens) throw refused(`${speech} has no speak receipt`);
    if (tokens.size !== 1 || !tokens.has(event.say_token_id)) {
      throw refused(`${speech} and its receipt name different tokens`);
    }
  }
}

/**
 * Check that the latest decision before every receipt, on its class and turn, was `allow`.
 *
 * @throws {GaitError} `invalid_input` for the first receipt that fails
 */
export function demandAllows(
  decisions: readonly GateDecision[],
  receipts: readonly SpeakReceipt[],
): void {
  const latest = new Map<string, GateDecision>();
  const ordered = inCallOrder(decisions, () => "");
  let next = 0;
  for (const receipt of inCallOrder(receipts, () => "")) {
    for (; next < ordered.length && ordered[next]!.call_seq <= receipt.call_seq; next++) {
      const decision = ordered[next]!;
      const topic = topicName(decision);
      const before = latest.get(topic);
      // At one position a denial stays, whatever other decisions it has.
      if (before?.call_seq === decision.call_seq && before.verdict !== "allow") continue;
      latest.set(topic, decision);
    }
    const latestDecision = latest.get(topicName(receipt));
    if (!latestDecision) throw refused(`receipt for ${positionName(receipt)} has no decision before it`);
    if (latestDecision.verdict !== "allow") {
      throw refused(
        `receipt for ${
          positionName(receipt)
        }: it was spoken although the gate ordered ${latestDecision.verdict}`,
      );
    }
  }
}

function refused(reason: string): Error {
  return invalidInput(`Cannot use call: ${reason}`, {
    hint: "Speak a binding sentence only after gait voice token verify says ok, and keep the receipt",
  });
}
