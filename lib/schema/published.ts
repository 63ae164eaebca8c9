import type { GenericSchema } from "valibot";
import { contextEnvelopeSchema } from "./context_envelope.ts";
import { intentRequestSchema } from "./intent.ts";
import { CONFIG_SCHEMA_ID, configSchema } from "./regress_config.ts";
import { FIXTURE_SCHEMA_ID, fixtureSchema } from "./regress_fixture.ts";
import { regressResultSchema, RESULT_SCHEMA_ID } from "./regress_result.ts";
import { intentSchema, recordInputSchema, refsSchema, resultSchema, runSchema } from "./runpack.ts";
import { manifestSchema } from "./runpack_manifest.ts";
import { sessionChainSchema } from "./session_chain.ts";
import { PUBLISHED_VOICE } from "./voice/published.ts";

/** One JSON Schema of schemas/v1. */
export interface Published {
  /** File below schemas/v1. */
  readonly file: string;
  readonly title: string;
  readonly schema: GenericSchema;
  /** Whether it describes what a reader takes (almost everything may be missing) or what a writer gives. */
  readonly side: "reads" | "writes";
  /** What `schema_id` must be. */
  readonly schemaId?: string;
  /** Members that may be null. */
  readonly nullable?: readonly string[];
  /** Members that are SHA-256 in hex here, though not everywhere. */
  readonly digests?: readonly string[];
  /** Members that a writer leaves out when they are empty, wherever they occur. */
  readonly optional?: readonly string[];
}

const RECEIPT = ["freshness_sla_seconds", "sensitivity_label", "retrieval_params"];
const RELATIONSHIP = [
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

/** The schemas that `deno task schemas` writes. */
export const PUBLISHED: readonly Published[] = [
  {
    file: "runpack/manifest.schema.json",
    title: "gait.runpack.manifest 1.0.0",
    schemaId: "gait.runpack.manifest",
    schema: manifestSchema,
    side: "writes",
    optional: ["signatures"],
  },
  {
    file: "runpack/run.schema.json",
    title: "gait.runpack.run 1.0.0",
    schemaId: "gait.runpack.run",
    schema: runSchema,
    side: "writes",
    optional: ["ref", ...RELATIONSHIP],
    nullable: ["timeline"],
  },
  {
    file: "runpack/intent.schema.json",
    title: "gait.runpack.intent 1.0.0",
    schemaId: "gait.runpack.intent",
    schema: intentSchema,
    side: "writes",
    optional: ["args"],
  },
  {
    file: "runpack/result.schema.json",
    title: "gait.runpack.result 1.0.0",
    schemaId: "gait.runpack.result",
    schema: resultSchema,
    side: "writes",
    optional: ["result"],
  },
  {
    file: "runpack/refs.schema.json",
    title: "gait.runpack.refs 1.0.0",
    schemaId: "gait.runpack.refs",
    schema: refsSchema,
    side: "writes",
    optional: ["context_set_digest", "context_evidence_mode", "context_ref_count", ...RECEIPT],
  },
  {
    file: "runpack/session_chain.schema.json",
    title: "gait.runpack.session_chain 1.0.0",
    schemaId: "gait.runpack.session_chain",
    schema: sessionChainSchema,
    side: "writes",
    optional: ["prev_checkpoint_digest"],
  },
  {
    file: "runpack/record_input.schema.json",
    title: "Input of gait run record",
    schema: recordInputSchema,
    side: "reads",
  },
  {
    file: "context/envelope.schema.json",
    title: "gait.context.envelope 1.0.0",
    schema: contextEnvelopeSchema,
    side: "reads",
  },
  {
    file: "gate/intent_request.schema.json",
    title: "gait.gate.intent_request 1.0.0",
    schema: intentRequestSchema,
    side: "reads",
  },
  {
    file: "regress/fixture.schema.json",
    title: "gait.regress.fixture 1.0.0",
    schemaId: FIXTURE_SCHEMA_ID,
    schema: fixtureSchema,
    side: "reads",
  },
  {
    file: "regress/config.schema.json",
    title: "gait.regress.config 1.0.0",
    schemaId: CONFIG_SCHEMA_ID,
    schema: configSchema,
    side: "reads",
  },
  {
    file: "regress/result.schema.json",
    title: "gait.regress.result 1.0.0",
    schemaId: RESULT_SCHEMA_ID,
    schema: regressResultSchema,
    side: "writes",
    optional: ["context_conformance", "details"],
  },
  ...PUBLISHED_VOICE,
];
