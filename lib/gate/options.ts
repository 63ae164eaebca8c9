import type { KeyMode, KeySources } from "../signing/mod.ts";
import type { BrokerOptions } from "./broker/config.ts";
import type { Profile } from "./profile/profile.ts";

/** Where a key is: a file, or an environment variable that holds it. */
export interface KeySource {
  /** Path of the key file. */
  readonly file?: string | undefined;
  /** Name of the variable that holds the text of the key file. */
  readonly env?: string | undefined;
}

/** Where a key to verify with is: a public one, or a private one whose public half verifies. */
export interface VerifyKeySource extends KeySource {
  /** Path of a private key file. */
  readonly privateFile?: string | undefined;
  /** Name of the variable that holds the text of a private key file. */
  readonly privateEnv?: string | undefined;
}

/** How a gate is set up, by a program or by flags. Paths are absolute or relative to the working folder. */
export interface GateOptions {
  /** The policy file. A gate that stays open reads it again when it changes. */
  readonly policy: string;
  /** `standard` unless given. */
  readonly profile?: Profile | undefined;
  /** Keys that sign and that verify. */
  readonly keys?: {
    /** `prod` signs with the given key, `dev` with a fresh one; `prod` when `signing` is given, else `dev`. */
    readonly mode?: KeyMode | undefined;
    /** Private key that signs the traces; without one a fresh key signs, and nobody can verify it later. */
    readonly signing?: KeySource | undefined;
    /** Public key that verifies approvals. */
    readonly approval?: VerifyKeySource | undefined;
    /** Public key that verifies delegations; that of approvals unless given. */
    readonly delegation?: VerifyKeySource | undefined;
    /** Folder of one public key an approver, `<identity>.key`, instead of one for all. */
    readonly approvers?: string | undefined;
    /** Public key that verifies scripts approved beforehand; that of approvals unless given. */
    readonly approvedScripts?: VerifyKeySource | undefined;
  };
  /** Of a gate that stays open: the folder of the signed traces. Without one nothing is signed or written. */
  readonly traceDir?: string | undefined;
  /** Where calls are counted; `.gait-out/gate_rate_limits.json` unless given. */
  readonly rateLimitState?: string | undefined;
  /** How approvals are taken. */
  readonly approvals?: {
    /** Every approval counts once. */
    readonly singleUse?: boolean;
    /** Nobody approves a call of their own. */
    readonly refuseSelfApproval?: boolean;
    /** How long an approval may hold at most, e.g. `24h`, or nanoseconds. */
    readonly maxTtl?: string | bigint | undefined;
    /** Folder of used approvals; `approval_ledger` beside the counters unless given. */
    readonly ledger?: string | undefined;
  };
  /** Who releases the credentials that rules demand; nobody unless given. */
  readonly broker?: BrokerOptions;
  /** What is known about tools. */
  readonly inventory?: string | undefined;
  /** Scripts that were approved beforehand. */
  readonly approvedScriptRegistry?: string | undefined;
  /** Say what would be decided, and let everything pass. */
  readonly simulate?: boolean;
  /** Of a gate that stays open: the id that all traces bear, unless a call brings its own. */
  readonly correlationId?: string | undefined;
}

/** What key sources are called in {@linkcode VerifyKeySource}. */
export const VERIFY_KEY_FIELDS: Readonly<Record<string, keyof VerifyKeySource>> = {
  publicKey: "file",
  publicKeyEnv: "env",
  privateKey: "privateFile",
  privateKeyEnv: "privateEnv",
};

/** The sources of a key to verify with. */
export function verifyKeySources({ file, env, privateFile, privateEnv }: VerifyKeySource): KeySources {
  return { publicKey: file, publicKeyEnv: env, privateKey: privateFile, privateKeyEnv: privateEnv };
}
