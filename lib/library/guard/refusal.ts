import { type ErrorCode, GaitError, messageOf } from "../../errors/mod.ts";
import { shellWord } from "../../formats/shell.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { ApprovalRequest, GuardDecision, GuardedCall } from "./call.ts";

/** Why a call was not made. */
export class Refusal {
  /** The tool was not executed. */
  readonly executed = false;
  /** The verdict; `error` when nothing was decided. */
  readonly verdict: Exclude<Verdict, "allow"> | "error";
  /** Reason codes, or the code of the error. */
  readonly reasonCodes: readonly string[];
  /** What the model reads. */
  readonly message: string;
  /** Id of the trace, when there is a decision. */
  readonly traceId: string | undefined;
  /** What a person is to be asked, if an approval would let the call pass. */
  readonly request: ApprovalRequest | undefined;
  /** What went wrong, when nothing was decided. */
  readonly error: unknown;

  /** Made by a guard. */
  constructor(call: GuardedCall, why: GuardDecision | { readonly error: unknown }) {
    if ("error" in why) {
      this.verdict = "error";
      this.reasonCodes = [why.error instanceof GaitError ? why.error.code : "internal_failure"];
      this.error = why.error;
    } else {
      // A verdict that is not known allows nothing.
      this.verdict = isStop(why.verdict) ? why.verdict : "block";
      this.reasonCodes = why.reasonCodes;
      this.traceId = why.traceId;
      this.request = this.verdict === "require_approval" ? requestOf(call, why) : undefined;
    }
    this.message = MESSAGES[this.verdict];
  }

  /** The refusal as JSON, for frameworks whose tools return texts. */
  toString(): string {
    return JSON.stringify(this);
  }

  /** What the model reads, as plain values. */
  toJSON(): Record<string, unknown> {
    return {
      executed: false,
      verdict: this.verdict,
      reason_codes: [...this.reasonCodes],
      message: this.message,
      ...(this.traceId === undefined ? {} : { trace_id: this.traceId }),
    };
  }
}

/** A call was refused, for callers that want an exception. */
export class RefusedError extends GaitError {
  /** Why. */
  readonly refusal: Refusal;

  /** Made by a guard. */
  constructor(toolName: string, refusal: Refusal) {
    const reasons = refusal.reasonCodes.join(", ") || "no rule allows it";
    const why = refusal.verdict === "error" ? messageOf(refusal.error) : `${refusal.verdict} (${reasons})`;
    const hint = refusal.request?.approve ??
      (refusal.error instanceof GaitError ? refusal.error.hint : undefined);
    super(codeOf(refusal), `${toolName} was not executed: ${why}`, {
      ...(hint === undefined ? {} : { hint }),
      ...(refusal.error instanceof GaitError && refusal.error.detail !== undefined
        ? { detail: refusal.error.detail }
        : {}),
      ...(refusal.error === undefined ? {} : { cause: refusal.error }),
    });
    this.name = "RefusedError";
    this.refusal = refusal;
  }
}

/** A gate that could not decide is a fault of its own: a caller that matches `policy_blocked` would blame the policy. */
function codeOf({ verdict, error }: Refusal): ErrorCode {
  if (verdict === "error") return error instanceof GaitError ? error.code : "internal_failure";
  return verdict === "require_approval" ? "approval_required" : "policy_blocked";
}

const MESSAGES: Readonly<Record<Refusal["verdict"], string>> = {
  block:
    "The policy does not allow this call. It was not executed. Do not try to get the same effect another way.",
  require_approval: "A person has to approve this call first. It was not executed.",
  dry_run: "The policy allows a dry run alone. The call was not executed.",
  error: "The call could not be checked, so it was not executed.",
};

function isStop(verdict: string): verdict is Exclude<Verdict, "allow"> {
  return verdict === "block" || verdict === "require_approval" || verdict === "dry_run";
}

function requestOf(call: GuardedCall, decision: GuardDecision): ApprovalRequest {
  const { intentDigest, policyDigest, reasonCodes, requiredScope = [], tracePath } = decision;
  const scope = requiredScope.length > 0 ? requiredScope : [`tool:${call.name.trim().toLowerCase()}`];
  return {
    kind: "gait_approval",
    toolName: call.name,
    args: call.args,
    ...(call.callId === undefined ? {} : { callId: call.callId }),
    intentDigest,
    policyDigest,
    scope,
    reasonCodes,
    ...(tracePath ? { tracePath } : {}),
    approve: `gait approve --intent-digest ${intentDigest} --policy-digest ${policyDigest} --scope ${
      shellWord(scope.join(","))
    } --single-use --ttl 10m --approver <you> --reason-code <why> --key-mode prod --private-key <file> --out approval.json`,
  };
}
