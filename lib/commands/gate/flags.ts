import { DEFAULTS_PATH, type GateDefaults, NO_DEFAULTS } from "../../gate/defaults/fields.ts";
import { readDefaults } from "../../gate/defaults/read.ts";
import { BROKER_KINDS, type BrokerKind } from "../../gate/broker/config.ts";
import type { GateOptions } from "../../gate/options.ts";
import { PROFILES } from "../../gate/profile/profile.ts";
import { KEY_MODES } from "../../signing/mod.ts";
import type { Files, Needs } from "../../effects/mod.ts";
import { type GivenToken, tokenFiles } from "../../tokens/given_token.ts";
import { commaList, set, trimLower } from "../../formats/text.ts";
import { invalidInput, missingOption } from "../../errors/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { bool, choice, type FlagValues, list, text } from "../define.ts";
import { wordOf } from "../flags.ts";
import { keySource } from "../key_flags.ts";

/** The existing program also knows `none`, which is another word for `off`. */
const BROKER_WORDS = [...BROKER_KINDS, "none"] as const;

/** Flags that set a gate up (docs/spec/gate.md 4.1). Project defaults fill those that are not given. */
export const gateFlags = {
  policy: text("file", "the policy"),
  profile: choice("profile", "what the gate demands of its own set-up (default standard)", PROFILES),
  simulate: bool("say what would be decided, and let everything pass"),
  "key-mode": choice(
    "mode",
    "prod signs traces with the given key, dev with a fresh one (default dev)",
    KEY_MODES,
  ),
  "private-key": text("file", "private key to sign traces with"),
  "private-key-env": text("variable", "environment variable that holds the private key"),
  "approval-public-key": text("file", "public key to verify approvals with"),
  "approval-public-key-env": text("variable", "environment variable that holds it"),
  "approval-private-key": text("file", "private key whose public half verifies approvals"),
  "approval-private-key-env": text("variable", "environment variable that holds it"),
  "approver-keys": text(
    "folder",
    "public keys of the approvers, <identity>.key each, instead of one for all",
  ),
  "approval-ledger": text(
    "folder",
    "where used approvals are kept (default approval_ledger beside the counts)",
  ),
  "delegation-public-key": keySource("file", "public key to verify delegations with; else that of approvals"),
  "delegation-public-key-env": keySource("variable", "environment variable that holds it"),
  "delegation-private-key": keySource("file", "private key whose public half verifies delegations"),
  "delegation-private-key-env": keySource("variable", "environment variable that holds it"),
  "credential-broker": {
    ...choice("name", "who releases the credentials that rules demand (default off)", BROKER_WORDS),
    choices: BROKER_KINDS,
  },
  "credential-env-prefix": text("prefix", "broker env: begin of its variables (default GAIT_BROKER_TOKEN_)"),
  "credential-ref": text("text", "what to ask the broker for, instead of what the rule says"),
  "credential-scopes": list("list", "scopes to ask for beside those of the rule, separated by commas"),
  "credential-command": text("command", "broker command: the program to run, without a shell"),
  "credential-command-args": list("list", "its arguments, separated by commas"),
  "rate-limit-state": text("file", "where calls are counted (default .gait-out/gate_rate_limits.json)"),
  "wrkr-inventory": text("file", "what is known about tools"),
  "approved-script-registry": text("file", "scripts that were approved beforehand"),
  "approved-script-public-key": keySource("file", "public key to verify them with; else that of approvals"),
  "approved-script-public-key-env": keySource("variable", "environment variable that holds it"),
  config: text("file", "project defaults", { default: DEFAULTS_PATH }),
  "no-config": bool("do without project defaults"),
};

/** What the fields of {@linkcode GateOptions} are called on the command line. */
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

/** The project defaults that the flags name. */
export async function defaultsOf(
  flags: Pick<Values, "config" | "no-config">,
  files: Files,
): Promise<GateDefaults> {
  return flags["no-config"] ? NO_DEFAULTS : await readDefaults(files, flags.config);
}

/** Flags of the tokens that come with a call (docs/spec/tokens.md 3.1). */
export const tokenFlags = {
  "approval-token": text("file", "token of approval"),
  "approval-token-chain": list("list", "further tokens of approval, separated by commas"),
  "delegation-token": text("file", "token of delegation"),
  "delegation-token-chain": list("list", "further tokens of delegation, separated by commas"),
};

/** Paths of the tokens that a flag and its chain name. */
export function tokenPaths(first: string | undefined, chain: readonly string[]): string[] {
  return set([...first === undefined ? [] : [first], ...chain]);
}

/** The tokens that flags name; each is read when a decision depends on it. */
export function givenTokens(
  flags: FlagValues<typeof tokenFlags>,
  files: Files,
): Readonly<Record<"approvals" | "delegations", readonly GivenToken[]>> {
  return {
    approvals: tokenFiles(tokenPaths(flags["approval-token"], flags["approval-token-chain"]), files),
    delegations: tokenFiles(tokenPaths(flags["delegation-token"], flags["delegation-token-chain"]), files),
  };
}

/** The word that a project default is, if it says something. */
function defaultWord<W extends string>(
  defaults: GateDefaults,
  key: "profile" | "key_mode" | "credential_broker",
  words: readonly W[],
): W | undefined {
  const given = defaults[key];
  return given === undefined ? undefined : wordOf(trimLower(given), `project default "gate.${key}"`, words);
}

/** The limit of a project on the life of approvals. Who mistypes it must not lose it. */
function maxTtl({ max_approval_ttl: given }: GateDefaults): bigint | undefined {
  if (given === undefined) return undefined;
  const nanoseconds = parseDuration(given);
  if (nanoseconds !== undefined && nanoseconds > 0n) return nanoseconds;
  throw invalidInput(
    `Cannot use project default "gate.max_approval_ttl": "${given}" is no positive duration`,
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
      singleUse: defaults.single_use_approvals,
      refuseSelfApproval: defaults.refuse_self_approval,
      maxTtl: maxTtl(defaults),
      ledger: flags["approval-ledger"] ?? defaults.approval_ledger,
    },
    rateLimitState: flags["rate-limit-state"] ?? defaults.rate_limit_state,
  };
}

/** The set-up that flags and project defaults come to. */
export function gateOptions(flags: Values, defaults: GateDefaults): GateOptions {
  const approval = approvalOptions(flags, defaults);
  return {
    policy: flags.policy ?? defaults.policy ?? missingPolicy(),
    profile: flags.profile ?? defaultWord(defaults, "profile", PROFILES),
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
    broker: {
      kind: brokerKind(
        flags["credential-broker"] ?? defaultWord(defaults, "credential_broker", BROKER_WORDS),
      ),
      envPrefix: flags["credential-env-prefix"] ?? defaults.credential_env_prefix,
      command: flags["credential-command"] ?? defaults.credential_command,
      commandArgs: listOr(flags["credential-command-args"], defaults.credential_command_args),
      reference: flags["credential-ref"] ?? defaults.credential_ref,
      scopes: listOr(flags["credential-scopes"], defaults.credential_scopes),
    },
    inventory: flags["wrkr-inventory"] ?? defaults.wrkr_inventory_path,
    approvedScriptRegistry: flags["approved-script-registry"],
  };
}

function missingPolicy(): never {
  throw missingOption("policy", () => "Give the policy, or name it in .gait/config.yaml");
}

function brokerKind(word: typeof BROKER_WORDS[number] = "off"): BrokerKind {
  return word === "none" ? "off" : word;
}

function listOr(given: readonly string[], fallback: string | undefined): readonly string[] {
  return given.length > 0 ? given : commaList(fallback ?? "");
}

/**
 * Give up the right to start programs unless a command is the broker: policies and intents are read without it.
 */
export function keepNeeds({ broker }: GateOptions, narrow: (needs: Needs) => void): void {
  if (broker?.kind !== "command") narrow({ read: true, write: true, env: true });
}
