import { timeOfMillis } from "../formats/time.ts";
import type { ContextEnvelope } from "../schema/context.ts";
import type { Digest, Hasher, PrivateKey, Signer } from "../signing/mod.ts";
import { approvalAudit, credentialRecord, delegationAudit } from "./audit.ts";
import type { CredentialOptions } from "./broker/ask.ts";
import type { Credential } from "./broker/credential.ts";
import type { CheckedTokens } from "../tokens/check_tokens.ts";
import type { GivenToken } from "../tokens/given_token.ts";
import { grant, type GrantEffects, ungranted } from "./grant.ts";
import { requiredScope, type TokenTrust } from "../tokens/trust.ts";
import { applyDelegation } from "./steps.ts";
import type { CompiledPolicy } from "../evaluate/compile.ts";
import type { JsonObject } from "../formats/json/mod.ts";
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

/** What a gate is made of; it stays the same from call to call. */
export interface Gate {
  readonly policy: LoadedPolicy;
  readonly compiled: CompiledPolicy;
  readonly profile: Profile;
  /** Signs the traces. */
  readonly key: PrivateKey;
  /** Make no trace. */
  readonly unsigned?: boolean;
  /** File of the counters. */
  readonly limitsPath: string;
  /** Enforce nothing, say what would have been decided. */
  readonly simulate: boolean;
  /** Whose approvals and delegations count. */
  readonly trust: TokenTrust;
  /** Who releases credentials. */
  readonly credentials: CredentialOptions;
  readonly inventory?: InventorySource;
  readonly approvedScripts?: ScriptSource;
  readonly producerVersion: string;
}

/** One call to decide. */
export interface GateCall {
  /** Normalised, with its claims. */
  readonly intent: Intent;
  readonly envelope?: ContextEnvelope;
  /** A reference to an approval that is kept elsewhere; it grants nothing. */
  readonly approvalRef?: string | undefined;
  /** Tokens; they are read only if the decision depends on them. */
  readonly approvals?: readonly GivenToken[];
  readonly delegations?: readonly GivenToken[];
  /** Whoever asks knows no approvals: `require_approval` is the whole answer, and no reason says that one is missing. */
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

/** What deciding needs from outside. */
export interface GateEffects extends GrantEffects {
  /** Faster ones for long-running processes. */
  readonly hash?: Hasher;
  readonly sign?: Signer;
}

/** A decision, with the records that prove it. Nothing is written yet. */
export interface Decision {
  readonly outcome: DecisionOutcome;
  readonly evaluation: Evaluation;
  /** As it was digested. */
  readonly intent: Intent;
  readonly intentDigest: Digest;
  readonly policyDigest: Digest;
  readonly context: ContextFacts;
  /** Names the approval given beforehand that let the call pass. */
  readonly patternId: string | undefined;
  readonly registryReason: string | undefined;
  readonly traceId: string;
  /** The signed trace, as its file holds it, unless the gate makes none. */
  readonly trace?: Uint8Array<ArrayBuffer>;
  readonly approvalAudit?: Uint8Array<ArrayBuffer>;
  readonly delegationAudit?: Uint8Array<ArrayBuffer>;
  /** Set when a broker issued a credential. */
  readonly credential?: Credential;
  readonly credentialRecord?: Uint8Array<ArrayBuffer>;
  /** What an approval must be bound to; set when the intent acts in somebody's name. */
  readonly bindingDigest?: Digest;
  /** What the scope of an approval must contain; set when one is missing. */
  readonly requiredScope?: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Decide a call and sign the decision (docs/spec/gate.md 4.3). All that it changes is the file of counters and the ledger
 * of used tokens: the same inputs at the same time always give the same bytes.
 *
 * INVARIANT: everything that can go wrong with keys and inputs goes wrong before a counter is spent.
 *
 * @throws {GaitError} `policy_blocked` when facts that a risky call needs can't be had; `invalid_input` when
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
  const tokens = await tokensOf(gate, call, evaluated, bindingDigest, started);

  const limits = { files: effects.files, now: effects.now, path: gate.limitsPath };
  const counted = await applyLimits(
    firstOutcome(evaluation, call.approvalRef),
    intent,
    evaluation,
    limits,
  );
  const delegated = applyDelegation(counted, tokens.delegation);
  const { outcome: asked, approvals, credential } =
    call.withoutApprovals === true && delegated.verdict === "require_approval"
      ? ungranted(delegated)
      : await grant(
        delegated,
        tokens.approvals,
        { intent, evaluation, simulate: gate.simulate },
        gate,
        effects,
      );
  const outcome = gate.simulate ? simulate(asked) : asked;

  const traceId = await traceIdOf(policyDigest, intentDigest, outcome.verdict, effects.hash);
  const ended = effects.now();
  const { producerVersion } = gate;
  const facts = { traceId, intent, intentDigest, policyDigest, producerVersion };
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
      observedAt: timeOfMillis(ended),
      latency: Math.max(0, ended - started),
      correlationId: call.correlationId,
      boundary: found.trace,
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
    ...(trace ? { trace } : {}),
    warnings: [
      ...evaluated.warnings,
      ...tokens.warnings,
      ...(gate.simulate && evaluation.requireBrokerCredential && asked.verdict === "allow"
        ? ["simulated: no credential broker was asked, so whether it would give one is not known"]
        : []),
      ...(credential.kind === "issued" ? credential.notes : []),
    ],
    // A record of approvals belongs to a decision that somebody could be asked for.
    ...(outcome.requiredApprovals > 0 && call.withoutApprovals !== true
      ? { approvalAudit: approvalAudit(facts, outcome, approvals) }
      : {}),
    ...(outcome.delegationRequired
      ? { delegationAudit: delegationAudit(facts, outcome, tokens.delegation) }
      : {}),
    ...(credential.kind === "issued"
      ? {
        credential: credential.credential,
        credentialRecord: credentialRecord(facts, credential.credential, credential.demand),
      }
      : {}),
    ...(bindingDigest === undefined ? {} : { bindingDigest }),
    ...(asked.verdict === "require_approval" ? { requiredScope: requiredScope(intent) } : {}),
  };
}

const NO_TOKENS: CheckedTokens = { approvals: [], warnings: [] };

/** What the tokens of a call are worth; their code is loaded only when there are some. */
async function tokensOf(
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
  const tokenCase = { intent, intentDigest, policyDigest, bindingDigest, evaluation, approvals, delegations };
  return await checkTokens(tokenCase, gate.trust, now);
}
