import { type Rfc3339, timeOfMillis } from "../formats/time.ts";
import type { ContextEnvelope } from "../schema/context.ts";
import type { Digest, Hasher, PrivateKey, Signer } from "../signing/mod.ts";
import { approvalAudit, credentialRecord, delegationAudit } from "./audit.ts";
import { auditRecordId } from "./trace/audit_ids.ts";
import type { CredentialOptions } from "./broker/ask.ts";
import type { Credential } from "./broker/credential.ts";
import type { CheckedTokens } from "../tokens/check_tokens.ts";
import type { GivenToken } from "../tokens/given_token.ts";
import { grant, type GrantEffects, ungranted } from "./grant.ts";
import { requiredScope, type TokenTrust } from "../tokens/trust.ts";
import { applyDelegation } from "./steps.ts";
import type { CompiledPolicy } from "../evaluate/compile.ts";
import { type JsonObject, prettyJson } from "../formats/json/mod.ts";
import type { Policy } from "../policy/types.ts";
import { tightened, type Tightening } from "./tighten.ts";
import type { Evaluation } from "../evaluate/types.ts";
import { delegationDigest } from "../intent/digest.ts";
import type { Intent } from "../intent/types.ts";
import {
  evaluateCall,
  type EvaluatedCall,
  type InventorySource,
  type ScriptSource,
} from "./evaluate_call.ts";
import { applyLimits } from "./limits/charge.ts";
import type { LoadedPolicy } from "../policy/parse.ts";
import { checkTokenKeys, type Profile } from "./profile/profile.ts";
import { type DecisionOutcome, firstOutcome, simulate } from "./decision_outcome.ts";
import { type ContextFacts, signTrace, traceIdOf } from "./trace/record.ts";

/** A loaded gate; it does not change from call to call. */
export interface Gate {
  readonly policy: LoadedPolicy;
  readonly compiled: CompiledPolicy;
  readonly profile: Profile;
  /** Signs the traces. */
  readonly key: PrivateKey;
  /** Produce no trace. */
  readonly unsigned?: boolean;
  /** File of the counters. */
  readonly limitsPath: string;
  /** Enforce nothing; report what would have been decided. */
  readonly simulate: boolean;
  /** The keys that approvals and delegations are verified with. */
  readonly trust: TokenTrust;
  /** The credential broker and its options. */
  readonly credentials: CredentialOptions;
  readonly inventory?: InventorySource;
  readonly approvedScripts?: ScriptSource;
  readonly producerVersion: string;
}

/** One call to decide. */
export interface GateCall {
  /** Normalised, with the claims of its caller. */
  readonly intent: Intent;
  /** A digest that the caller made already, with the intent that it is of; it counts for no other. */
  readonly digested?: { readonly intent: Intent; readonly digest: Digest };
  readonly envelope?: ContextEnvelope;
  /** A reference to an approval in another system; recorded, grants nothing. */
  readonly approvalRef?: string | undefined;
  /** Approval tokens, read only when the decision depends on them; so are delegations. */
  readonly approvals?: readonly GivenToken[];
  readonly delegations?: readonly GivenToken[];
  /** The caller has no approvals: the outcome is `require_approval` without a reason that one is missing. */
  readonly withoutApprovals?: boolean;
  /** What else speaks where the call arrived; asked before anything is counted, so that it can spare that. */
  readonly boundary?: Boundary;
  readonly correlationId?: string | undefined;
}

/**
 * What is asked about an evaluated call beside the policy's rules, such as trust in the server that would execute it. It
 * can only make the verdict stricter ({@linkcode tightened}).
 */
export type Boundary = (call: EvaluatedCall, policy: Policy) => Promise<BoundaryFinding>;

/** What a boundary found. */
export interface BoundaryFinding extends Tightening {
  /** Members of the trace that say what was found. */
  readonly trace: JsonObject;
}

const NOTHING_FOUND: BoundaryFinding = { reasonCodes: [], violations: [], trace: {} };

/** Effects for deciding. */
export interface GateEffects extends GrantEffects {
  /** Faster hashing and signing for long-running processes. */
  readonly hash?: Hasher;
  readonly sign?: Signer;
}

/** A decision, with the records that prove it. The records are not written yet. */
export interface Decision {
  readonly outcome: DecisionOutcome;
  readonly evaluation: Evaluation;
  /** The intent as it was digested. */
  readonly intent: Intent;
  readonly intentDigest: Digest;
  readonly policyDigest: Digest;
  readonly context: ContextFacts;
  /** Id of the approved script that allowed the call. */
  readonly patternId: string | undefined;
  readonly registryReason: string | undefined;
  readonly traceId: string;
  /** `observed_at` of the trace. */
  readonly observedAt: Rfc3339;
  /** The content of the trace file; absent when the gate produces no trace. */
  readonly trace?: Uint8Array<ArrayBuffer>;
  /** The relationship in the trace, and the ids of the rules that the steps of a script matched. */
  readonly relationship?: JsonObject;
  readonly matchedRuleIds?: readonly string[];
  readonly approvalAudit?: Uint8Array<ArrayBuffer>;
  readonly delegationAudit?: Uint8Array<ArrayBuffer>;
  /** Set when a broker issued a credential. */
  readonly credential?: Credential;
  readonly credentialRecord?: Uint8Array<ArrayBuffer>;
  /** The digest that an approval must be bound to; set when the intent has a delegation. */
  readonly bindingDigest?: Digest;
  /** The scope that an approval must have; set when an approval is required. */
  readonly requiredScope?: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Decide a call and sign the decision (docs/spec/gate.md 4.3). It changes only the rate limit state and the ledger of
 * used tokens: the same inputs at the same time always give the same bytes.
 *
 * INVARIANT: keys and inputs are checked before any counter is charged.
 *
 * @throws {GaitError} `policy_blocked` when facts that a risky call needs are unavailable; `invalid_input` when
 * claims contradict the context envelope, or the profile demands keys; what {@linkcode applyLimits} throws
 */
export async function decide(gate: Gate, call: GateCall, effects: GateEffects): Promise<Decision> {
  const started = effects.now();
  const policyDigest = gate.policy.digest;
  const asEvaluated = await evaluateCall(gate, call, started, effects.hash);
  const found = await call.boundary?.(asEvaluated, gate.policy.policy) ?? NOTHING_FOUND;
  const evaluated = { ...asEvaluated, evaluation: tightened(asEvaluated.evaluation, found) };
  const { intent, intentDigest, evaluation } = evaluated;
  checkTokenKeys(gate.profile, evaluation, gate.trust, call.withoutApprovals === true);
  const bindingDigest = intent.delegation && await delegationDigest(intent.delegation, effects.hash);
  const tokens = await checkTokensOf(gate, call, evaluated, bindingDigest, started);

  const limits = { files: effects.files, now: effects.now, path: gate.limitsPath };
  const counted = await applyLimits(
    firstOutcome(evaluation, call.approvalRef),
    intent,
    evaluation,
    limits,
  );
  const delegated = applyDelegation(counted, tokens.delegation);
  const { outcome: granted, approvals, credential } =
    call.withoutApprovals === true && delegated.verdict === "require_approval"
      ? ungranted(delegated)
      : await grant(
        delegated,
        tokens.approvals,
        { intent, evaluation, simulate: gate.simulate },
        gate,
        effects,
      );
  const outcome = gate.simulate ? simulate(granted) : granted;

  const traceId = await traceIdOf(policyDigest, intentDigest, outcome.verdict, effects.hash);
  const ended = effects.now();
  const observedAt = timeOfMillis(ended);
  const { producerVersion } = gate;
  const facts = { traceId, intent, intentDigest, policyDigest, producerVersion };
  // Only a decision that approvals could change has an approval audit.
  const approvalRecord = outcome.requiredApprovals > 0 && call.withoutApprovals !== true
    ? approvalAudit(facts, outcome, approvals)
    : undefined;
  const delegationRecord = outcome.delegationRequired
    ? delegationAudit(facts, outcome, tokens.delegation)
    : undefined;
  const trace = gate.unsigned ? undefined : await signTrace(
    traceId,
    {
      ...facts,
      bindingDigest,
      ...(evaluation.script ? { script: evaluation.script } : {}),
      verdict: outcome.verdict,
      reasonCodes: outcome.reasonCodes,
      violations: outcome.violations,
      context: evaluated.context,
      patternId: evaluated.patternId,
      registryReason: evaluated.registryReason,
      approvalRef: outcome.approvalRef,
      delegationRef: outcome.delegationRef,
      createdAt: evaluated.createdAt,
      observedAt,
      latency: Math.max(0, ended - started),
      correlationId: call.correlationId,
      auditIds: [
        ...approvalRecord ? [await auditRecordId("approval_audit", approvalRecord, effects.hash)] : [],
        ...delegationRecord ? [await auditRecordId("delegation_audit", delegationRecord, effects.hash)] : [],
      ],
      // A simulated allow proves nothing, so its trace says what it is.
      boundary: gate.simulate ? { ...found.trace, simulated: true } : found.trace,
    },
    gate.key,
    effects.hash,
    effects.sign,
  );
  return {
    outcome,
    evaluation,
    intent,
    intentDigest,
    policyDigest,
    context: evaluated.context,
    patternId: evaluated.patternId,
    registryReason: evaluated.registryReason,
    traceId,
    observedAt,
    ...(trace
      ? { trace: trace.content, relationship: trace.relationship, matchedRuleIds: trace.matchedRuleIds }
      : {}),
    warnings: [
      ...evaluated.warnings,
      ...tokens.warnings,
      ...(gate.simulate && evaluation.requireBrokerCredential && granted.verdict === "allow"
        ? [
          "simulated: the credential broker was not asked, so it is unknown whether it would issue a credential",
        ]
        : []),
      ...(credential.kind === "issued" ? credential.notes : []),
    ],
    ...(approvalRecord ? { approvalAudit: prettyJson(approvalRecord) } : {}),
    ...(delegationRecord ? { delegationAudit: prettyJson(delegationRecord) } : {}),
    ...(credential.kind === "issued"
      ? {
        credential: credential.credential,
        credentialRecord: credentialRecord(facts, credential.credential, credential.demand),
      }
      : {}),
    ...(bindingDigest === undefined ? {} : { bindingDigest }),
    ...(granted.verdict === "require_approval" ? { requiredScope: requiredScope(intent) } : {}),
  };
}

const NO_TOKENS: CheckedTokens = { approvals: [], warnings: [] };

/** Check the tokens of a call; the code for it is loaded only when there are any. */
async function checkTokensOf(
  gate: Gate,
  { approvals = [], delegations = [] }: GateCall,
  { intent, intentDigest, evaluation }: EvaluatedCall,
  bindingDigest: Digest | undefined,
  now: number,
): Promise<CheckedTokens> {
  if (approvals.length === 0 && delegations.length === 0) return NO_TOKENS;
  if (evaluation.verdict !== "require_approval" && !evaluation.requireDelegation) return NO_TOKENS;
  const { checkTokens } = await import("../tokens/check_tokens.ts");
  const policyDigest = gate.policy.digest;
  const options = { intent, intentDigest, policyDigest, bindingDigest, evaluation, approvals, delegations };
  return await checkTokens(options, gate.trust, now);
}
