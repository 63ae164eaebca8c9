import * as v from "valibot";
import { count, integersIn, object, text, texts } from "./fields.ts";

export const FIXTURE_SCHEMA_ID = "gait.regress.fixture";

/**
 * What is expected of a run that became a regression (docs/spec/regress.md 1.3). The schema id is written but not
 * checked on reading.
 */
export const fixtureSchema = v.pipe(
  integersIn("expected_replay_exit_code", "checkpoint_index"),
  object({
    schema_id: text,
    schema_version: text,
    name: text,
    run_id: text,
    runpack: text,
    expected_replay_exit_code: count,
    expected_tool_sequence: texts,
    expected_verdict_sequence: texts,
    never_tools: texts,
    must_tools: texts,
    candidate_runpack: text,
    context_conformance: text,
    allow_context_runtime_drift: v.nullish(v.boolean(), false),
    expected_context_set_digest: text,
    diff_allow_changed_files: texts,
    session_chain: text,
    checkpoint_index: count,
  }),
);

export type StoredFixture = v.InferOutput<typeof fixtureSchema>;
