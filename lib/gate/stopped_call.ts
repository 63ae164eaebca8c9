import { invalidInput, invalidOption, verificationFailed } from "../errors/mod.ts";
import { readJsonObject } from "../formats/json/mod.ts";
import { decode } from "../schema/fields.ts";
import { stoppedTraceSchema } from "../schema/trace.ts";
import { equalDigests, type TrustedKeys } from "../signing/mod.ts";
import { compile } from "../evaluate/compile.ts";
import { evaluateCompiled } from "../evaluate/evaluate.ts";
import type { Evaluation } from "../evaluate/types.ts";
import { trimLower } from "../formats/text.ts";
import { delegationDigest, intentDigest, withoutClaims } from "../intent/digest.ts";
import type { Intent } from "../intent/types.ts";
import type { LoadedPolicy } from "../policy/parse.ts";
import { verifyTrace } from "./trace/verify.ts";
import { extentOf, requiredScope } from "../tokens/trust.ts";

/** A call that was stopped for approval, from its trace or from its intent. */
export interface StoppedCall {
  /** Set when it was read from a trace. */
  readonly trace?: {
    readonly id: string;
    readonly observedAt: string;
    /** Id of the trusted key that verified the trace, if any. */
    readonly verifiedBy: string | undefined;
  };
  readonly toolName: string;
  readonly argsDigest: string;
  readonly intentDigest: string;
  /** Set when a trace or a policy is given. */
  readonly policyDigest: string | undefined;
  /** Set when the call has a delegation; so is `requester`. */
  readonly bindingDigest: string | undefined;
  readonly requester: string | undefined;
  /** Set when a trace or a policy is given. */
  readonly verdict: string | undefined;
  readonly violations: readonly string[];
  /** The intent, when it was given; its digest is that of the trace. */
  readonly intent?: Intent;
  /** The evaluation, when intent and policy were given. */
  readonly evaluation?: Evaluation;
  /** The scope that an approval must have, as far as it is known. */
  readonly scope: readonly string[];
  /** Limits of an approval; 0 when they are unknown. */
  readonly targets: number;
  readonly ops: number;
}

/** Files that complete a trace. */
export interface StoppedCallFiles {
  readonly intent?: Intent;
  readonly policy?: LoadedPolicy;
}

/**
 * Read the trace of a stopped call, and check that trace, intent and policy belong together.
 *
 * @throws {GaitError} `invalid_input` when it is not such a trace, or intent or policy are not those of the trace;
 * `verification_failed` when its signature is wrong
 */
export async function readStoppedCall(
  bytes: Uint8Array,
  trusted: TrustedKeys,
  { intent: given, policy }: StoppedCallFiles,
): Promise<StoppedCall> {
  const document = readJsonObject(bytes, { what: "trace", signed: true });
  const trace = decode(stoppedTraceSchema, document, "trace");
  if (trace.schema_id !== "gait.gate.trace") {
    throw invalidInput(`Cannot approve: "${trace.schema_id}" is not a gate trace`);
  }
  if (trace.verdict !== "require_approval") {
    throw invalidInput(
      `Cannot approve: the call was not stopped for approval, its verdict is "${trace.verdict}"`,
      {
        hint: ONLY_STOPPED,
      },
    );
  }
  const verifiedBy = await checkOrigin(bytes, trusted);
  const intent = given && withoutClaims(given);
  if (intent && !equalDigests(await intentDigest(intent), trace.intent_digest)) {
    throw invalidOption(
      () => "Cannot approve: the intent is not the call of the trace",
      (name) =>
        `With a context envelope or an inventory the gate digests more than the file: leave ${
          name("intent")
        } out`,
    );
  }
  if (policy && !equalDigests(policy.digest, trace.policy_digest)) {
    throw invalidInput("Cannot approve: the policy is not that of the trace");
  }
  const extent = intent && extentOf(intent);
  return {
    trace: { id: trace.trace_id, observedAt: trace.observed_at, verifiedBy },
    toolName: trace.tool_name,
    argsDigest: trace.args_digest,
    intentDigest: trace.intent_digest,
    policyDigest: trace.policy_digest,
    bindingDigest: trace.delegation_ref?.chain_digest || undefined,
    requester: trace.delegation_ref?.requester_identity || undefined,
    verdict: trace.verdict,
    violations: trace.violations,
    ...(intent ? { intent } : {}),
    ...(intent && policy ? { evaluation: evaluateCompiled(compile(policy.policy), intent) } : {}),
    scope: intent ? requiredScope(intent) : [`tool:${trace.tool_name}`],
    targets: extent?.targets ?? 0,
    ops: extent?.ops ?? 0,
  };
}

/** A stopped call from its intent, without a trace that proves the decision. */
export async function callWithoutTrace(
  given: Intent,
  policy: LoadedPolicy | undefined,
): Promise<StoppedCall> {
  const intent = withoutClaims(given);
  const evaluation = policy && evaluateCompiled(compile(policy.policy), intent);
  const { delegation } = intent;
  return {
    toolName: intent.toolName,
    argsDigest: intent.argsDigest,
    intentDigest: await intentDigest(intent),
    policyDigest: policy?.digest,
    bindingDigest: delegation && await delegationDigest(delegation),
    requester: delegation?.requesterIdentity || undefined,
    verdict: evaluation?.verdict,
    violations: evaluation?.violations ?? [],
    intent,
    ...(evaluation ? { evaluation } : {}),
    scope: requiredScope(intent),
    ...extentOf(intent),
  };
}

/** The key that verifies a trace. A key given by flag must verify it; the trust folder may lack the key. */
async function checkOrigin(bytes: Uint8Array, trusted: TrustedKeys): Promise<string | undefined> {
  if (trusted.source === "none") return undefined;
  const report = await verifyTrace(bytes, trusted);
  if (report.ok) return report.keyId;
  if (trusted.source === "store" && report.unknownKey) return undefined;
  throw verificationFailed(
    `Cannot approve: the trace does not verify (${report.error ?? "wrong signature"})`,
  );
}

/** Digests of a call that the user gives. */
export interface GivenDigests {
  readonly intentDigest?: string | undefined;
  readonly policyDigest?: string | undefined;
  readonly delegationBindingDigest?: string | undefined;
}

/**
 * INVARIANT: the call that is shown is the call that is signed.
 *
 * @throws {GaitError} `invalid_input` when a given digest is not that of the call; without a policy file its digest
 * is accepted as given
 */
export function checkDigests(call: StoppedCall, given: GivenDigests): void {
  for (
    const [field, file, digest] of [
      ["intentDigest", "intent", call.intentDigest],
      ["policyDigest", "policy", call.policyDigest],
      ["delegationBindingDigest", "intent", call.bindingDigest],
    ] as const
  ) {
    const expected = given[field] && trimLower(given[field]);
    if (expected === undefined || expected === digest) continue;
    if (field === "policyDigest" && digest === undefined) continue;
    throw invalidOption(
      (name) => `Cannot approve: ${name(field)} is not the digest of ${name(file)}`,
      (name) =>
        field === "intentDigest"
          ? `With a context envelope or an inventory the gate digests more than the file: leave ${
            name(file)
          } out`
          : `It is ${digest ?? "bound to no delegation"}`,
    );
  }
}

/**
 * Check that the call was stopped for approval; without a policy this can't be checked.
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkStopped({ verdict, policyDigest }: StoppedCall): void {
  if (policyDigest === undefined || verdict === "require_approval") return;
  throw invalidInput(`Cannot approve: by the policy the verdict of this call is "${verdict}"`, {
    hint: ONLY_STOPPED,
  });
}

const ONLY_STOPPED = "An approval can only lift the verdict require_approval, never a block";
