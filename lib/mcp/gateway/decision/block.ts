import type { JsonObject } from "../../../formats/json/mod.ts";
import { approveLine, untrustedTokenNote } from "../../approvals/approve_line.ts";
import { encodeError, encodeResult } from "../codec/reply.ts";
import { INTERNAL_ERROR, type MessageId } from "../codec/message.ts";
import type { GatewayAnswer } from "./answer.ts";
import type { Subject } from "./subject.ts";

/** The member of `_meta` and of error data that says what was decided. */
export const DECISION_KEY = "dev.gait/decision";

/** The error of a request that a policy stopped and whose result has no place for an error. */
export const BLOCKED = -32010;

/** The error by which a client refuses to sample, which the gateway gives in its place. */
const SAMPLING_REFUSED = -1;

/** The reasons of a tool or prompt that waits until a person accepts it (docs/spec/mcp.md 10.8). */
const WAITS_FOR_REVIEW = /^mcp_(tool|prompt)_(changed|new)$/;

/** What the answer to a stopped call says. */
export interface Stop {
  readonly verdict: string;
  readonly reasonCodes: readonly string[];
  readonly violations: readonly string[];
  readonly traceId?: string;
  readonly tracePath?: string;
  /** The command by which a person approves it. */
  readonly approveLine?: string;
  readonly intentDigest?: string;
  readonly policyDigest?: string;
}

/**
 * The stop of a decision that lets nothing pass.
 *
 * @param approvals where people put approvals down
 */
export function stopOf({ decision, paths, intentPath }: GatewayAnswer, approvals: string): Stop {
  const { outcome } = decision;
  return {
    ...(outcome.verdict === "require_approval" && paths.trace !== undefined
      ? { approveLine: approveLine(approvals, paths.trace, { ...decision, intentPath }) }
      : {}),
    verdict: outcome.verdict,
    reasonCodes: outcome.reasonCodes,
    violations: outcome.violations,
    traceId: decision.traceId,
    ...(paths.trace === undefined ? {} : { tracePath: paths.trace }),
    intentDigest: decision.intentDigest,
    policyDigest: decision.policyDigest,
  };
}

/** The stop of a call that could not be decided: it is not forwarded, whatever the reason. */
export function undecided(reason: string): Stop {
  return { verdict: "block", reasonCodes: [reason], violations: ["mcp_gateway"] };
}

/**
 * The answer to a stopped call (docs/spec/mcp.md 10.6). A tool gets a result that a model can react to: an error without
 * structured content, which no output schema applies to. Other results have no place for an error.
 */
export function stopReply(
  id: MessageId,
  subject: Pick<Subject, "kind" | "isTask">,
  stop: Stop,
  { stateless }: { readonly stateless: boolean },
): Uint8Array<ArrayBuffer> {
  const text = stopText(stop);
  const meta = { [DECISION_KEY]: encodeStop(stop) };
  switch (subject.kind) {
    case "tool":
      if (subject.isTask) return encodeError(id, BLOCKED, text, meta);
      return encodeResult(id, {
        ...(stateless ? { resultType: "complete" } : {}),
        content: [{ type: "text", text }],
        isError: true,
        _meta: meta,
      });
    case "resource":
    case "prompt":
      return encodeError(id, BLOCKED, text, meta);
    case "sampling":
      return encodeError(id, SAMPLING_REFUSED, text, meta);
    case "elicitation":
      return encodeResult(id, { action: "decline", _meta: meta });
  }
}

/** An answer for a request whose server is gone. */
export function goneReply(id: MessageId): Uint8Array<ArrayBuffer> {
  return encodeError(id, INTERNAL_ERROR, "The server ended before it answered");
}

function stopText({ verdict, reasonCodes, approveLine: line }: Stop): string {
  const reasons = reasonCodes.length === 0 ? "no rule allows it" : reasonCodes.join(", ");
  if (verdict === "require_approval") {
    return `Not executed: this call needs an approval (${reasons}).${untrustedTokenNote(reasonCodes)}` +
      (line === undefined ? "" : ` A person can approve it with: ${line}`);
  }
  if (verdict === "dry_run") return `Not executed: the policy allows only a dry run (${reasons}).`;
  return `Blocked by policy: ${reasons}. The call was not executed.` +
    (reasonCodes.some((code) => WAITS_FOR_REVIEW.test(code))
      ? " A person can see what the server changed with: gait mcp trust list"
      : "");
}

function encodeStop(stop: Stop): JsonObject {
  return {
    verdict: stop.verdict,
    reason_codes: [...stop.reasonCodes],
    violations: [...stop.violations],
    ...(stop.traceId === undefined ? {} : { trace_id: stop.traceId }),
    ...(stop.tracePath === undefined ? {} : { trace_path: stop.tracePath }),
    ...(stop.intentDigest === undefined ? {} : { intent_digest: stop.intentDigest }),
    ...(stop.policyDigest === undefined ? {} : { policy_digest: stop.policyDigest }),
  };
}
