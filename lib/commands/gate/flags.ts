import { DEFAULTS_PATH, type GateDefaults, NO_DEFAULTS } from "../../gate/defaults/fields.ts";
import { readDefaults } from "../../gate/defaults/read.ts";
import type { GateSettings } from "../../gate/load.ts";
import type { Files } from "../../effects/mod.ts";
import { trim } from "../../gate/text.ts";
import { bool, type FlagValues, text } from "../define.ts";

/** Flags that set a gate up (spec/gate.md 4.1). Project defaults fill those that are blank. */
export const gateFlags = {
  policy: text("file", "the policy"),
  profile: text("profile", "what the gate demands of its own set-up (default standard)", {
    choices: ["standard", "oss-prod"],
  }),
  simulate: bool("say what would be decided, and let everything pass"),
  "key-mode": text("mode", "prod signs traces with the given key, dev with a fresh one (default dev)", {
    choices: ["dev", "prod"],
  }),
  "private-key": text("file", "private key to sign traces with"),
  "private-key-env": text("variable", "environment variable that holds the private key"),
  "approval-public-key": text("file", "public key to verify approvals with"),
  "approval-public-key-env": text("variable", "environment variable that holds it"),
  "approval-private-key": text("file", "private key whose public half verifies approvals"),
  "approval-private-key-env": text("variable", "environment variable that holds it"),
  "rate-limit-state": text("file", "where calls are counted (default .gait-out/gate_rate_limits.json)"),
  "wrkr-inventory": text("file", "what is known about tools"),
  "approved-script-registry": text("file", "scripts that were approved beforehand"),
  "approved-script-public-key": text("file", "public key to verify them with; else that of approvals"),
  "approved-script-public-key-env": text("variable", "environment variable that holds it"),
  config: text("file", "project defaults", { default: DEFAULTS_PATH }),
  "no-config": bool("do without project defaults"),
};

type Values = FlagValues<typeof gateFlags>;

/** The project defaults that the flags name. */
export async function defaultsOf(flags: Values, files: Files): Promise<GateDefaults> {
  return flags["no-config"] ? NO_DEFAULTS : await readDefaults(files, flags.config);
}

/** The set-up that flags and project defaults come to. */
export function gateSettings(flags: Values, defaults: GateDefaults, producerVersion: string): GateSettings {
  const or = (given: string, fallback: string) => trim(given) === "" ? fallback : given;
  return {
    policy: or(flags.policy, defaults.policy),
    profile: or(flags.profile, defaults.profile),
    simulate: flags.simulate,
    signing: {
      keyMode: or(flags["key-mode"], defaults.key_mode),
      privateKey: or(flags["private-key"], defaults.private_key),
      privateKeyEnv: or(flags["private-key-env"], defaults.private_key_env),
      publicKey: "",
      publicKeyEnv: "",
    },
    approval: {
      publicKey: or(flags["approval-public-key"], defaults.approval_public_key),
      publicKeyEnv: or(flags["approval-public-key-env"], defaults.approval_public_key_env),
      privateKey: or(flags["approval-private-key"], defaults.approval_private_key),
      privateKeyEnv: or(flags["approval-private-key-env"], defaults.approval_private_key_env),
    },
    limitsPath: or(flags["rate-limit-state"], defaults.rate_limit_state),
    inventory: or(flags["wrkr-inventory"], defaults.wrkr_inventory_path),
    registry: or(flags["approved-script-registry"], ""),
    registryKeys: {
      publicKey: flags["approved-script-public-key"],
      publicKeyEnv: flags["approved-script-public-key-env"],
      privateKey: "",
      privateKeyEnv: "",
    },
    producerVersion,
  };
}
