import type { CallEvent } from "../../schema/voice/call_event.ts";
import type { GateDecision, SpeakReceipt } from "../../schema/voice/call_lists.ts";
import type { CommitmentIntent } from "../../schema/voice/commitment_intent.ts";
import { CALL_ENTRY } from "../../schema/voice/layout.ts";
import { type Finding, noteOf } from "./report.ts";
import { rawTexts } from "../call/raw_text.ts";
import { isGatedSpeech } from "../call/speak_gate.ts";

/** The lists of a call, normalised. */
export interface CallLists {
  readonly events: readonly CallEvent[];
  readonly commitments: readonly CommitmentIntent[];
  readonly decisions: readonly GateDecision[];
  readonly receipts: readonly SpeakReceipt[];
}

/** A place in a call that records of different lists share. */
interface Place {
  readonly call_seq: number;
  readonly turn_index: number;
  readonly commitment_class: string;
}

/**
 * What does not fit together in a call although the speak gate passes it (weak spots 6 and 7 of spec/voice.md). Each
 * is a note: the reference accepts them. Under the strict profile a note fails the pack.
 */
export function oddities(call: CallLists, privacyMode: string): Finding[] {
  return [
    ...uncommitted(call),
    ...silentReceipts(call),
    ...contradictions(call),
    ...(privacyMode === "hash_only" ? rawTexts(call.events) : [])
      .map(({ message }) => noteOf("raw_text_in_attributes", message, CALL_ENTRY.events)),
  ];
}

/** Speech that bound somebody, but nobody declared what it would promise. */
function uncommitted({ events, commitments }: CallLists): Finding[] {
  return events.filter(isGatedSpeech)
    .filter((event) =>
      !commitments.some((one) =>
        one.commitment_class === event.commitment_class && one.turn_index === event.turn_index &&
        one.call_seq <= event.call_seq
      )
    )
    .map((event) =>
      noteOf("speech_without_commitment", `${nameOf(event)} has no commitment before it`, CALL_ENTRY.events)
    );
}

/** Receipts for speech that no event tells of. */
function silentReceipts({ events, receipts }: CallLists): Finding[] {
  const spoken = new Set(events.filter(isGatedSpeech).map(nameOf));
  return receipts.filter((receipt) => !spoken.has(nameOf(receipt))).map((receipt) =>
    noteOf("receipt_without_speech", `${nameOf(receipt)} has a receipt but no event`, CALL_ENTRY.receipts)
  );
}

/** Events of the gate that name another intent or policy than the decision at their place. */
function contradictions({ events, decisions }: CallLists): Finding[] {
  const told = events.filter((event) => event.event_type === "gate.decision");
  return decisions.flatMap((decision) =>
    told.filter((event) => nameOf(event) === nameOf(decision) && !agree(event, decision)).map((event) =>
      noteOf(
        "decision_contradicts_event",
        `${nameOf(event)}: event and decision name different digests`,
        CALL_ENTRY.decisions,
      )
    )
  );
}

/** What one of them leaves out contradicts nothing. */
function agree(event: CallEvent, decision: GateDecision): boolean {
  const same = (a: string, b: string) => a === "" || b === "" || a === b;
  return same(event.intent_digest, decision.intent_digest) &&
    same(event.policy_digest, decision.policy_digest);
}

function nameOf({ call_seq, turn_index, commitment_class }: Place): string {
  return `${commitment_class} at call_seq ${call_seq}, turn ${turn_index}`;
}
