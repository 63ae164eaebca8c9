import type { GenericSchema } from "valibot";
import type { JsonObject } from "../../formats/json/mod.ts";
import { LINEAGE_OPTIONAL, RELATIONSHIP_OPTIONAL } from "../relationship.ts";

/** One JSON Schema of schemas/v1. */
export type Published = OfArtifact | OfFile;

interface Named {
  /** File below schemas/v1. */
  readonly file: string;
  readonly title: string;
}

/** The schema of a handwritten file with its own reader, for editors. */
export interface OfFile extends Named {
  /** JSON Schema, draft 7. */
  readonly form: JsonObject;
}

/** Of an artifact in JSON. */
export interface OfArtifact extends Named {
  readonly schema: GenericSchema;
  /** Whether it describes the input of a reader, where almost everything is optional, or the output of a writer. */
  readonly side: "reads" | "writes";
  /** The required `schema_id`. */
  readonly schemaId?: string;
  /** Members that are SHA-256 digests, besides those with a telling name. */
  readonly digests?: readonly string[];
  /** Members that may be null. */
  readonly nullable?: readonly string[];
  /** Whether words are accepted in any case and with surrounding blanks. */
  readonly caseless?: boolean;
  /** Further JSON Schema keywords that can't be derived from the schema. */
  readonly more?: JsonObject;
  /** Members at any level that a writer omits if they are empty. */
  readonly optional?: readonly string[];
}

/** Members of a record with a relationship, at any level of it, that a writer omits if they are empty. */
export const RELATIONSHIP = [
  "relationship",
  "parent_ref",
  ...["policy_ref", "policy_id", "policy_version", "policy_digest", "matched_rule_ids"],
  ...RELATIONSHIP_OPTIONAL,
  ...LINEAGE_OPTIONAL,
];
