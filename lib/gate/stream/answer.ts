import { GaitError, MEANING, messageOf } from "../../errors/mod.ts";
import type { Answer } from "../open.ts";
import type { LineId } from "./request.ts";

/** The answer to a line as one line of JSON, without its newline. */
export function answerLine(id: LineId, { decision, exit, paths }: Answer): string {
  const { outcome, evaluation } = decision;
  return JSON.stringify({
    id,
    ok: true,
    verdict: outcome.verdict,
    exit_code: exit,
    reason_codes: outcome.reasonCodes,
    violations: outcome.violations,
    matched_rule: evaluation.matchedRule,
    intent_digest: decision.intentDigest,
    policy_digest: decision.policyDigest,
    trace_id: decision.traceId,
    ...(paths.trace === "" ? {} : { trace_path: paths.trace }),
    ...(outcome.simulated ? { simulated_verdict: outcome.simulated.verdict } : {}),
    ...(decision.warnings.length > 0 ? { warnings: decision.warnings } : {}),
  });
}

/** INVARIANT: whatever went wrong, the answer is a block. */
export function errorLine(id: LineId, thrown: unknown): string {
  const error = thrown instanceof GaitError
    ? thrown
    : new GaitError("internal_failure", `Internal error: ${messageOf(thrown)}`, { cause: thrown });
  const { exit, hint } = MEANING[error.code];
  return JSON.stringify({
    id,
    ok: false,
    verdict: "block",
    exit_code: exit,
    error_code: error.code,
    error: error.message,
    hint: error.hint ?? hint,
  });
}
