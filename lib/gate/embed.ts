import { invalidInput } from "../errors/mod.ts";
import { copyJson } from "../formats/json/copy.ts";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import type { IntentRequest } from "../schema/intent.ts";
import type { Digest } from "../signing/mod.ts";
import type { VerdictExit } from "./decision_outcome.ts";
import { tokenObjects } from "../tokens/given_token.ts";
import {
  type CallResult,
  type ClosedGate,
  type OpenGate,
  openGate,
  type OpenGateEffects,
  type Reported,
} from "./open.ts";
import type { GateOptions } from "./options.ts";
import type { Verdict } from "../schema/verdict.ts";

/** Options for deciding a call. */
export interface CallOptions {
  /** Evidence of the context that the call was made in. */
  readonly contextEnvelope?: JsonObject;
  /** Tokens of `gait approve`. */
  readonly approvalTokens?: readonly JsonObject[];
  /** Tokens of `gait delegate mint`. */
  readonly delegationTokens?: readonly JsonObject[];
  /** Correlation id in the trace of this call. */
  readonly correlationId?: string;
}

/** A decision. Only `allow` and `dry_run` have exit code 0; with `dry_run` the call must have no effect. */
export interface GateDecision {
  /** The verdict. */
  readonly verdict: Verdict;
  /** The exit code of `gait gate eval`: 0, 3 (block) or 4 (approval required). */
  readonly exitCode: VerdictExit;
  /** Reason codes, sorted and unique. */
  readonly reasonCodes: readonly string[];
  /** Violations, sorted and unique. */
  readonly violations: readonly string[];
  /** With `require_approval`: the scope that an approval must have. */
  readonly requiredScope?: readonly string[];
  /** Names of the deciding rules, joined by commas; empty when no rule matched. */
  readonly matchedRule: string;
  /** Digest of the intent; an approval binds to it. */
  readonly intentDigest: Digest;
  /** Digest of the policy in its normal form. */
  readonly policyDigest: Digest;
  /** Id of the trace: 24 hex digits. */
  readonly traceId: string;
  /** Path of the trace; empty without `traceDir`. */
  readonly tracePath: string;
  /** The content of the trace file. */
  readonly trace?: Uint8Array<ArrayBuffer>;
  /** With `simulate`: the verdict that would have been enforced. */
  readonly simulatedVerdict?: Verdict;
  /** With `record`: the id of the call in the runpack, to report its result by. */
  readonly callId?: string;
  /** Warnings for the user. */
  readonly warnings: readonly string[];
}

/** A gate inside a program. */
export interface EmbeddedGate {
  /** Warnings about the options. */
  readonly warnings: readonly string[];
  /**
   * Decide a call. Calls are decided in their order; the promise resolves when the trace is durable.
   *
   * @param intent an intent request: an object of plain JSON values, its JSON text, or the bytes of that. A `Date`, a
   * `Map`, `undefined` in a list, a whole number beyond 2^53 and the like are refused, because the digest could not
   * represent them
   * @throws {GaitError} when the call can't be decided or its trace can't be written; the call must not happen then
   */
  decide(intent: IntentRequest | string | Uint8Array, options?: CallOptions): Promise<GateDecision>;
  /**
   * Record what became of a call, by the `callId` of its decision. The promise resolves when the record is durable.
   *
   * @throws {GaitError} `invalid_input` when nothing is recorded, or the call has a result
   */
  report(callId: string, result: CallResult): Promise<Reported>;
  /** Wait for accepted calls, and make all traces durable in their own files. */
  close(): Promise<ClosedGate>;
}

/**
 * Open a gate inside a program. Verdicts and trace bytes are the same as those of `gait gate eval`.
 *
 * @param open opens it, and may make more of it, such as one that records
 * @throws {GaitError} `invalid_input` for a policy, key, profile or path that can't be used
 */
export async function embedGate(
  options: GateOptions,
  effects: OpenGateEffects,
  producerVersion: string,
  open: (opening: () => Promise<OpenGate>) => Promise<OpenGate> = (opening) => opening(),
): Promise<EmbeddedGate> {
  const gate = await open(() => openGate(options, effects, producerVersion));
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
      const { decision, exit, paths, callId } = await gate.decide(call);
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
        ...(callId === undefined ? {} : { callId }),
        warnings: decision.warnings,
      };
    },
    report: async (callId, { result, ...rest }) =>
      await gate.report(callId, { ...rest, ...(result ? { result: copyOf(result, "result") } : {}) }),
    close: () => gate.close(),
  };
}

/** A private copy of an object of the caller, as JSON. */
function copyOf(value: unknown, what: string): JsonObject {
  const copied = copyJson(value, what);
  if (!isJsonObject(copied)) throw invalidInput(`Cannot read ${what}: expected an object`);
  return copied;
}
