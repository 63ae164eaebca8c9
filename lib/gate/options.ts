import type { KeyMode, KeySources } from "../signing/mod.ts";
import type { BrokerOptions } from "./broker/config.ts";
import type { Profile } from "./profile/profile.ts";

/** The source of a key: a file, or an environment variable. */
export interface KeySource {
  /** Path of the key file. */
  readonly file?: string | undefined;
  /** Name of the variable that holds the text of the key file. */
  readonly env?: string | undefined;
}

/** The source of a verification key: a public key, or a private key whose public half is used. */
export interface VerifyKeySource extends KeySource {
  /** Path of a private key file. */
  readonly privateFile?: string | undefined;
  /** Name of the variable that holds the text of a private key file. */
  readonly privateEnv?: string | undefined;
}

/** Options for loading a gate, from a program or from flags. Paths are absolute or relative to the working folder. */
export interface GateOptions {
  /** The policy file. An open gate reads it again when it changes. */
  readonly policy: string;
  /** `standard` unless given. */
  readonly profile?: Profile | undefined;
  /** Signing and verification keys. */
  readonly keys?: {
    /** `prod` signs with the given key, `dev` with a fresh one; `prod` when `signing` is given, else `dev`. */
    readonly mode?: KeyMode | undefined;
    /** Private key that signs the traces; by default a fresh key, whose signatures can't be verified later. */
    readonly signing?: KeySource | undefined;
    /** Public key that verifies approvals. */
    readonly approval?: VerifyKeySource | undefined;
    /** Public key that verifies delegations; default: the one of approvals. */
    readonly delegation?: VerifyKeySource | undefined;
    /** Folder with one public key per approver, `<identity>.key`, instead of one for all. */
    readonly approvers?: string | undefined;
    /** Public key that verifies approved scripts; default: the one of approvals. */
    readonly approvedScripts?: VerifyKeySource | undefined;
  };
  /** For an open gate: the folder of the signed traces. Without it nothing is signed or written. */
  readonly traceDir?: string | undefined;
  /** Rate limit state file; default: `.gait-out/gate_rate_limits.json`. */
  readonly rateLimitState?: string | undefined;
  /** Limits on approvals. */
  readonly approvals?: {
    /** Every approval can be used once. */
    readonly singleUse?: boolean;
    /** Requesters can't approve their own calls. */
    readonly refuseSelfApproval?: boolean;
    /** Longest lifetime of an approval, e.g. `24h`, or nanoseconds. */
    readonly maxTtl?: string | bigint | undefined;
    /** Folder of used approvals; default: `approval_ledger` in the folder of the rate limit state. */
    readonly ledger?: string | undefined;
  };
  /** Broker that issues the credentials that rules demand; default: none. */
  readonly broker?: BrokerOptions;
  /** Inventory of tools. */
  readonly inventory?: string | undefined;
  /** Registry of approved scripts. */
  readonly approvedScriptRegistry?: string | undefined;
  /** Report what would be decided, and let everything pass. */
  readonly simulate?: boolean;
  /** For an open gate: correlation id of all traces of calls without an id of their own. */
  readonly correlationId?: string | undefined;
}

/** The fields of {@linkcode VerifyKeySource} by the names of key sources. */
export const VERIFY_KEY_FIELDS: Readonly<Record<string, keyof VerifyKeySource>> = {
  publicKey: "file",
  publicKeyEnv: "env",
  privateKey: "privateFile",
  privateKeyEnv: "privateEnv",
};

/** The key sources of a verification key. */
export function verifyKeySources({ file, env, privateFile, privateEnv }: VerifyKeySource): KeySources {
  return { publicKey: file, publicKeyEnv: env, privateKey: privateFile, privateKeyEnv: privateEnv };
}
