import type * as v from "valibot";
import { listOf, object, text } from "./fields.ts";

export const CONFIG_SCHEMA_ID = "gait.regress.config";

export const configEntrySchema = object({ name: text, run_id: text, runpack: text });

/** Which regressions to run: `gait.yaml`, which is JSON (docs/spec/regress.md 1.3). */
export const configSchema = object({
  schema_id: text,
  schema_version: text,
  fixture_set: text,
  fixtures: listOf(configEntrySchema),
});

export type ConfigEntry = v.InferOutput<typeof configEntrySchema>;
export type StoredConfig = v.InferOutput<typeof configSchema>;
