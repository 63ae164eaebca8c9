import { invalidInput } from "../errors/mod.ts";
import { parseDuration } from "../formats/duration.ts";
import { copyJson } from "../formats/json/copy.ts";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import type { IntentRequest } from "../schema/intent.ts";
import type { Digest, KeySources } from "../signing/mod.ts";
import type { VerdictExit } from "./decision_outcome.ts";
import { tokenObjects } from "../tokens/given_token.ts";
import { openGate, type OpenGateEffects, type OpenSettings } from "./open.ts";
import type { Verdict } from "../schema/verdict.ts";

/** Where a key is: a file, or an environment variable that holds it. */
export interface KeySource {
  /** Path of the key file. */
  readonly file?: string;
  /** Name of the variable that holds the text of the key file. */
  readonly env?: string;
}

/** How a program opens a gate. Paths are absolute or relative to the working folder. */
export interface GateOptions {
  /** The policy file. It is read again when it changes. */
  readonly policy: string;
  /** `standard` unless given. */
  readonly profile?: "standard" | "oss-prod";
  /** Keys that sign and that verify. */
  readonly keys?: {
    /** Private key that signs the traces; without one a fresh key signs, and nobody can verify it later. */
    readonly signing?: KeySource;
    /** Public key that verifies approvals. */
    readonly approval?: KeySource;
    /** Public key that verifies delegations; that of approvals unless given. */
    readonly delegation?: KeySource;
    /** Folder of one public key an approver, `<identity>.key`, instead of one for all. */
    readonly approvers?: string;
    /** Public key that verifies scripts approved beforehand; that of approvals unless given. */
    readonly approvedScripts?: KeySource;
  };
  /** Folder of the signed traces. Without one nothing is signed or written. */
  readonly traceDir?: string;
  /** Where calls are counted; `.gait-out/gate_rate_limits.json` unless given. */
  readonly rateLimitState?: string;
  /** How approvals are taken. */
  readonly approvals?: {
    /** Every approval counts once. */
    readonly singleUse?: boolean;
    /** Nobody approves a call of their own. */
    readonly refuseSelfApproval?: boolean;
    /** How long an approval may hold at most, e.g. `24h`. */
    readonly maxTtl?: string;
    /** Folder of used approvals; `approval_ledger` beside the counters unless given. */
    readonly ledger?: string;
  };
  /** Who releases the credentials that rules demand; `off` unless given. */
  readonly broker?: {
    readonly kind: "off" | "stub" | "env" | "command";
    readonly envPrefix?: string;
    readonly command?: string;
    readonly commandArgs?: readonly string[];
  };
  /** What is known about tools. */
  readonly inventory?: string;
  /** Scripts that were approved beforehand. */
  readonly approvedScriptRegistry?: string;
  /** Say what would be decided, and let everything pass. */
  readonly simulate?: boolean;
  /** The id that all traces bear, unless a call brings its own. */
  readonly correlationId?: string;
}

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
  const gate = await openGate(openSettings(options, producerVersion), effects);
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
        tracePath: paths.trace,
        ...(decision.trace ? { trace: decision.trace } : {}),
        ...(decision.outcome.simulated ? { simulatedVerdict: decision.outcome.simulated.verdict } : {}),
        warnings: decision.warnings,
      };
    },
    close: () => gate.close(),
  };
}

/** The set-up that options come to. */
export function openSettings(options: GateOptions, producerVersion: string): OpenSettings {
  const { keys = {}, approvals = {}, broker = { kind: "off" } } = options;
  return {
    policy: options.policy,
    profile: options.profile ?? "",
    simulate: options.simulate ?? false,
    signing: {
      keyMode: keys.signing ? "prod" : "dev",
      privateKey: keys.signing?.file,
      privateKeyEnv: keys.signing?.env,
    },
    approval: publicKey(keys.approval),
    delegation: publicKey(keys.delegation),
    approverKeys: keys.approvers ?? "",
    singleUse: approvals.singleUse ?? false,
    refuseSelfApproval: approvals.refuseSelfApproval ?? false,
    ...(approvals.maxTtl === undefined ? {} : { maxApprovalTtl: ttlOf(approvals.maxTtl) }),
    ledger: approvals.ledger ?? "",
    broker: {
      kind: broker.kind,
      envPrefix: broker.envPrefix ?? "",
      command: broker.command ?? "",
      commandArgs: [...broker.commandArgs ?? []],
    },
    credentialRef: "",
    credentialScopes: "",
    registryKeys: publicKey(keys.approvedScripts),
    limitsPath: options.rateLimitState ?? "",
    inventory: options.inventory ?? "",
    registry: options.approvedScriptRegistry ?? "",
    producerVersion,
    traceFolder: options.traceDir,
    correlationId: options.correlationId ?? "",
  };
}

function ttlOf(text: string): bigint {
  const ttl = parseDuration(text);
  if (ttl !== undefined && ttl > 0n) return ttl;
  throw invalidInput(`Cannot use approvals.maxTtl "${text}": expected a duration such as 24h`);
}

function publicKey(source: KeySource | undefined): KeySources {
  return { publicKey: source?.file, publicKeyEnv: source?.env };
}

/** An object of a program, as JSON that nobody else can change. */
function copyOf(value: unknown, what: string): JsonObject {
  const copied = copyJson(value, what);
  if (!isJsonObject(copied)) throw invalidInput(`Cannot read ${what}: expected an object`);
  return copied;
}
