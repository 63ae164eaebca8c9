import type { JsonObject } from "../formats/json/mod.ts";
import type { Finding } from "./findings.ts";
import type { GeneratedRule, Signal, Survey } from "./types.ts";

/** What was found, as commands report it; empty lists vanish. */
export function encodeDetection({ frameworks, toolNames }: Survey): JsonObject {
  return { ...listUnder("frameworks", frameworks), ...listUnder("tool_names", toolNames) };
}

/** A signal as commands report it. */
export function encodeSignal({ code, category, value, confidence, evidence, reason }: Signal): JsonObject {
  return { code, category, value, confidence, evidence: [...evidence], reason };
}

/** A suggested rule as commands report it. */
export function encodeGeneratedRule(rule: GeneratedRule): JsonObject {
  return {
    id: rule.id,
    name: rule.name,
    effect: rule.effect,
    priority: rule.priority,
    match_tool_names: [...rule.matchToolNames],
    reason_codes: [...rule.reasonCodes],
    confidence: rule.confidence,
    rationale: rule.rationale,
  };
}

/** A finding as commands report it. */
export function encodeFinding(finding: Finding): JsonObject {
  return {
    code: finding.code,
    severity: finding.severity,
    summary: finding.summary,
    detected_surface: finding.detectedSurface,
    remediation: finding.remediation,
    ...listUnder("evidence", finding.evidence),
  };
}

function listUnder(name: string, items: readonly string[]): JsonObject {
  return items.length > 0 ? { [name]: [...items] } : {};
}
