import {
  OPERATIONAL_EVENT_SCHEMA_ID,
  operationalEventSchema,
  TELEMETRY_HEALTH_SCHEMA_ID,
  telemetryHealthSchema,
} from "../event_logs.ts";
import { GATEWAY_OUTPUT_SCHEMA_ID, gatewayOutputSchema, gatewayRecordSchema } from "../gateway_record.ts";
import {
  coverageReportSchema,
  diffDocumentSchema,
  inventoryCoverageSchema,
  SNAPSHOT_DOCUMENT_ID,
  snapshotDocumentSchema,
} from "../scout_inventory.ts";
import {
  FINGERPRINT_DOCUMENT_ID,
  fingerprintDocumentSchema,
  SIGNAL_DOCUMENT_ID,
  signalDocumentSchema,
} from "../scout_signal.ts";
import type { Published } from "./published.ts";

const FINGERPRINT_OPTIONAL = ["trace_count", "regress_evidence_seen"];

/**
 * Schemas of inventories, of what is told about them and about runs, of the logs of operation, and of the proof records
 * of gateways.
 */
export const PUBLISHED_SCOUT: readonly Published[] = [
  {
    file: "scout/inventory_snapshot.schema.json",
    title: "gait.scout.inventory_snapshot 1.0.0",
    schemaId: SNAPSHOT_DOCUMENT_ID,
    schema: snapshotDocumentSchema,
    side: "writes",
    optional: ["line"],
  },
  {
    file: "scout/inventory_diff.schema.json",
    title: "What gait scout diff --out writes",
    schema: diffDocumentSchema,
    side: "writes",
    optional: ["added", "removed", "changed", "risk_level", "before_risk_level", "after_risk_level"],
  },
  {
    file: "scout/inventory_coverage.schema.json",
    title: "What gait scout snapshot --policy writes",
    schema: inventoryCoverageSchema,
    side: "writes",
    optional: [
      ...["discovered_tool_names", "gated_tool_names", "high_risk_ungated_tool_ids"],
      ...["gated_tools_by_effect", "allow", "block", "dry_run", "require_approval"],
    ],
  },
  {
    file: "scout/coverage_report.schema.json",
    title: "What gait scout coverage --json prints",
    schema: coverageReportSchema,
    side: "writes",
    optional: ["line", "warnings", "sarif_path"],
  },
  {
    file: "scout/run_fingerprint.schema.json",
    title: "gait.scout.run_fingerprint 1.0.0",
    schemaId: FINGERPRINT_DOCUMENT_ID,
    schema: fingerprintDocumentSchema,
    side: "writes",
    optional: FINGERPRINT_OPTIONAL,
  },
  {
    file: "scout/signal_report.schema.json",
    title: "gait.scout.signal_report 1.0.0",
    schemaId: SIGNAL_DOCUMENT_ID,
    schema: signalDocumentSchema,
    side: "writes",
    optional: [...FINGERPRINT_OPTIONAL, "top_failure_reason", "healthy"],
  },
  {
    file: "scout/operational_event.schema.json",
    title: "gait.scout.operational_event 1.0.0",
    schemaId: OPERATIONAL_EVENT_SCHEMA_ID,
    schema: operationalEventSchema,
    side: "writes",
  },
  {
    file: "scout/telemetry_health.schema.json",
    title: "gait.scout.telemetry_health 1.0.0",
    schemaId: TELEMETRY_HEALTH_SCHEMA_ID,
    schema: telemetryHealthSchema,
    side: "writes",
    optional: ["operational_start", "adoption", "operational_end"],
  },
  {
    file: "gateway/policy_enforcement.schema.json",
    title: "gait.gateway.policy_enforcement, one line of a proof file",
    schema: gatewayRecordSchema,
    side: "writes",
    optional: ["event_timestamp", "previous_record_hash"],
    nullable: ["reason_codes"],
  },
  {
    file: "gateway/output.schema.json",
    title: "What gait gateway ingest --json prints",
    schemaId: GATEWAY_OUTPUT_SCHEMA_ID,
    schema: gatewayOutputSchema,
    side: "writes",
    optional: [
      ...["input_events", "output_records", "unknown_verdicts", "skipped_lines"],
      ...["first_skipped_lines", "public_key", "warnings"],
    ],
  },
];
