import { compareBytewise } from "../../formats/bytes.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { set } from "../../formats/text.ts";
import type { Delegation } from "../../intent/types.ts";

/** A node of the relationship graph. */
export interface Node {
  readonly kind: string;
  readonly id: string;
}

/** A directed edge between two nodes. */
export interface Edge {
  readonly kind: string;
  readonly from: Node;
  readonly to: Node;
}

/** The relationship of a record to others (docs/spec/gate.md 5.3). */
export interface Relations {
  readonly parent?: Node;
  readonly entities: readonly Node[];
  readonly policyRef: JsonObject;
  readonly agents?: readonly AgentRole[];
  readonly edges: readonly Edge[];
  readonly parentRecordId?: string;
  readonly relatedRecordIds?: readonly string[];
}

export interface AgentRole {
  readonly identity: string;
  readonly role: string;
}

/** The written form: sorted, without duplicates and empty members. */
export function encodeRelations(
  { parent, entities, policyRef, agents, edges, parentRecordId, relatedRecordIds = [] }: Relations,
) {
  const refs = unique(entities.filter(isWhole), nodeKey);
  const whole = unique(edges.filter(({ from, to }) => isWhole(from) && isWhole(to)), edgeKey);
  const chain = unique(agents ?? [], ({ role, identity }) => [role, identity]);
  return {
    ...(parent && isWhole(parent) ? { parent_ref: { ...parent } } : {}),
    entity_refs: refs.map(({ kind, id }) => ({ kind, id })),
    policy_ref: policyRef,
    ...(chain.length > 0 ? { agent_chain: chain.map(({ identity, role }) => ({ identity, role })) } : {}),
    edges: whole.map(({ kind, from, to }) => ({ kind, from: { ...from }, to: { ...to } })),
    ...(parentRecordId === undefined ? {} : { parent_record_id: parentRecordId }),
    ...(relatedRecordIds.length > 0 ? { related_record_ids: set(relatedRecordIds) } : {}),
    related_entity_ids: set(refs.map(({ id }) => id)),
  };
}

/** The agents of a call: the requester, and both ends of every delegation link (docs/spec/gate.md 5.3). */
export function agentChain(identity: string, delegation: Delegation | undefined): AgentRole[] {
  if (!delegation) return [{ identity, role: "requester" }];
  return [
    { identity: delegation.requesterIdentity, role: "requester" },
    ...delegation.chain.flatMap((link) => [
      { identity: link.delegatorIdentity, role: "delegator" },
      { identity: link.delegateIdentity, role: "delegate" },
    ]),
  ];
}

/** One edge per delegation link. */
export function delegationEdges(delegation: Delegation | undefined): Edge[] {
  return (delegation?.chain ?? []).map((link) => ({
    kind: "delegates_to",
    from: { kind: "agent", id: link.delegatorIdentity },
    to: { kind: "agent", id: link.delegateIdentity },
  }));
}

function isWhole({ kind, id }: Node): boolean {
  return kind !== "" && id !== "";
}

const nodeKey = ({ kind, id }: Node) => [kind, id];
const edgeKey = ({ kind, from, to }: Edge) => [kind, from.kind, from.id, to.kind, to.id];

/** Sorted by the parts of a key, one item per key. */
function unique<T>(items: readonly T[], keyOf: (item: T) => string[]): T[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) })).sort((a, b) => compareKeys(a.key, b.key));
  // The last of equal ones counts: a stable sort keeps their order.
  return keyed.filter(({ key }, i) => i + 1 === keyed.length || compareKeys(key, keyed[i + 1]!.key) !== 0)
    .map(({ item }) => item);
}

function compareKeys(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < left.length; i++) {
    const order = compareBytewise(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return 0;
}
