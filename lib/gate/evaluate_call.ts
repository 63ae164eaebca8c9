import { GaitError, OptionError } from "../errors/mod.ts";
import { cleanPath } from "../formats/path.ts";
import { type Rfc3339, timeOfMillis } from "../formats/time.ts";
import type { ContextEnvelope } from "../schema/context.ts";
import { type Digest, type Hasher, sha256 } from "../signing/mod.ts";
import { bindEnvelope } from "./context/envelope_binding.ts";
import { enrichFrom, type Inventory, isListed } from "./context/inventory.ts";
import type { CompiledPolicy } from "../evaluate/compile.ts";
import { evaluateCompiled } from "../evaluate/evaluate.ts";
import { failClosedUnprepared } from "../evaluate/fail_closed.ts";
import type { Evaluation } from "../evaluate/types.ts";
import { intentDigest, withoutClaims } from "../intent/digest.ts";
import type { Intent } from "../intent/types.ts";
import { refuseUnknownMembers, warningsOf } from "../intent/warnings.ts";
import { isStrict, passesAtAnyRisk, type Profile } from "./profile/profile.ts";
import type { ScriptEntry } from "./script/entry.ts";
import { type ContextFacts, recordTime } from "./trace/record.ts";
import type { Policy } from "../policy/types.ts";

/** An inventory, or the error that makes it unusable. */
export interface InventorySource {
  readonly path: string;
  readonly found: Inventory | GaitError;
}

/** Approved scripts, or the problem that makes the registry unusable. */
export interface ScriptSource {
  readonly entries: readonly ScriptEntry[];
  readonly problem?: string;
}

/** The members of a gate that evaluating a call needs. */
export interface GateContext {
  readonly policy: { readonly digest: Digest };
  readonly compiled: CompiledPolicy;
  readonly profile: Profile;
  readonly inventory?: InventorySource;
  readonly approvedScripts?: ScriptSource;
}

/** The evaluation of an intent by the policy, or by the registry of approved scripts. */
export interface EvaluatedCall {
  readonly evaluation: Evaluation;
  /** As it was digested and evaluated. */
  readonly intent: Intent;
  readonly intentDigest: Digest;
  readonly context: ContextFacts;
  readonly createdAt: Rfc3339;
  /** Id of the approved script that allowed the call. */
  readonly patternId?: string | undefined;
  /** The reason of the registry of approved scripts, when it was consulted. */
  readonly registryReason?: string | undefined;
  readonly warnings: readonly string[];
}

const NO_CONTEXT: ContextFacts = { setDigest: "", evidenceMode: "", refCount: 0, source: "" };

/**
 * Evaluate an intent: by the registry of approved scripts when it has the script, else by the policy
 * (docs/spec/gate.md 3.1, 3.5).
 *
 * @throws {GaitError} `policy_blocked` when a source is unusable and the call is risky or in production;
 * `invalid_input` when claims contradict the envelope and the policy does not fail closed
 */
export async function evaluateCall(
  gate: GateContext,
  { intent, digested, envelope }: {
    readonly intent: Intent;
    readonly digested?: { readonly intent: Intent; readonly digest: Digest };
    readonly envelope?: ContextEnvelope;
  },
  now: number,
  hash: Hasher = sha256,
): Promise<EvaluatedCall> {
  if (gate.profile === "oss-prod") refuseUnknownMembers(intent, 'the profile is "oss-prod"');
  const warnings: string[] = warningsOf(intent);
  const inventory = usableInventory(gate, intent, warnings);
  const scripts = usableScripts(gate, intent, warnings);
  let registryReason: string | undefined;
  if (scripts.length > 0) {
    const { findInRegistry } = await import("./script/fast_path.ts");
    const moment = timeOfMillis(now);
    const { reason, patternId, evaluation } = findInRegistry(scripts, intent, gate.policy.digest, moment);
    registryReason = reason;
    if (evaluation) {
      return {
        evaluation,
        intent,
        intentDigest: await intentDigest(intent, hash),
        context: NO_CONTEXT,
        createdAt: moment,
        patternId,
        registryReason,
        warnings,
      };
    }
  }
  const evaluated = evaluateBound(gate, intent, envelope, inventory, now);
  if (passesAtAnyRisk(gate.profile, intent, evaluated.evaluation)) {
    warnings.push(
      `risk "${intent.context.riskClass}" passes without a broker credential: the rule names no risk_classes`,
    );
  }
  return {
    ...evaluated,
    intentDigest: digested?.intent === evaluated.intent
      ? digested.digest
      : await intentDigest(evaluated.intent, hash),
    createdAt: recordTime(intent),
    registryReason,
    warnings,
  };
}

/** Bind claims to the envelope, evaluate, and report the source of the context. */
function evaluateBound(
  gate: GateContext,
  intent: Intent,
  envelope: ContextEnvelope | undefined,
  inventory: Inventory | undefined,
  now: number,
): Pick<EvaluatedCall, "evaluation" | "intent" | "context"> {
  let prepared = withoutClaims(intent);
  if (envelope) {
    const binding = bindEnvelope(intent, envelope, now);
    if (binding.kind === "contradicted") {
      const refused = failClosedUnprepared(gate.compiled.policy, intent.context.riskClass);
      if (!refused) throw binding.error;
      // The claims are recorded without a source, because nothing verifies them.
      return { evaluation: refused, intent, context: { ...contextOf(intent), refCount: 0 } };
    }
    prepared = binding.intent;
  }
  const enrich = inventory && enrichFrom(inventory);
  const evaluation = evaluateCompiled(gate.compiled, prepared, enrich);
  if (evaluation.failedClosed) return { evaluation, intent: prepared, context: contextOf(prepared) };
  const sources = [
    ...(envelope ? ["context_envelope"] : []),
    ...(inventory && isListed(inventory, prepared) ? [cleanPath(gate.inventory!.path)] : []),
  ];
  return {
    evaluation,
    intent: enrich && !prepared.script ? enrich(prepared) : prepared,
    context: { ...contextOf(prepared), source: sources.sort().join(",") },
  };
}

function contextOf({ context }: Intent): ContextFacts {
  return {
    setDigest: context.contextSetDigest,
    evidenceMode: context.contextEvidenceMode,
    refCount: context.contextRefs.length,
    source: "",
  };
}

/**
 * The function that adds facts of the inventory to an intent or to each step of a script; `undefined` without a
 * usable inventory.
 */
export function enrichmentOf(gate: Pick<GateContext, "inventory">): ((intent: Intent) => Intent) | undefined {
  const found = gate.inventory?.found;
  return found === undefined || found instanceof GaitError ? undefined : enrichFrom(found);
}

/** INVARIANT: unavailable facts never let a risky call pass; for other calls their absence is a warning. */
function usableInventory(gate: GateContext, intent: Intent, warnings: string[]): Inventory | undefined {
  if (!gate.inventory) return undefined;
  const { path, found } = gate.inventory;
  if (!(found instanceof GaitError)) return found;
  if (isStrict(gate.profile, intent.context.riskClass)) {
    throw new OptionError("policy_blocked", {
      message: () => `Cannot use inventory "${path}": ${found.message}`,
      hint: (name) =>
        `Risky calls and profile oss-prod need the inventory; repair it, or leave ${name("inventory")} out`,
      cause: found,
    });
  }
  warnings.push(`inventory unavailable: ${found.message}`);
  return undefined;
}

function usableScripts(gate: GateContext, intent: Intent, warnings: string[]): readonly ScriptEntry[] {
  if (!gate.approvedScripts) return [];
  const { entries, problem } = gate.approvedScripts;
  if (problem !== undefined && isStrict(gate.profile, intent.context.riskClass)) {
    throw new OptionError("policy_blocked", {
      message: () => `Cannot use the registry of approved scripts: ${problem}`,
      hint: (name) =>
        `Risky calls and profile oss-prod need a registry that verifies; repair it, or leave ${
          name("approvedScriptRegistry")
        } out`,
    });
  }
  if (entries.length > 0 && demandsContext(gate.compiled.policy)) {
    warnings.push("approved scripts ignored: the policy demands context evidence");
    return [];
  }
  return entries;
}

/**
 * Whether a policy demands context evidence anywhere. Approved scripts are ignored then, because their approval does
 * not cover the context of a later run.
 */
export function demandsContext(policy: Policy): boolean {
  const { enabled, requiredFields } = policy.failClosed;
  return (enabled && requiredFields.includes("context_evidence")) ||
    policy.rules.some((rule) =>
      rule.requireContextEvidence || rule.requiredContextEvidenceMode === "required" ||
      rule.maxContextAgeSeconds > 0
    );
}
