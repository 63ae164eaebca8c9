import { DEFAULTS_PATH, type GateDefaults, NO_DEFAULTS } from "../../config/sections.ts";
import { readDefaults } from "../../config/read.ts";
import { BROKER_KINDS, type BrokerKind } from "../../gate/broker/config.ts";
import type { GateOptions } from "../../gate/options.ts";
import { PROFILES } from "../../gate/profile/profile.ts";
import { KEY_MODES } from "../../signing/mod.ts";
import type { Files, Needs } from "../../effects/mod.ts";
import { type GivenToken, tokenFiles } from "../../tokens/given_token.ts";
import { commaList, set, trimLower } from "../../formats/text.ts";
import { invalidInput, missingOption } from "../../errors/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { bool, choice, demand, type Flags, type FlagValues, list, path, text } from "../define.ts";
import { wordOf } from "../flags.ts";
import { keySource } from "../key_flags.ts";

/** Compatibility: the existing program also accepts `none` for `off`. */
const BROKER_WORDS = [...BROKER_KINDS, "none"] as const;

/** Flags of the gate options (docs/spec/gate.md 4.1). Project defaults fill in absent ones. */
export const gateFlags = {
  policy: path("file", "the policy"),
  profile: choice("profile", "how strict the gate is about policy and keys (default: standard)", PROFILES),
  simulate: bool("report what would be decided, and let everything pass"),
  "key-mode": choice(
    "mode",
    "prod signs traces with the given key, dev with a fresh one (default: dev)",
    KEY_MODES,
  ),
  "private-key": path("file", "private key to sign traces with"),
  "private-key-env": text("variable", "environment variable with the private key"),
  "approval-public-key": path("file", "public key to verify approvals with"),
  "approval-public-key-env": text("variable", "environment variable with that key"),
  "approval-private-key": path("file", "private key whose public half to verify approvals with"),
  "approval-private-key-env": text("variable", "environment variable with that key"),
  "approver-keys": demand(
    path("folder", "one public key per approver, <identity>.key, instead of one for all"),
  ),
  // Used approvals would stand in another ledger than those of other calls.
  "approval-ledger": demand(
    path("folder", "folder of used approvals (default: approval_ledger next to the rate limit state)"),
  ),
  "delegation-public-key": keySource(
    "file",
    "public key to verify delegations with (default: the one for approvals)",
  ),
  "delegation-public-key-env": keySource("variable", "environment variable with that key"),
  "delegation-private-key": keySource("file", "private key whose public half to verify delegations with"),
  "delegation-private-key-env": keySource("variable", "environment variable with that key"),
  // `none` is accepted, but not offered.
  "credential-broker": {
    ...choice("name", "broker that issues the credentials that rules demand (default: off)", BROKER_WORDS),
    choices: BROKER_KINDS,
  },
  "credential-env-prefix": text(
    "prefix",
    "broker env: prefix of its variables (default: GAIT_BROKER_TOKEN_)",
  ),
  "credential-ref": text("text", "reference to request instead of that of the rule"),
  "credential-scopes": list(
    "list",
    "scopes to request in addition to those of the rule, separated by commas",
  ),
  "credential-command": path("command", "broker command: the program to run, without a shell"),
  "credential-command-args": list("list", "its arguments, separated by commas"),
  "rate-limit-state": path("file", "where calls are counted (default: .gait-out/gate_rate_limits.json)"),
  "wrkr-inventory": path("file", "inventory of tools"),
  "approved-script-registry": path("file", "registry of approved scripts"),
  "approved-script-public-key": keySource(
    "file",
    "public key to verify approved scripts with (default: the one for approvals)",
  ),
  "approved-script-public-key-env": keySource("variable", "environment variable with that key"),
  config: path("file", "project defaults", { default: DEFAULTS_PATH }),
  "no-config": bool("ignore project defaults"),
};

/** The flags of the fields of {@linkcode GateOptions}. */
export const GATE_FLAG_OF: Readonly<Record<string, string>> = {
  "keys.mode": "key-mode",
  "keys.signing.file": "private-key",
  "keys.signing.env": "private-key-env",
  "keys.approval.file": "approval-public-key",
  "keys.approval.env": "approval-public-key-env",
  "keys.approval.privateFile": "approval-private-key",
  "keys.approval.privateEnv": "approval-private-key-env",
  "keys.delegation.file": "delegation-public-key",
  "keys.delegation.env": "delegation-public-key-env",
  "keys.delegation.privateFile": "delegation-private-key",
  "keys.delegation.privateEnv": "delegation-private-key-env",
  "keys.approvedScripts.file": "approved-script-public-key",
  "keys.approvedScripts.env": "approved-script-public-key-env",
  "broker.command": "credential-command",
  inventory: "wrkr-inventory",
};

type Values = FlagValues<typeof gateFlags>;

/** The project defaults selected by the flags. */
export async function defaultsOf(
  flags: Pick<Values, "config" | "no-config">,
  files: Files,
): Promise<GateDefaults> {
  return flags["no-config"] ? NO_DEFAULTS.gate : (await readDefaults(files, flags.config)).gate;
}

/** Flags of the tokens that come with a call (docs/spec/tokens.md 3.1). */
export const tokenFlags = {
  "approval-token": path("file", "approval token"),
  "approval-token-chain": list("list", "further approval tokens, separated by commas"),
  "delegation-token": path("file", "delegation token"),
  "delegation-token-chain": list("list", "further delegation tokens, separated by commas"),
};

/** Paths of the tokens of a flag and of its chain flag. */
export function tokenPaths(first: string | undefined, chain: readonly string[]): string[] {
  return set([...first === undefined ? [] : [first], ...chain]);
}

/** The tokens of the flags; each is read only when a decision depends on it. */
export function givenTokens(
  flags: FlagValues<typeof tokenFlags>,
  files: Files,
): Readonly<Record<"approvals" | "delegations", readonly GivenToken[]>> {
  return {
    approvals: tokenFiles(tokenPaths(flags["approval-token"], flags["approval-token-chain"]), files),
    delegations: tokenFiles(tokenPaths(flags["delegation-token"], flags["delegation-token-chain"]), files),
  };
}

/** A project default that is one of a few words; `undefined` when absent. */
function defaultWord<W extends string>(
  defaults: GateDefaults,
  key: "profile" | "key_mode" | "credential_broker",
  words: readonly W[],
): W | undefined {
  const given = defaults[key];
  return given === undefined ? undefined : wordOf(trimLower(given), `project default "gate.${key}"`, words);
}

/**
 * The longest lifetime of approvals in a project. A mistyped value is an error, because ignoring it would remove the
 * limit.
 */
function maxTtl({ max_approval_ttl: given }: GateDefaults): bigint | undefined {
  if (given === undefined) return undefined;
  const nanoseconds = parseDuration(given);
  if (nanoseconds !== undefined && nanoseconds > 0n) return nanoseconds;
  throw invalidInput(
    `Cannot use project default "gate.max_approval_ttl": "${given}" is not a positive duration`,
  );
}

type ApprovalFlag =
  | "approval-public-key"
  | "approval-public-key-env"
  | "approval-private-key"
  | "approval-private-key-env"
  | "approver-keys"
  | "approval-ledger"
  | "rate-limit-state";

/** The options about approvals that all commands with approvals share (docs/configuration.md). */
export function approvalOptions(flags: Partial<Pick<Values, ApprovalFlag>>, defaults: GateDefaults) {
  return {
    keys: {
      approval: {
        file: flags["approval-public-key"] ?? defaults.approval_public_key,
        env: flags["approval-public-key-env"] ?? defaults.approval_public_key_env,
        privateFile: flags["approval-private-key"] ?? defaults.approval_private_key,
        privateEnv: flags["approval-private-key-env"] ?? defaults.approval_private_key_env,
      },
      approvers: flags["approver-keys"] ?? defaults.approver_keys,
    },
    approvals: {
      singleUse: defaults.single_use_approvals ?? false,
      refuseSelfApproval: defaults.refuse_self_approval ?? false,
      maxTtl: maxTtl(defaults),
      ledger: flags["approval-ledger"] ?? defaults.approval_ledger,
    },
    rateLimitState: flags["rate-limit-state"] ?? defaults.rate_limit_state,
  };
}

/** How strict the gate is. */
export function profileOf({ profile }: Pick<Values, "profile">, defaults: GateDefaults) {
  return profile ?? defaultWord(defaults, "profile", PROFILES);
}

type BrokerFlag =
  | "credential-broker"
  | "credential-env-prefix"
  | "credential-command"
  | "credential-command-args"
  | "credential-ref"
  | "credential-scopes";

/** The broker that issues the credentials that rules demand. */
export function brokerOptions(flags: Pick<Values, BrokerFlag>, defaults: GateDefaults) {
  return {
    kind: brokerKind(
      flags["credential-broker"] ?? defaultWord(defaults, "credential_broker", BROKER_WORDS),
    ),
    envPrefix: flags["credential-env-prefix"] ?? defaults.credential_env_prefix,
    command: flags["credential-command"] ?? defaults.credential_command,
    commandArgs: listOr(flags["credential-command-args"], defaults.credential_command_args),
    reference: flags["credential-ref"] ?? defaults.credential_ref,
    scopes: listOr(flags["credential-scopes"], defaults.credential_scopes),
  };
}

/** The values of flags that nobody gave. */
export function absentFlags<F extends Flags>(flags: F): FlagValues<F> {
  const absent = Object.entries(flags).map(([name, flag]) => [
    name,
    flag.kind === "bool" ? flag.default ?? false : flag.absent,
  ]);
  return Object.fromEntries(absent) as FlagValues<F>;
}

/** The gate options of flags and project defaults. */
export function gateOptions(flags: Values, defaults: GateDefaults): GateOptions {
  const approval = approvalOptions(flags, defaults);
  return {
    policy: flags.policy ?? defaults.policy ?? missingPolicy(flags["no-config"]),
    profile: profileOf(flags, defaults),
    simulate: flags.simulate,
    ...approval,
    keys: {
      ...approval.keys,
      mode: flags["key-mode"] ?? defaultWord(defaults, "key_mode", KEY_MODES) ?? "dev",
      signing: {
        file: flags["private-key"] ?? defaults.private_key,
        env: flags["private-key-env"] ?? defaults.private_key_env,
      },
      delegation: {
        file: flags["delegation-public-key"],
        env: flags["delegation-public-key-env"],
        privateFile: flags["delegation-private-key"],
        privateEnv: flags["delegation-private-key-env"],
      },
      approvedScripts: {
        file: flags["approved-script-public-key"],
        env: flags["approved-script-public-key-env"],
      },
    },
    broker: brokerOptions(flags, defaults),
    inventory: flags["wrkr-inventory"] ?? defaults.wrkr_inventory_path,
    approvedScriptRegistry: flags["approved-script-registry"],
  };
}

function missingPolicy(noConfig: boolean): never {
  throw missingOption(
    "policy",
    (name) =>
      noConfig ? `Give it: ${name("policy")} <file>` : "Give the policy, or name it in .gait/config.yaml",
  );
}

function brokerKind(word: typeof BROKER_WORDS[number] = "off"): BrokerKind {
  return word === "none" ? "off" : word;
}

function listOr(given: readonly string[], fallback: string | undefined): readonly string[] {
  return given.length > 0 ? given : commaList(fallback ?? "");
}

/** Drop the permission to run programs unless the broker is a command, before policies and intents are read. */
export function keepNeeds({ broker }: GateOptions, narrow: (needs: Needs) => void): void {
  if (broker?.kind !== "command") narrow({ read: true, write: true, env: true });
}
