import { invalidInput } from "../errors/mod.ts";
import { copyJson } from "../formats/json/copy.ts";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import type { IntentRequest } from "../schema/intent.ts";
import type { Digest } from "../signing/mod.ts";
import type { VerdictExit } from "./decision_outcome.ts";
import { tokenObjects } from "../tokens/given_token.ts";
import { openGate, type OpenGateEffects } from "./open.ts";
import type { GateOptions } from "./options.ts";
import type { Verdict } from "../schema/verdict.ts";

/** What belongs to a call beside its intent. */
export interface CallOptions {
  /** Evidence of the context that the call was made in. */
  readonly contextEnvelope?: JsonObject;
  /** Tokens of `gait approve`. */
  readonly approvalTokens?: readonly JsonObject[];
  /** Tokens of `gait delegate mint`. */
  readonly delegationTokens?: readonly JsonObject[];
  /** The id that the trace of this call bears. */
  readonly correlationId?: string;
}

/** A decision. Only `allow` and `dry_run` have exit code 0, and `dry_run` asks for no effect. */
export interface GateDecision {
  /** What was decided. */
  readonly verdict: Verdict;
  /** The status that `gait gate eval` would end with: 0, 3 (block) or 4 (approval required). */
  readonly exitCode: VerdictExit;
  /** Why: sorted, each once. */
  readonly reasonCodes: readonly string[];
  /** What the call breaks: sorted, each once. */
  readonly violations: readonly string[];
  /** With `require_approval`: the scope that an approval needs to lift it. */
  readonly requiredScope?: readonly string[];
  /** Names of the rules that were taken, joined by commas; empty when none was. */
  readonly matchedRule: string;
  /** Digest of the intent that was decided: what an approval binds to. */
  readonly intentDigest: Digest;
  /** Digest of the policy in its normal form. */
  readonly policyDigest: Digest;
  /** Id of the trace: 24 hex digits. */
  readonly traceId: string;
  /** Empty without a folder of traces. */
  readonly tracePath: string;
  /** The signed trace, as its file holds it. */
  readonly trace?: Uint8Array<ArrayBuffer>;
  /** With `simulate`: what would have been decided. */
  readonly simulatedVerdict?: Verdict;
  /** What somebody should look at. */
  readonly warnings: readonly string[];
}

/** A gate in process. */
export interface EmbeddedGate {
  /** What the user should know of its set-up. */
  readonly warnings: readonly string[];
  /**
   * Decide a call, in the order in which calls come. The answer comes when its trace is on the disk.
   *
   * @param intent an intent request: an object of plain JSON values, its JSON text, or the bytes of that. A `Date`, a
   * `Map`, `undefined` in a list, a whole number beyond 2^53 and the like are refused: no digest would hold them
   * @throws {GaitError} when it can't be decided or proved: then the call must not happen
   */
  decide(intent: IntentRequest | string | Uint8Array, options?: CallOptions): Promise<GateDecision>;
  /** Finish what was accepted and make all traces durable in their own files. */
  close(): Promise<void>;
}

/**
 * Open a gate for a program: the verdicts and the trace bytes are those of `gait gate eval`.
 *
 * @throws {GaitError} `invalid_input` for a policy, key, profile or path that can't be used
 */
export async function embedGate(
  options: GateOptions,
  effects: OpenGateEffects,
  producerVersion: string,
): Promise<EmbeddedGate> {
  const gate = await openGate(options, effects, producerVersion);
  return {
    warnings: gate.warnings,
    async decide(
      intent,
      { contextEnvelope, approvalTokens = [], delegationTokens = [], correlationId } = {},
    ) {
      // Copies, because the caller may change its objects while calls before this one are decided.
      const call = {
        intent: typeof intent === "string"
          ? intent
          : intent instanceof Uint8Array
          ? intent.slice()
          : copyOf(intent, "intent"),
        ...(contextEnvelope ? { contextEnvelope: copyOf(contextEnvelope, "context envelope") } : {}),
        approvals: tokenObjects(approvalTokens.map((one) => copyOf(one, "approval token")), "approvalTokens"),
        delegations: tokenObjects(
          delegationTokens.map((one) => copyOf(one, "delegation token")),
          "delegationTokens",
        ),
        ...(correlationId === undefined ? {} : { correlationId }),
      };
      const { decision, exit, paths } = await gate.decide(call);
      return {
        verdict: decision.outcome.verdict,
        exitCode: exit,
        reasonCodes: decision.outcome.reasonCodes,
        violations: decision.outcome.violations,
        ...(decision.requiredScope ? { requiredScope: decision.requiredScope } : {}),
        matchedRule: decision.evaluation.matchedRule,
        intentDigest: decision.intentDigest,
        policyDigest: decision.policyDigest,
        traceId: decision.traceId,
        tracePath: paths.trace ?? "",
        ...(decision.trace ? { trace: decision.trace } : {}),
        ...(decision.outcome.simulated ? { simulatedVerdict: decision.outcome.simulated.verdict } : {}),
        warnings: decision.warnings,
      };
    },
    close: () => gate.close(),
  };
}

/** An object of a program, as JSON that nobody else can change. */
function copyOf(value: unknown, what: string): JsonObject {
  const copied = copyJson(value, what);
  if (!isJsonObject(copied)) throw invalidInput(`Cannot read ${what}: expected an object`);
  return copied;
}
