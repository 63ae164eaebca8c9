import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import type { Block, Keys, OutputOf, Row } from "../schema/policy/kinds.ts";
import { POLICY } from "../schema/policy/policy.ts";
import { type Digest, digestOf } from "../signing/digest.ts";
import type { Policy } from "./types.ts";

/**
 * The digest of a policy (docs/spec/gate.md 1.6). It covers the meaning, not the spelling: the order of rules, lists
 * and keys, case, comments and aliases don't change it.
 */
export async function policyDigest(policy: Policy): Promise<Digest> {
  return await digestOf(encodeBlock(policy, POLICY));
}

/** Encode a block for the digest: the non-empty members, and those that are always included. */
export function encodeBlock<K extends Keys>(members: OutputOf<K>, block: Block<K>): JsonObject {
  return encodeMembers(members as Members, block as Block);
}

type Members = Readonly<Record<string, unknown>>;

function encodeMembers(members: Members, { fields }: Block): JsonObject {
  const encoded: Record<string, JsonValue> = {};
  for (const { member, inDigest, row } of fields.values()) {
    const value = row.kind === "constant" ? row.value : encodeValue(members[member], row);
    if (value !== undefined && (row.always || isNonEmpty(value, row))) encoded[inDigest] = value;
  }
  return encoded;
}

function encodeValue(value: unknown, row: Row): JsonValue | undefined {
  if (value === undefined || row.aliasOf !== undefined) return undefined;
  if (row.kind === "block") return encodeMembers(value as Members, row);
  if (row.kind === "blocks") return (value as Members[]).map((item) => encodeMembers(item, row.block));
  return value as JsonValue;
}

/** Keys added in later versions must not change the digest of policies that don't use them. */
function isNonEmpty(value: JsonValue, { kind }: Row): boolean {
  if (kind === "bound" || kind === "hint") return true;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== "" && value !== 0 && value !== false;
}
