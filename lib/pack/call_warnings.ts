import type { CallEvent, GateDecision, ReferenceDigest, SpeakReceipt } from "../schema/voice/call.ts";
import type { CommitmentIntent } from "../schema/voice/commitment_intent.ts";
import { CALL_ENTRY } from "../schema/voice/layout.ts";
import { type Finding, noteOf } from "./report.ts";
import { rawTexts } from "../voice/call/events.ts";
import { isGatedSpeech, positionName, topicName } from "../voice/call/speak_gate.ts";

/** The lists of a call, normalised. */
export interface CallLists {
  readonly events: readonly CallEvent[];
  readonly commitments: readonly CommitmentIntent[];
  readonly decisions: readonly GateDecision[];
  readonly receipts: readonly SpeakReceipt[];
}

/**
 * Find inconsistencies of a call that the speak gate allows (weak spots 6 and 7 of docs/spec/voice.md). They are
 * notes, because the existing program accepts them; under the strict profile a note fails the pack.
 */
export function callWarnings(call: CallLists, privacyMode: string): Finding[] {
  return [
    ...uncommitted(call),
    ...receiptsWithoutSpeech(call),
    ...spokenAgain(call),
    ...contradictions(call),
    ...(privacyMode === "hash_only" ? rawTexts(call.events) : [])
      .map(({ message }) => noteOf("raw_text_in_attributes", message, CALL_ENTRY.events)),
  ];
}

/**
 * Commitments that say they need an approval although no decision about them names one, and approvals that nothing in
 * the pack is. They are notes for the same reason as the others.
 */
export function approvalWarnings(
  { commitments, decisions }: Pick<CallLists, "commitments" | "decisions">,
  references: readonly ReferenceDigest[],
): Finding[] {
  const approved = new Set(decisions.filter(({ approval_ref: ref }) => ref !== "").map(topicName));
  const known = new Set([
    ...references.flatMap(({ ref_id, sha256 }) => [ref_id, sha256, `sha256:${sha256}`]),
    ...decisions.map(({ approval_ref: ref }) => ref),
  ]);
  return commitments.flatMap((one) => [
    ...(one.approval_required && !approved.has(topicName(one))
      ? [noteOf(
        "commitment_without_approval",
        `${positionName(one)} needs an approval, which no decision names`,
        CALL_ENTRY.commitments,
      )]
      : []),
    ...one.approval_artifact_refs.filter((ref) => !known.has(ref)).map((ref) =>
      noteOf(
        "approval_artifact_unknown",
        `${positionName(one)} names the approval "${ref}", which no reference and no decision is`,
        CALL_ENTRY.commitments,
      )
    ),
  ]);
}

/** Binding speech without a declared commitment. */
function uncommitted({ events, commitments }: CallLists): Finding[] {
  const declared = new Map<string, number>();
  for (const one of commitments) {
    declared.set(topicName(one), Math.min(one.call_seq, declared.get(topicName(one)) ?? Infinity));
  }
  return events.filter(isGatedSpeech)
    .filter((event) => (declared.get(topicName(event)) ?? Infinity) > event.call_seq)
    .map((event) =>
      noteOf(
        "speech_without_commitment",
        `${positionName(event)} has no commitment before it`,
        CALL_ENTRY.events,
      )
    );
}

/** Receipts for speech without an event. */
function receiptsWithoutSpeech({ events, receipts }: CallLists): Finding[] {
  const spoken = new Set(events.filter(isGatedSpeech).map(positionName));
  return receipts.filter((receipt) => !spoken.has(positionName(receipt))).map((receipt) =>
    noteOf(
      "receipt_without_speech",
      `${positionName(receipt)} has a receipt but no event`,
      CALL_ENTRY.receipts,
    )
  );
}

/** A say-token may be used once (docs/spec/voice.md section 6), so the second sentence with it was not permitted. */
function spokenAgain({ events }: CallLists): Finding[] {
  const spoken = new Set<string>();
  return events.filter(isGatedSpeech).filter(({ say_token_id }) => {
    const again = spoken.has(say_token_id);
    spoken.add(say_token_id);
    return again;
  }).map((event) =>
    noteOf(
      "say_token_spoken_twice",
      `${positionName(event)} was spoken with a token used before`,
      CALL_ENTRY.events,
    )
  );
}

/** Decisions that name a different intent or policy than the gate event at the same position. */
function contradictions({ events, decisions }: CallLists): Finding[] {
  const reported = Map.groupBy(events.filter((event) => event.event_type === "gate.decision"), positionName);
  const named = new Map(
    [...reported].map(([place, at]) => [place, {
      intents: new Set(at.map((event) => event.intent_digest)),
      policies: new Set(at.map((event) => event.policy_digest)),
    }]),
  );
  return decisions.filter((decision) => {
    const at = named.get(positionName(decision));
    return at !== undefined &&
      (differs(at.intents, decision.intent_digest) || differs(at.policies, decision.policy_digest));
  }).map((decision) =>
    noteOf(
      "decision_contradicts_event",
      `${positionName(decision)}: event and decision name different digests`,
      CALL_ENTRY.decisions,
    )
  );
}

/** Whether any of them differs; a missing digest contradicts nothing. */
function differs(reported: ReadonlySet<string>, digest: string): boolean {
  if (digest === "") return false;
  const others = reported.size - (reported.has("") ? 1 : 0) - (reported.has(digest) ? 1 : 0);
  return others > 0;
}
