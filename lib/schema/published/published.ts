import type { GenericSchema } from "valibot";
import type { JsonObject } from "../../formats/json/mod.ts";

/** One JSON Schema of schemas/v1. */
export type Published = OfArtifact | OfFile;

interface Named {
  /** File below schemas/v1. */
  readonly file: string;
  readonly title: string;
}

/** Of a file that people write and a reader of its own reads: for editors. */
export interface OfFile extends Named {
  /** JSON Schema, draft 7. */
  readonly form: JsonObject;
}

/** Of an artifact in JSON. */
export interface OfArtifact extends Named {
  readonly schema: GenericSchema;
  /** Whether it describes what a reader takes (almost everything may be missing) or what a writer gives. */
  readonly side: "reads" | "writes";
  /** What `schema_id` must be. */
  readonly schemaId?: string;
  /** Members of the whole that are SHA-256 digests, beside those whose name says so. */
  readonly digests?: readonly string[];
  /** Members that may be null. */
  readonly nullable?: readonly string[];
  /** Words count in any case and between blanks. */
  readonly caseless?: boolean;
  /** What JSON Schema can say and the schema can't. */
  readonly more?: JsonObject;
  /** Members that a writer leaves out when they are empty, wherever they occur. */
  readonly optional?: readonly string[];
}

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
