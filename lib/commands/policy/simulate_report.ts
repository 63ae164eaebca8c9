import type { ChangedFixture, Comparison, Recommendation } from "../../evaluate/fixtures/compare.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import type { Digest } from "../../signing/mod.ts";
import { verdictSpan } from "../gate/report.ts";
import { compact } from "../outcome.ts";
import { bold, dim, type Line, line } from "../text.ts";

/** A comparison as JSON (docs/spec/gate.md 6.1, `policy simulate`). */
export function encodeComparison(comparison: Comparison, baseline: Digest, candidate: Digest): JsonObject {
  const { total, changed, recommendation } = comparison;
  const counts = (verdicts: Comparison["baselineVerdicts"]) =>
    verdicts.map(([verdict, count]) => ({ verdict, count }));
  return {
    baseline_policy_digest: baseline,
    candidate_policy_digest: candidate,
    fixtures_total: total,
    ...compact({ changed_fixtures: changed.length, widened_fixtures: comparison.widened.length }),
    baseline_verdicts: counts(comparison.baselineVerdicts),
    candidate_verdicts: counts(comparison.candidateVerdicts),
    recommendation,
    summary: `policy simulate fixtures=${total} changed=${changed.length} recommendation=${recommendation}`,
    ...compact({ changed: changed.map(encodeChanged) }),
  };
}

function encodeChanged({ fixture, baseline, candidate }: ChangedFixture): JsonObject {
  return compact({
    fixture_path: fixture.path,
    intent_digest: fixture.digest,
    baseline_verdict: baseline.verdict,
    candidate_verdict: candidate.verdict,
    baseline_reason_codes: [...baseline.reasonCodes],
    candidate_reason_codes: [...candidate.reasonCodes],
    baseline_violations: [...baseline.violations],
    candidate_violations: [...candidate.violations],
    baseline_matched_rule: baseline.matchedRule,
    candidate_matched_rule: candidate.matchedRule,
    changed: true,
  });
}

const ADVICE: Readonly<Record<Recommendation, string>> = {
  enforce: "put it in force",
  observe: "it is more lenient: observe it with gate eval --simulate first",
  require_approval: "it is stricter: require approval for the blocked calls first",
};

/** A comparison for people. */
export function describeComparison({ total, changed, recommendation }: Comparison): Line[] {
  return [
    line(bold(recommendation), `: ${changed.length} of ${total} fixtures change; ${ADVICE[recommendation]}`),
    ...changed.map(({ fixture, baseline, candidate }) =>
      line(
        `  ${fixture.path}  `,
        verdictSpan(baseline.verdict),
        dim(` (${baseline.matchedRule || "default"}) → `),
        verdictSpan(candidate.verdict),
        dim(` (${candidate.matchedRule || "default"})`),
      )
    ),
  ];
}
