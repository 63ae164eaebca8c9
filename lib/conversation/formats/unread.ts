import { findAnyCallMark, stoppedForCalls } from "../call_marks.ts";
import type { Conversation } from "../input.ts";
import { unreadCalls } from "../ledger.ts";
import { countCalls, type Skipped, type Transcript } from "../transcript.ts";

/**
 * Refuse a conversation that contains calls but yields none: its runpack would attest that the agent did nothing, and
 * a regression created from it would pass whenever nothing is done.
 *
 * @throws {GaitError} `invalid_input`
 */
export function refuseUnreadCalls(conversation: Conversation, transcript: Transcript): Transcript {
  if (countCalls(transcript) > 0) return transcript;
  const seen: Skipped[] = [];
  const { finish_reason: finish, stop_reason: stop } = conversation.about;
  if (stoppedForCalls(finish) || stoppedForCalls(stop)) {
    seen.push({ position: conversation.position, reason: "the model stopped to have tools called" });
  }
  conversation.messages.forEach((message, i) => {
    const mark = findAnyCallMark(message);
    if (mark !== undefined) seen.push({ position: `message ${i + 1}`, reason: mark });
  });
  if (seen.length > 0) throw unreadCalls(conversation.position, seen);
  return transcript;
}
