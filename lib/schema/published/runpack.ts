import { captureReceiptSchema, RECEIPT_SCHEMA_ID } from "../capture.ts";
import { TOP_ACTIONS_SCHEMA_ID, topActionsSchema } from "../report.ts";
import {
  intentSchema,
  RECEIPT_OPTIONAL,
  recordInputSchema,
  REFS_OPTIONAL,
  refsSchema,
  resultSchema,
  runSchema,
} from "../runpack.ts";
import { manifestSchema } from "../runpack_manifest.ts";
import { type Published, RELATIONSHIP } from "./published.ts";
import {
  CONFIG_SCHEMA_ID,
  configSchema,
  FIXTURE_SCHEMA_ID,
  fixtureSchema,
  regressResultSchema,
  RESULT_SCHEMA_ID,
} from "../regress.ts";

/** Schemas of runpacks. */
export const PUBLISHED_RUNPACK: readonly Published[] = [
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
    optional: ["args", "arg_provenance", "source_ref", "integrity_digest"],
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
    optional: [...REFS_OPTIONAL, ...RECEIPT_OPTIONAL],
  },
  {
    file: "runpack/record_input.schema.json",
    title: "Input of gait run record",
    schema: recordInputSchema,
    side: "reads",
  },
];

/** Schemas of regressions. */
export const PUBLISHED_REGRESS: readonly Published[] = [
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
  {
    file: "regress/capture_receipt.schema.json",
    title: "gait.capture.receipt 1.0.0",
    schemaId: RECEIPT_SCHEMA_ID,
    schema: captureReceiptSchema,
    side: "reads",
  },
  {
    file: "report/top_actions.schema.json",
    title: "gait.report.top_actions 1.0.0",
    schemaId: TOP_ACTIONS_SCHEMA_ID,
    schema: topActionsSchema,
    side: "writes",
    optional: [
      "intent_id",
      "intent_digest",
      "trace_id",
      "verdict",
      "reason_codes",
      "since",
      "groups",
      "unreadable",
    ],
  },
];
