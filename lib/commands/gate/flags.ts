import { DEFAULTS_PATH, type GateDefaults, NO_DEFAULTS } from "../../gate/defaults/fields.ts";
import { readDefaults } from "../../gate/defaults/read.ts";
import type { GateSettings } from "../../gate/load.ts";
import type { Files, Needs } from "../../effects/mod.ts";
import { tokenFiles } from "../../tokens/given_token.ts";
import { set, trim, trimLower } from "../../formats/text.ts";
import { invalidInput } from "../../errors/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { blankText, bool, choice, type FlagValues } from "../define.ts";
import { wordOf } from "../flags.ts";
import { keySource } from "../key_flags.ts";
import type { KeyMode } from "../../signing/mod.ts";

const KEY_MODES = ["dev", "prod"] as const;

/** Flags that set a gate up (docs/spec/gate.md 4.1). Project defaults fill those that are blank. */
export const gateFlags = {
  policy: blankText("file", "the policy"),
  profile: blankText("profile", "what the gate demands of its own set-up (default standard)", {
    choices: ["standard", "oss-prod"],
  }),
  simulate: bool("say what would be decided, and let everything pass"),
  "key-mode": choice(
    "mode",
    "prod signs traces with the given key, dev with a fresh one (default dev)",
    KEY_MODES,
  ),
  "private-key": blankText("file", "private key to sign traces with"),
  "private-key-env": blankText("variable", "environment variable that holds the private key"),
  "approval-public-key": blankText("file", "public key to verify approvals with"),
  "approval-public-key-env": blankText("variable", "environment variable that holds it"),
  "approval-private-key": blankText("file", "private key whose public half verifies approvals"),
  "approval-private-key-env": blankText("variable", "environment variable that holds it"),
  "approver-keys": blankText(
    "folder",
    "public keys of the approvers, <identity>.key each, instead of one for all",
  ),
  "approval-ledger": blankText(
    "folder",
    "where used approvals are kept (default approval_ledger beside the counts)",
  ),
  "delegation-public-key": keySource("file", "public key to verify delegations with; else that of approvals"),
  "delegation-public-key-env": keySource("variable", "environment variable that holds it"),
  "delegation-private-key": keySource("file", "private key whose public half verifies delegations"),
  "delegation-private-key-env": keySource("variable", "environment variable that holds it"),
  "credential-broker": blankText("name", "who releases the credentials that rules demand (default off)", {
    choices: ["off", "stub", "env", "command"],
  }),
  "credential-env-prefix": blankText(
    "prefix",
    "broker env: begin of its variables (default GAIT_BROKER_TOKEN_)",
  ),
  "credential-ref": blankText("text", "what to ask the broker for, instead of what the rule says"),
  "credential-scopes": blankText("list", "scopes to ask for beside those of the rule, separated by commas"),
  "credential-command": blankText("command", "broker command: the program to run, without a shell"),
  "credential-command-args": blankText("list", "its arguments, separated by commas"),
  "rate-limit-state": blankText("file", "where calls are counted (default .gait-out/gate_rate_limits.json)"),
  "wrkr-inventory": blankText("file", "what is known about tools"),
  "approved-script-registry": blankText("file", "scripts that were approved beforehand"),
  "approved-script-public-key": keySource("file", "public key to verify them with; else that of approvals"),
  "approved-script-public-key-env": keySource("variable", "environment variable that holds it"),
  config: blankText("file", "project defaults", { default: DEFAULTS_PATH }),
  "no-config": bool("do without project defaults"),
};

/** The mode that the project says. */
function keyModeOf({ key_mode: word }: GateDefaults): KeyMode | undefined {
  return word === "" ? undefined : wordOf(trimLower(word), 'project default "gate.key_mode"', KEY_MODES);
}

type Values = FlagValues<typeof gateFlags>;

/** The project defaults that the flags name. */
export async function defaultsOf(
  flags: Pick<Values, "config" | "no-config">,
  files: Files,
): Promise<GateDefaults> {
  return flags["no-config"] ? NO_DEFAULTS : await readDefaults(files, flags.config);
}

/** Flags of the tokens that come with a call (docs/spec/tokens.md 3.1). */
export const tokenFlags = {
  "approval-token": blankText("file", "token of approval"),
  "approval-token-chain": blankText("list", "further tokens of approval, separated by commas"),
  "delegation-token": blankText("file", "token of delegation"),
  "delegation-token-chain": blankText("list", "further tokens of delegation, separated by commas"),
};

/** Paths of all tokens that flags name. */
export function tokenPaths(flags: FlagValues<typeof tokenFlags>): string[] {
  const { "approval-token-chain": approvals, "delegation-token-chain": delegations } = flags;
  return set([
    ...[flags["approval-token"], ...approvals.split(",")],
    ...[flags["delegation-token"], ...delegations.split(",")],
  ]);
}

/** The tokens that flags name; each is read when a decision depends on it. */
export function givenTokens(flags: FlagValues<typeof tokenFlags>, files: Files) {
  const of = (first: string, chain: string) => tokenFiles(set([first, ...chain.split(",")]), files);
  return {
    approvals: of(flags["approval-token"], flags["approval-token-chain"]),
    delegations: of(flags["delegation-token"], flags["delegation-token-chain"]),
  };
}

/** The limit of a project on the life of approvals. Who mistypes it must not lose it. */
function maxTtl(value: string): { maxApprovalTtl?: bigint } {
  if (value === "") return {};
  const maxApprovalTtl = parseDuration(value);
  if (maxApprovalTtl !== undefined && maxApprovalTtl > 0n) return { maxApprovalTtl };
  throw invalidInput(
    `Cannot use project default "gate.max_approval_ttl": "${value}" is no positive duration`,
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

/** Whose approvals count and how often: what all commands that take approvals share (docs/configuration.md). */
export function approvalSettings(flags: Partial<Pick<Values, ApprovalFlag>>, defaults: GateDefaults) {
  const or = (name: ApprovalFlag, fallback: string) => {
    const given = flags[name] ?? "";
    return trim(given) === "" ? fallback : given;
  };
  return {
    approval: {
      publicKey: or("approval-public-key", defaults.approval_public_key) || undefined,
      publicKeyEnv: or("approval-public-key-env", defaults.approval_public_key_env) || undefined,
      privateKey: or("approval-private-key", defaults.approval_private_key) || undefined,
      privateKeyEnv: or("approval-private-key-env", defaults.approval_private_key_env) || undefined,
    },
    approverKeys: or("approver-keys", defaults.approver_keys),
    singleUse: defaults.single_use_approvals,
    refuseSelfApproval: defaults.refuse_self_approval,
    ...maxTtl(defaults.max_approval_ttl),
    ledger: or("approval-ledger", defaults.approval_ledger),
    limitsPath: or("rate-limit-state", defaults.rate_limit_state),
  };
}

/** The set-up that flags and project defaults come to. */
export function gateSettings(flags: Values, defaults: GateDefaults, producerVersion: string): GateSettings {
  const or = (given: string, fallback: string) => trim(given) === "" ? fallback : given;
  return {
    policy: or(flags.policy, defaults.policy),
    profile: or(flags.profile, defaults.profile),
    simulate: flags.simulate,
    signing: {
      keyMode: flags["key-mode"] ?? keyModeOf(defaults),
      privateKey: or(flags["private-key"], defaults.private_key) || undefined,
      privateKeyEnv: or(flags["private-key-env"], defaults.private_key_env) || undefined,
    },
    ...approvalSettings(flags, defaults),
    delegation: {
      publicKey: flags["delegation-public-key"],
      publicKeyEnv: flags["delegation-public-key-env"],
      privateKey: flags["delegation-private-key"],
      privateKeyEnv: flags["delegation-private-key-env"],
    },
    broker: {
      kind: or(flags["credential-broker"], defaults.credential_broker),
      envPrefix: or(flags["credential-env-prefix"], defaults.credential_env_prefix),
      command: or(flags["credential-command"], defaults.credential_command),
      commandArgs: or(flags["credential-command-args"], defaults.credential_command_args),
    },
    credentialRef: or(flags["credential-ref"], defaults.credential_ref),
    credentialScopes: or(flags["credential-scopes"], defaults.credential_scopes),
    inventory: or(flags["wrkr-inventory"], defaults.wrkr_inventory_path),
    registry: or(flags["approved-script-registry"], ""),
    registryKeys: {
      publicKey: flags["approved-script-public-key"],
      publicKeyEnv: flags["approved-script-public-key-env"],
    },
    producerVersion,
  };
}

/**
 * Give up the right to start programs unless a command is the broker: policies and intents are read without it.
 */
export function keepNeeds({ broker }: GateSettings, narrow: (needs: Needs) => void): void {
  if (trimLower(broker.kind) !== "command") narrow({ read: true, write: true, env: true });
}
