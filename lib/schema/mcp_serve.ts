import * as v from "valibot";
import { anyObject, object, strictObject, text, texts } from "./fields.ts";
import { relationshipSchema } from "./relationship.ts";
import { VERDICTS } from "./verdict.ts";

const bool = v.nullish(v.boolean(), false);

/** The body of a request to `gait mcp serve` (docs/spec/mcp.md 6.2). */
export const serveRequestSchema = strictObject({
  /** A payload in the format of the adapter. */
  call: v.pipe(v.record(v.string(), v.unknown()), v.minEntries(1)),
  adapter: text,
  run_id: text,
  session_id: text,
  checkpoint_interval: v.nullish(v.pipe(v.number(), v.safeInteger()), 0),
  emit_runpack: bool,
  emit_pack: bool,
  trace_path: text,
  runpack_out: text,
  pack_out: text,
  session_journal: text,
});

/** The body of the answer to a decided call (docs/spec/mcp.md 6.3); empty members but the first are left out. */
export const serveResponseSchema = object({
  ok: v.literal(true),
  executed: v.literal(false),
  adapter: text,
  run_id: text,
  job_id: text,
  phase: v.picklist(["apply", "plan"]),
  session_id: text,
  tool_name: text,
  verdict: v.picklist(VERDICTS),
  reason_codes: texts,
  violations: texts,
  policy_digest: text,
  policy_id: text,
  policy_version: text,
  matched_rule_ids: texts,
  intent_digest: text,
  decision_latency_ms: v.nullish(v.pipe(v.number(), v.safeInteger()), 0),
  trace_id: v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/)),
  trace_path: text,
  runpack_path: text,
  pack_path: text,
  pack_id: text,
  log_export: text,
  otel_export: text,
  mcp_trust: anyObject,
  kept_records: texts,
  warnings: texts,
  relationship: relationshipSchema,
  exit_code: v.picklist([0, 3, 4]),
});

/** The body of every other answer: there is no verdict, and the call must not happen. */
export const serveErrorSchema = strictObject({ error: v.string(), ok: v.literal(false) });

/** The id of snapshots of the trust in servers. */
export const TRUST_SNAPSHOT_SCHEMA_ID = "gait.mcp.trust_snapshot";

/** Which MCP servers are trusted (docs/spec/mcp.md 5.2). */
export const trustSnapshotSchema = object({
  schema_id: v.nullish(v.pipe(v.string(), v.regex(/^(\s*|gait\.mcp\.trust_snapshot)$/)), ""),
  schema_version: v.nullish(v.pipe(v.string(), v.regex(/^(\s*|1\.0\.0)$/)), ""),
  created_at: text,
  producer_version: text,
  entries: v.nullish(
    v.array(v.nullish(object({
      server_id: text,
      server_name: text,
      publisher: text,
      source: text,
      endpoint: text,
      status: text,
      updated_at: text,
      score: v.nullish(v.number(), 0),
      evidence_path: text,
      registry_verification: v.nullish(object({
        signature_verified: bool,
        publisher_allowed: bool,
        pin_present: bool,
        pin_verified: bool,
      })),
    }))),
    [],
  ),
});

/** Members of a request, for its reader. */
export const SERVE_REQUEST_MEMBERS: readonly string[] = Object.keys(serveRequestSchema.entries);
