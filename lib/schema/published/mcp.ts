import { PINS_SCHEMA_ID, pinsSchema } from "../mcp.ts";
import {
  serveErrorSchema,
  serveRequestSchema,
  serveResponseSchema,
  TRUST_SNAPSHOT_SCHEMA_ID,
  trustSnapshotSchema,
} from "../mcp_serve.ts";
import { type Published, RELATIONSHIP } from "./published.ts";

/** Members that are never empty in an answer, though they may be in other records. */
const ALWAYS = ["relationship", "policy_id", "policy_version", "policy_digest"];

/** Schemas of what stands between clients and MCP servers. */
export const PUBLISHED_MCP: readonly Published[] = [
  {
    file: "mcp/pins.schema.json",
    title: "gait.mcp.pins 1.0.0",
    schemaId: PINS_SCHEMA_ID,
    schema: pinsSchema,
    side: "writes",
  },
  {
    file: "mcp/serve_request.schema.json",
    title: "The body of a request to gait mcp serve",
    schema: serveRequestSchema,
    side: "reads",
  },
  {
    file: "mcp/serve_response.schema.json",
    title: "The body of an answer with a verdict of gait mcp serve",
    schema: serveResponseSchema,
    side: "writes",
    digests: ["policy_digest", "intent_digest"],
    optional: [
      ...["job_id", "session_id", "reason_codes", "violations", "matched_rule_ids", "decision_latency_ms"],
      ...["runpack_path", "pack_path", "pack_id", "log_export", "otel_export", "mcp_trust", "kept_records"],
      ...["warnings", ...RELATIONSHIP.filter((name) => !ALWAYS.includes(name))],
    ],
  },
  {
    file: "mcp/serve_error.schema.json",
    title: "The body of every other answer of gait mcp serve: there is no verdict",
    schema: serveErrorSchema,
    side: "writes",
  },
  {
    file: "mcp/trust_snapshot.schema.json",
    title: `${TRUST_SNAPSHOT_SCHEMA_ID} 1.0.0`,
    schema: trustSnapshotSchema,
    side: "reads",
  },
];
