import { compareBytewise } from "../../formats/bytes.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { omitEmpty } from "../../schema/fields.ts";
import type { Observation } from "./observation.ts";
import { driversOf, suggestionsFor } from "./drivers.ts";

/** Runs that did the same and failed the same way (docs/spec/scout.md section 3). */
export interface Family {
  readonly id: string;
  readonly fingerprint: string;
  readonly members: readonly Observation[];
  readonly runIds: readonly string[];
  readonly reasons: readonly string[];
  readonly severity: number;
  readonly drivers: readonly string[];
}

/** Group runs by fingerprint, the worst family first. */
export function familiesOf(observations: readonly Observation[]): Family[] {
  const groups = new Map<string, Observation[]>();
  for (const observation of observations) {
    const group = groups.get(observation.fingerprint);
    if (group) group.push(observation);
    else groups.set(observation.fingerprint, [observation]);
  }
  const families = [...groups].map(([fingerprint, members]): Family => {
    // All members have the same reasons, because the fingerprint covers them.
    const { reasons } = members[0]!;
    const worst = members.reduce((most, { severity }) => Math.max(most, severity), 0);
    return {
      id: `fam_${fingerprint.slice(0, 12)}`,
      fingerprint,
      members,
      runIds: [...new Set(members.map(({ runId }) => runId))].sort(compareBytewise),
      reasons,
      severity: worst + Math.min(members.length, 10),
      drivers: driversOf(reasons),
    };
  });
  return families.sort((a, b) =>
    b.severity - a.severity || b.members.length - a.members.length || compareBytewise(a.id, b.id)
  );
}

/** The level of a severity score. */
export function severityLevel(score: number): string {
  if (score >= 150) return "critical";
  if (score >= 110) return "high";
  return score >= 70 ? "medium" : "low";
}

export function encodeFamily(
  { id, fingerprint, members, runIds, reasons, severity, drivers }: Family,
): JsonObject {
  return omitEmpty({
    family_id: id,
    fingerprint,
    count: members.length,
    run_ids: [...runIds],
    canonical_run_id: runIds[0]!,
    top_failure_reason: reasons[0],
    drivers: [...drivers],
    severity_score: severity,
    severity_level: severityLevel(severity),
    artifact_pointers: members.map(({ path }) => path).sort(compareBytewise),
    suggestions: suggestionsFor(drivers),
    // A family without failures has a driver and a score too, but is not an issue.
    healthy: reasons.length === 0,
  }, "healthy");
}

/** A family as one of the top issues. */
export function encodeIssue(family: Family, rank: number): JsonObject {
  return omitEmpty({
    rank,
    family_id: family.id,
    fingerprint: family.fingerprint,
    count: family.members.length,
    canonical_run_id: family.runIds[0]!,
    top_failure_reason: family.reasons[0],
    drivers: [...family.drivers],
    severity_score: family.severity,
    severity_level: severityLevel(family.severity),
    suggestions: suggestionsFor(family.drivers),
  });
}
