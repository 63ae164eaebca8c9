import type { JsonObject } from "../formats/json/mod.ts";
import { omitEmpty } from "./fields.ts";
import { encodeRelationship, type Relationship } from "./relationship.ts";

/** What events and checkpoints of a session have at their end. */
interface SessionRecord {
  readonly relationship?: Relationship | null | undefined;
  readonly safety_invariant_version: string;
  readonly safety_invariant_hash: string;
}

/**
 * The written form of an event or a checkpoint: its own members, the relationship, the invariants (docs/spec/sessions.md
 * 2.2, 2.3).
 *
 * @param optional members of its own that are left out when they are empty
 */
export function encodeSessionRecord(record: SessionRecord, ...optional: string[]): JsonObject {
  const { relationship, safety_invariant_version, safety_invariant_hash, ...own } = record;
  return omitEmpty(
    {
      ...own,
      relationship: relationship ? encodeRelationship(relationship) : undefined,
      safety_invariant_version,
      safety_invariant_hash,
    },
    ...optional,
    "safety_invariant_version",
    "safety_invariant_hash",
  );
}
