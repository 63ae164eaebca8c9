import { BROKER_KINDS } from "../gate/broker/config.ts";
import { type CallOptions, type EmbeddedGate, embedGate, type GateDecision } from "../gate/embed.ts";
import type { GateOptions, KeySource, VerifyKeySource } from "../gate/options.ts";
import type { CallResult, ClosedGate, Reported } from "../gate/open.ts";
import { CAPTURE_MODES } from "../runpack/capture_mode.ts";
import { recordGate, type RecordingOptions } from "../runpack/recording/recorded_gate.ts";
import { PROFILES } from "../gate/profile/profile.ts";
import type { IntentRequest } from "./intent_request.ts";
import { VERSION } from "../version.ts";
import { KEY_MODES } from "../signing/mod.ts";
import { checkContent, checkOptions, checkText, type Shape } from "./arguments.ts";
import { withLibraryErrors } from "./errors.ts";
import { openedEffects } from "./effects.ts";

/** A gate in this process, from {@linkcode openGate}. */
export interface Gate {
  /** Warnings about the configuration, e.g. that traces are signed with an ephemeral key. */
  readonly warnings: readonly string[];
  /**
   * Decide a call. Calls are decided in order; the promise resolves after the trace is durable.
   *
   * @param intent the call: a plain JSON object, its JSON text, or the bytes of the text
   * @throws {GaitError} `invalid_input` for an intent or token that can't be read; `policy_blocked`,
   * `dependency_missing` or `io_failure` when it can't be decided or proved. In each case the call must not be made
   */
  decide(intent: IntentRequest | string | Uint8Array, options?: CallOptions): Promise<GateDecision>;
  /**
   * Record what became of a call, with `record`; `withoutAllow` in the answer says that the call was executed although
   * the gate did not allow it. The promise resolves after the record is durable.
   *
   * @param callId that of the decision
   * @throws {GaitError} `invalid_input` when nothing is recorded, no decision has this id, or it has a result
   */
  report(callId: string, result: CallResult): Promise<Reported>;
  /** Finish accepted calls, write all traces to their own files, and the runpack when the calls are recorded. */
  close(): Promise<ClosedGate>;
}

/** Options of {@linkcode openGate}. */
export interface OpenGateOptions extends GateOptions {
  /**
   * Record the calls and their results as a runpack, which {@linkcode Gate.close} writes. After a crash the next start
   * with the same file, or `gait run recover`, makes the runpack of what was recorded.
   */
  readonly record?: RecordingOptions;
}

const KEY_SOURCE: Shape<KeySource> = { file: "text", env: "text" };
const VERIFY_KEY_SOURCE: Shape<VerifyKeySource> = { ...KEY_SOURCE, privateFile: "text", privateEnv: "text" };

const GATE_OPTIONS: Shape<OpenGateOptions> = {
  policy: "text",
  profile: PROFILES,
  keys: {
    mode: KEY_MODES,
    signing: KEY_SOURCE,
    approval: VERIFY_KEY_SOURCE,
    delegation: VERIFY_KEY_SOURCE,
    approvers: "text",
    approvedScripts: VERIFY_KEY_SOURCE,
  },
  traceDir: "text",
  rateLimitState: "text",
  approvals: { singleUse: "switch", refuseSelfApproval: "switch", maxTtl: "duration", ledger: "text" },
  broker: {
    kind: BROKER_KINDS,
    envPrefix: "text",
    command: "text",
    commandArgs: "texts",
    reference: "text",
    scopes: "texts",
  },
  inventory: "text",
  approvedScriptRegistry: "text",
  simulate: "switch",
  record: { file: "text", runId: "text", captureMode: CAPTURE_MODES },
  correlationId: "text",
};

const CALL_RESULT: Shape<CallResult> = { status: "text", result: "object", resultDigest: "text" };

const CALL_OPTIONS: Shape<CallOptions> = {
  contextEnvelope: "object",
  approvalTokens: "list",
  delegationTokens: "list",
  correlationId: "text",
};

/**
 * Open a gate in this process: the verdicts, counters and trace bytes are those of `gait gate eval`. The policy is read
 * again when its file changes. Relative paths count from the working folder of this moment, wherever it goes later. Needs
 * the permission to read, to write with `traceDir` or rules that count calls, the environment for keys from variables,
 * and to run programs with `broker.command`.
 *
 * @example
 * ```ts
 * import { openGate } from "@gait/gait";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/policy.yaml`, "default_verdict: block\nrules: []\n");
 * const gate = await openGate({ policy: `${folder}/policy.yaml`, traceDir: `${folder}/traces` });
 * const { verdict, reasonCodes } = await gate.decide({
 *   tool_name: "fs.delete",
 *   targets: [{ kind: "path", value: "/srv/data", operation: "delete" }],
 *   context: { identity: "agent-7", workspace: "/srv", risk_class: "high" },
 * });
 * if (verdict !== "allow") console.log("Not allowed:", reasonCodes.join(", "));
 * await gate.close();
 * ```
 *
 * @throws {GaitError} `invalid_input` for a policy, key, profile or path that can't be used; `dependency_missing` when
 * this program lacks a permission
 */
export async function openGate(options: OpenGateOptions): Promise<Gate> {
  checkOptions("options", options, GATE_OPTIONS);
  checkText("policy", options.policy);
  const { record, ...rest } = options;
  const effects = openedEffects();
  const gate = await withLibraryErrors(() =>
    embedGate(rest, effects, VERSION, async (open) => {
      if (!record) return await open();
      checkText("record.file", record.file);
      return (await recordGate(record, open, effects, VERSION)).gate;
    })
  );
  return {
    warnings: gate.warnings,
    decide: (intent, call = {}) =>
      withLibraryErrors(() => {
        checkContent("intent", intent);
        checkOptions("options", call, CALL_OPTIONS);
        return gate.decide(intent as Parameters<EmbeddedGate["decide"]>[0], call);
      }),
    report: (callId, result) =>
      withLibraryErrors(() => {
        checkText("callId", callId);
        checkOptions("result", result, CALL_RESULT);
        return gate.report(callId, result);
      }),
    close: () => withLibraryErrors(() => gate.close()),
  };
}
