/** Members of a receipt that a writer leaves out when they are empty. */
export const RECEIPT = ["freshness_sla_seconds", "sensitivity_label", "retrieval_params"];

/** Those of a relationship. */
export const RELATIONSHIP = [
  "relationship",
  "parent_ref",
  "entity_refs",
  "policy_ref",
  "policy_id",
  "policy_version",
  "policy_digest",
  "matched_rule_ids",
  "agent_chain",
  "edges",
  "parent_record_id",
  "related_record_ids",
  "related_entity_ids",
  "agent_lineage",
  "delegated_by",
  "delegation_record_id",
];
