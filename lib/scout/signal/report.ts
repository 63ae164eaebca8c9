import { compareBytewise } from "../../formats/bytes.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { EPOCH_1980 } from "../../formats/time.ts";
import { omitEmpty } from "../../schema/fields.ts";
import { encodeFamily, encodeIssue, familiesOf, type Family } from "./families.ts";
import type { Observation } from "./observation.ts";

export const SIGNAL_SCHEMA_ID = "gait.scout.signal_report";

/** The most families that a report ranks. */
const TOP_ISSUES = 10;

/** A report of what runs have in common, and what to look at first. */
export interface SignalReport {
  /** The worst first. */
  readonly families: readonly Family[];
  /** Deterministic: equal inputs and versions give the same document. */
  readonly document: JsonObject;
}

/** Report on runs (docs/spec/scout.md section 3). */
export function reportSignals(observations: readonly Observation[], version: string): SignalReport {
  const sorted = [...observations].sort((a, b) =>
    compareBytewise(a.runId, b.runId) || compareBytewise(a.path, b.path)
  );
  const families = familiesOf(sorted);
  const head = (schema: string) => ({
    schema_id: schema,
    schema_version: "1.0.0",
    created_at: EPOCH_1980,
    producer_version: version,
  });
  return {
    families,
    document: {
      ...head(SIGNAL_SCHEMA_ID),
      run_count: sorted.length,
      family_count: families.length,
      fingerprints: sorted.map((observation) => ({
        ...head("gait.scout.run_fingerprint"),
        ...encodeObservation(observation),
      })),
      families: families.map(encodeFamily),
      top_issues: families.slice(0, TOP_ISSUES).map((family, i) => encodeIssue(family, i + 1)),
    },
  };
}

function encodeObservation(observation: Observation): JsonObject {
  return omitEmpty(
    {
      run_id: observation.runId,
      fingerprint: observation.fingerprint,
      action_sequence: [...observation.actions],
      tool_classes: [...observation.toolClasses],
      target_systems: [...observation.targets],
      reason_code_vector: [...observation.reasons],
      ref_receipt_digests: [...observation.receiptDigests],
      source_runpack: observation.path,
      trace_count: observation.traces,
      regress_evidence_seen: observation.failedRegress,
    },
    "trace_count",
    "regress_evidence_seen",
  );
}
