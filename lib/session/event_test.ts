import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { JsonObject } from "../formats/json/mod.ts";
import { encodeRelations } from "../gate/trace/relationship.ts";
import { decode } from "../schema/fields.ts";
import { encodeRelationship, relationshipSchema } from "../schema/relationship.ts";
import { relationshipFrom } from "./event.ts";

const id = fc.constantFrom("", "a", "b", "c", "ü", "\u{1f600}");
const node = fc.record({ kind: id, id });

Deno.test("relationshipFrom() makes what reading the written form would give, byte for byte", () => {
  const relations = fc.record({
    parent: node,
    entities: fc.array(node, { maxLength: 5 }),
    policyRef: fc.constantFrom<JsonObject[]>(
      {},
      { policy_digest: "d" },
      { policy_id: "p", policy_version: "1", policy_digest: "d", matched_rule_ids: ["r"] },
    ),
    agents: fc.array(fc.record({ identity: id, role: id }), { maxLength: 4 }),
    edges: fc.array(fc.record({ kind: id, from: node, to: node }), { maxLength: 4 }),
    parentRecordId: id,
  }, { requiredKeys: ["entities", "policyRef", "edges"] });
  fc.assert(fc.property(relations, (given) => {
    const encoded = encodeRelations(given);
    const policyRef = Object.keys(encoded.policy_ref).length === 0 ? null : encoded.policy_ref;
    const read = decode(relationshipSchema, { ...encoded, policy_ref: policyRef } as never, "relationship");
    assert.equal(
      JSON.stringify(encodeRelationship(relationshipFrom(given))),
      JSON.stringify(encodeRelationship(read)),
    );
  }));
});
