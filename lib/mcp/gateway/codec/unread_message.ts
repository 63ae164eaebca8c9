import { type Fault, fault, INVALID_REQUEST, MAX_BATCH, type MessageId, readId } from "./fault.ts";
import type { UnreadIds, UnreadMember } from "./unread_ids.ts";

/** A list of messages of which none was parsed. */
export interface RefusedBatch {
  readonly kind: "batch";
  readonly members: readonly Fault[];
}

/**
 * Refuse a message that is too large to be parsed. Whoever waits for it must hear of it, so each id that can be read
 * without doubt is in a fault of its own.
 */
export function refuseUnread({ members, isBatch }: UnreadIds, reason: string): Fault | RefusedBatch {
  const refused = members.map((member) => refuseMember(member, reason));
  if (!isBatch) return refused[0] ?? fault(INVALID_REQUEST, reason);
  // Nobody waits for notifications.
  const waited = refused.filter((_fault, i) => members[i]!.hasId);
  return waited.length === 0 || members.length > MAX_BATCH
    ? fault(INVALID_REQUEST, reason)
    : { kind: "batch", members: waited };
}

function refuseMember(member: UnreadMember, reason: string): Fault {
  const id = idOf(member);
  return {
    ...fault(INVALID_REQUEST, reason),
    id,
    answerable: member.hasMethod || id === null,
    isRequest: member.hasMethod,
  };
}

/** The id of a message, where every reader understands it alike. */
function idOf({ written }: UnreadMember): MessageId | null {
  if (written === undefined || written.includes("\\")) return null;
  return readId(written, written.slice(1, -1)) ?? null;
}
