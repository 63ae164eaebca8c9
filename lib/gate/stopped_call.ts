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

/** A call that waits for a person, as its trace tells it, or the call itself. */
export interface StoppedCall {
  /** Set when it was read from a trace. */
  readonly trace?: {
    readonly id: string;
    readonly observedAt: string;
    /** Key that vouches for the trace, if one does. */
    readonly verifiedBy: string | undefined;
  };
  readonly toolName: string;
  readonly argsDigest: string;
  readonly intentDigest: string;
  /** Known from a trace or a policy. */
  readonly policyDigest: string | undefined;
  /** Set when it acts in somebody's name; so is who asks for it. */
  readonly bindingDigest: string | undefined;
  readonly requester: string | undefined;
  /** Known from a trace or a policy. */
  readonly verdict: string | undefined;
  readonly violations: readonly string[];
  /** The call itself, when it was given; its digest is that of the trace. */
  readonly intent?: Intent;
  /** What the policy says, when call and policy were given. */
  readonly evaluation?: Evaluation;
  /** What an approval must contain, as far as it can be known. */
  readonly scope: readonly string[];
  /** Bounds of an approval; 0 when they can't be known. */
  readonly targets: number;
  readonly ops: number;
}

/** What may stand beside a trace and tell more than it. */
export interface GivenFiles {
  readonly intent?: Intent;
  readonly policy?: LoadedPolicy;
}

/**
 * Read the trace of a stopped call, and check everything that is said of it against everything else.
 *
 * @throws {GaitError} `invalid_input` when it is no such trace, or call or policy are not those of the trace;
 * `verification_failed` when its signature is wrong
 */
export async function readStoppedCall(
  bytes: Uint8Array,
  trusted: TrustedKeys,
  { intent: given, policy }: GivenFiles,
): Promise<StoppedCall> {
  const document = readJsonObject(bytes, { what: "trace", signed: true });
  const trace = decode(stoppedTraceSchema, document, "trace");
  if (trace.schema_id !== "gait.gate.trace") {
    throw invalidInput(`Cannot approve: "${trace.schema_id}" is no trace of the gate`);
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

/** A call that somebody brought without its trace: then nobody vouches for what became of it. */
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

/** The key that vouches for a trace. A key that was named must; one of the trust folder may not know it. */
async function checkOrigin(bytes: Uint8Array, trusted: TrustedKeys): Promise<string | undefined> {
  if (trusted.source === "none") return undefined;
  const report = await verifyTrace(bytes, trusted);
  if (report.ok) return report.keyId;
  if (trusted.source === "store" && report.unknownKey) return undefined;
  throw verificationFailed(
    `Cannot approve: the trace does not verify (${report.error ?? "wrong signature"})`,
  );
}

/** What somebody says the digests of a call are. */
export interface GivenDigests {
  readonly intentDigest?: string | undefined;
  readonly policyDigest?: string | undefined;
  readonly delegationBindingDigest?: string | undefined;
}

/**
 * INVARIANT: what is shown is what is signed.
 *
 * @throws {GaitError} `invalid_input` when a given digest is not that of the call; one of a policy that nobody brought
 * is taken as it is
 */
export function checkDigests(call: StoppedCall, given: GivenDigests): void {
  for (
    const [field, file, digest] of [
      ["intentDigest", "intent", call.intentDigest],
      ["policyDigest", "policy", call.policyDigest],
      ["delegationBindingDigest", "intent", call.bindingDigest],
    ] as const
  ) {
    const asked = given[field] && trimLower(given[field]);
    if (asked === undefined || asked === digest) continue;
    if (field === "policyDigest" && digest === undefined) continue;
    throw invalidOption(
      (name) => `Cannot approve: ${name(field)} is not the digest of what ${name(file)} holds`,
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
 * Only what waits for an approval can be approved; without a policy nobody can tell.
 *
 * @throws {GaitError} `invalid_input`
 */
export function checkStopped({ verdict, policyDigest }: StoppedCall): void {
  if (policyDigest === undefined || verdict === "require_approval") return;
  throw invalidInput(`Cannot approve: by the policy the verdict of this call is "${verdict}"`, {
    hint: ONLY_STOPPED,
  });
}

const ONLY_STOPPED = "Only a verdict of require_approval can be lifted; a block can't";
