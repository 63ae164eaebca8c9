import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import { listOf, object, omitEmpty, text, texts } from "./fields.ts";

const node = object({ kind: text, id: text });

/** How a record relates to other artifacts (docs/spec/core.md 4.4). Enums are not enforced, values pass through. */
export const relationshipSchema = object({
  parent_ref: v.nullish(node),
  entity_refs: listOf(node),
  policy_ref: v.nullish(
    object({ policy_id: text, policy_version: text, policy_digest: text, matched_rule_ids: texts }),
  ),
  agent_chain: listOf(object({ identity: text, role: text })),
  edges: listOf(
    object({
      kind: text,
      from: v.nullish(node, { kind: "", id: "" }),
      to: v.nullish(node, { kind: "", id: "" }),
    }),
  ),
  parent_record_id: text,
  related_record_ids: texts,
  related_entity_ids: texts,
  agent_lineage: listOf(object({ agent_id: text, delegated_by: text, delegation_record_id: text })),
});

/** A decoded relationship envelope. */
export type Relationship = v.InferOutput<typeof relationshipSchema>;

/** Members of a relationship, and of a step of its lineage, that a writer omits if they are empty. */
export const RELATIONSHIP_OPTIONAL = [
  "entity_refs",
  "agent_chain",
  "edges",
  "parent_record_id",
  "related_record_ids",
  "related_entity_ids",
  "agent_lineage",
] as const;
export const LINEAGE_OPTIONAL = ["delegated_by", "delegation_record_id"] as const;

/**
 * The written form, members in the order of docs/spec/tokens.md 3.12: empty top-level members vanish, but a given
 * `parent_ref` or `policy_ref` stays.
 */
export function encodeRelationship(relationship: Relationship): JsonObject {
  const { parent_ref, entity_refs, policy_ref, agent_lineage, ...rest } = relationship;
  return omitEmpty(
    {
      parent_ref: parent_ref ?? undefined,
      entity_refs,
      policy_ref: isJsonObject(policy_ref) ? omitEmpty(policy_ref, ...Object.keys(policy_ref)) : undefined,
      ...rest,
      agent_lineage: agent_lineage.map((step) => omitEmpty(step, ...LINEAGE_OPTIONAL)),
    },
    ...RELATIONSHIP_OPTIONAL,
  );
}
