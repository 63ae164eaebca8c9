import * as v from "valibot";
import { object, time } from "./fields.ts";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";

export const TOP_ACTIONS_SCHEMA_ID = "gait.report.top_actions";

/** What a tool does, as its name tells, from the mildest. */
export const TOOL_CLASSES = ["read", "execute", "write", "destructive"] as const;
export type ToolClass = typeof TOOL_CLASSES[number];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** One action of a ranking (docs/spec/regress.md section 4). */
export const topActionSchema = object({
  rank: v.pipe(v.number(), v.integer(), v.minValue(1)),
  score: count,
  tool_class: v.picklist(TOOL_CLASSES),
  blast_radius: v.picklist([1, 2, 3]),
  run_id: v.string(),
  intent_id: v.optional(v.string()),
  intent_digest: v.optional(v.string()),
  trace_id: v.optional(v.string()),
  tool_name: v.string(),
  verdict: v.optional(v.string()),
  reason_codes: v.optional(v.array(v.string())),
  source_type: v.picklist(["runpack", "trace"]),
  source_artifact: v.string(),
});

/** The riskiest actions of runs and traces. */
export const topActionsSchema = object({
  schema_id: v.literal(TOP_ACTIONS_SCHEMA_ID),
  schema_version: v.literal("1.0.0"),
  created_at: time,
  producer_version: v.string(),
  run_count: count,
  trace_count: count,
  action_count: count,
  top_actions: v.array(topActionSchema),
  since: v.optional(v.string()),
  first_action_at: v.optional(v.string()),
  last_action_at: v.optional(v.string()),
  groups: v.optional(v.array(v.custom<JsonObject>(isJsonObject, "expected an object"))),
  unreadable: v.optional(v.array(object({ path: v.string(), error: v.string() }))),
});

export type TopAction = v.InferOutput<typeof topActionSchema>;
