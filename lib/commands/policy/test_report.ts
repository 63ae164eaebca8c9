import type { Evaluation } from "../../evaluate/types.ts";
import { warningsOf } from "../../intent/warnings.ts";
import type { Intent } from "../../intent/types.ts";
import { recordTime } from "../../gate/trace/record.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import type { Digest } from "../../signing/mod.ts";
import { verdictSpan } from "../gate/report.ts";
import { compact } from "../outcome.ts";
import { columns, dim, type Line, line, warn } from "../text.ts";
import { trimEndChars } from "../../formats/trim.ts";

/** The evaluation of one intent. */
export interface Tested {
  readonly intent: Intent;
  readonly evaluation: Evaluation;
  readonly policyDigest: Digest;
  /** Digest of the given intent, claims included. */
  readonly intentDigest: Digest;
}

/** A test as JSON (docs/spec/gate.md 6.1, `policy test`). */
export function encodeTest({ intent, evaluation, policyDigest, intentDigest }: Tested): JsonObject {
  return compact({
    schema_id: "gait.policytest.result",
    schema_version: "1.0.0",
    created_at: recordTime(intent),
    policy_digest: policyDigest,
    intent_digest: intentDigest,
    verdict: evaluation.verdict,
    reason_codes: [...evaluation.reasonCodes],
    violations: [...evaluation.violations],
    matched_rule: evaluation.matchedRule,
    summary: summarise(evaluation),
    warnings: warningsOf(intent),
  });
}

/** A test for people. */
export function describeTest({ intent, evaluation }: Tested): Line[] {
  return [
    line(verdictSpan(evaluation.verdict), `  ${intent.toolName}  `, dim(intent.context.identity)),
    ...columns([
      ["rule", evaluation.matchedRule || "none matched"],
      ["reasons", evaluation.reasonCodes.join(", ")],
      ...(evaluation.violations.length > 0
        ? [["violations", evaluation.violations.join(", ")] as const]
        : []),
      ...(evaluation.minApprovals > 0 ? [["approvals", String(evaluation.minApprovals)] as const] : []),
    ]),
    ...warningsOf(intent).map((warning) => line(warn("warning"), `: ${warning}`)),
  ];
}

/** Largest size of a summary in bytes. */
const MAX_SUMMARY = 240;

function summarise({ verdict, reasonCodes, violations }: Evaluation): string {
  const list = (codes: readonly string[]) => codes.join(",") || "none";
  return cut(`policy test verdict=${verdict} reasons=${list(reasonCodes)} violations=${list(violations)}`);
}

/** Cut a text to the limit, including a mark with the number of removed bytes; characters are not split. */
function cut(text: string): string {
  const bytes = utf8(text);
  if (bytes.length <= MAX_SUMMARY) return text;
  const mark = `...(+${bytes.length - MAX_SUMMARY})`;
  const kept = bytes.subarray(0, MAX_SUMMARY - mark.length);
  return trimEndChars(new TextDecoder().decode(kept), (unit) => unit === "\ufffd") + mark;
}
