import type { CallOptions, GateDecision } from "../../../lib/gate/embed.ts";
import type { IntentRequest } from "../../../lib/library/intent_request.ts";

/** A decision, as an open gate answers it. */
export type GateAnswer = Omit<GateDecision, "trace" | "simulatedVerdict">;

/** Options for deciding a call. */
export interface ClientCallOptions extends Omit<CallOptions, "correlationId"> {
  /** Milliseconds until it fails; those of the gate unless given. */
  readonly timeout?: number;
}

/** A gate in this process, in one of its own, or at a socket. */
export interface ClientGate {
  /** Where it is: `this process`, the command or the socket. */
  readonly where: string;
  /**
   * Decide a call.
   *
   * @throws {GaitError} when it can't be decided in time; the call must not be made then
   */
  decide(intent: IntentRequest, options?: ClientCallOptions): Promise<GateAnswer>;
  /** End it. Calls on their way get two seconds for their answers; later ones fail. */
  close(): Promise<void>;
}

/** The gate to use. */
export interface ClientGateOptions {
  /** The policy; needed unless a socket is used. */
  readonly policy?: string;
  /** A gate that listens there decides, by its own policy; `GAIT_GATE_SOCKET` unless given. */
  readonly socket?: string;
  /**
   * The executable, with arguments in front if need be; `GAIT_BIN` unless given. Without either the gate runs in this
   * process, unless `cwd` or `flags` needs an executable, which is then `gait`.
   */
  readonly gaitBin?: string | readonly string[];
  /** Working folder of the executable. */
  readonly cwd?: string;
  /** Folder of the traces; `gait-out/traces` unless given. */
  readonly traceDir?: string;
  /** `prod` signs traces with `privateKey`, `dev` with a fresh key. */
  readonly keyMode?: "dev" | "prod";
  /** File of the key that signs traces. */
  readonly privateKey?: string;
  /** File of the key that approvals are verified with. */
  readonly approvalPublicKey?: string;
  /** Further flags of `gait gate stream` by name, such as `{ profile: "oss-prod" }`. */
  readonly flags?: Readonly<Record<string, string | true>>;
  /** Milliseconds until a call without an answer fails: 30000 unless given. */
  readonly timeout?: number;
  /** Answers under another policy fail; of worth with a socket above all. */
  readonly expectPolicyDigest?: string;
}
