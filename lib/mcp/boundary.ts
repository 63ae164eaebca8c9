import type { Files } from "../effects/types.ts";
import type { BoundaryFinding } from "../gate/decide.ts";
import type { EvaluatedCall } from "../gate/evaluate_call.ts";
import type { Tightening } from "../gate/tighten.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { McpTrust, Policy } from "../policy/types.ts";
import type { Verdict } from "../schema/verdict.ts";
import { type CheckStop, type SafetyInvariant, stopStateOf } from "./emergency_stop.ts";
import { decideTrust, encodeTrust, type TrustDecision } from "./trust/decision.ts";
import type { ServerDescription } from "./trust/server.ts";
import { readSnapshot } from "./trust/snapshot.ts";

/** What the boundary found about a call, in addition to the policy's evaluation. */
export interface BoundaryReport {
  /** The encoded trust decision about the server; absent when the policy demands no trust. */
  readonly trust?: JsonObject;
  readonly safetyInvariant?: SafetyInvariant;
  readonly warnings: readonly string[];
}

/** The server of the call, and the effects for checking trust and emergency stops. */
export interface BoundaryContext {
  readonly server: ServerDescription | undefined;
  readonly files: Pick<Files, "read">;
  readonly now: () => number;
  readonly checkStop: CheckStop;
}

/**
 * Check trust in the server, then whether the job was stopped in an emergency (docs/spec/mcp.md 2.1, items 10 and
 * 11).
 *
 * @param report receives what was found
 */
export function boundaryOf(context: BoundaryContext, report: (report: BoundaryReport) => void) {
  return async ({ intent, evaluation }: EvaluatedCall, { mcpTrust }: Policy): Promise<BoundaryFinding> => {
    const { riskClass, jobId } = intent.context;
    const trust = mcpTrust && await trustOf(mcpTrust, riskClass, context);
    const trustFound = mcpTrust && trust ? trustTightening(mcpTrust, trust, evaluation.verdict) : NOTHING;
    const stop = jobId === "" ? undefined : await stopStateOf(jobId, context.checkStop);
    const { finding: stopFound, warnings } = stop ? stopTightening(stop) : { finding: NOTHING, warnings: [] };
    const encoded = trust && encodeTrust(trust);
    report({
      ...(encoded ? { trust: encoded } : {}),
      ...(stop && stop.kind !== "unavailable" ? { safetyInvariant: stop.safetyInvariant } : {}),
      warnings,
    });
    const verdict = stopFound.verdict ?? trustFound.verdict;
    return {
      reasonCodes: [...trustFound.reasonCodes, ...stopFound.reasonCodes],
      violations: [...trustFound.violations, ...stopFound.violations],
      ...(verdict === undefined ? {} : { verdict }),
      trace: encoded ? { mcp_trust: encoded } : {},
    };
  };
}

const NOTHING: Tightening = { reasonCodes: [], violations: [] };

async function trustOf(
  policy: McpTrust,
  riskClass: string,
  { server, files, now }: BoundaryContext,
): Promise<TrustDecision> {
  return decideTrust(policy, await readSnapshot(policy.snapshot, files), { server, riskClass, now: now() });
}

/** How missing trust tightens a verdict. A dry run stays a dry run, because nothing is executed. */
function trustTightening(
  policy: McpTrust,
  { reasonCodes, enforced }: TrustDecision,
  verdict: Verdict,
): Tightening {
  if (!enforced) return { reasonCodes, violations: [] };
  const stricter: Verdict = policy.action === "block" ? "block" : "require_approval";
  return {
    reasonCodes,
    violations: ["mcp_trust_policy"],
    ...(verdict === "dry_run" ? {} : { verdict: stricter }),
  };
}

function stopTightening(stop: Awaited<ReturnType<CheckStop>>): {
  readonly finding: Tightening;
  readonly warnings: readonly string[];
} {
  if (stop.kind === "running") return { finding: NOTHING, warnings: [] };
  const reason = stop.kind === "stopped" ? "emergency_stop_preempted" : "emergency_stop_state_unavailable";
  const finding: Tightening = {
    reasonCodes: [reason],
    violations: ["emergency_stop_active"],
    verdict: "block",
  };
  if (stop.kind === "unavailable") return { finding, warnings: [`job_status_unavailable=${stop.problem}`] };
  const { unrecorded } = stop;
  return {
    finding,
    warnings: unrecorded === undefined ? [] : [`blocked_dispatch_record_failed=${unrecorded}`],
  };
}
