import { CONFIG_SCHEMA_ID, configSchema } from "../regress_config.ts";
import { FIXTURE_SCHEMA_ID, fixtureSchema } from "../regress_fixture.ts";
import { regressResultSchema, RESULT_SCHEMA_ID } from "../regress_result.ts";
import type { Published } from "./published.ts";

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
];
