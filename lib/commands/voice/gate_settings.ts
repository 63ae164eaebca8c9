import type { GateSettings } from "../../gate/load.ts";
import type { FlagValues } from "../define.ts";
import { gateFlags, tokenFlags } from "../gate/flags.ts";
import type { signingKeyFlags } from "../key_flags.ts";
import { keySources } from "../key_flags.ts";

/** Flags of the approvals that a sentence can need: those of `gate eval`. */
export const approvalFlags = {
  "approval-token": tokenFlags["approval-token"],
  "approval-token-chain": tokenFlags["approval-token-chain"],
  "approval-public-key": gateFlags["approval-public-key"],
  "approval-public-key-env": gateFlags["approval-public-key-env"],
  "approver-keys": gateFlags["approver-keys"],
  "approval-ledger": gateFlags["approval-ledger"],
};

type Values = FlagValues<typeof signingKeyFlags & typeof approvalFlags> & { readonly policy: string };

const NO_KEYS = { publicKey: "", publicKeyEnv: "", privateKey: "", privateKeyEnv: "" };

/** The gate that a sentence is asked of: no envelope, no registry, no inventory, no broker (spec/voice.md section 3). */
export function gateSettingsOf(flags: Values, producerVersion: string): GateSettings {
  return {
    policy: flags.policy,
    profile: "",
    simulate: false,
    // A mode that was given blank means the stricter one.
    signing: { ...keySources(flags), keyMode: flags["key-mode"].trim() === "" ? "prod" : flags["key-mode"] },
    approval: {
      ...NO_KEYS,
      publicKey: flags["approval-public-key"],
      publicKeyEnv: flags["approval-public-key-env"],
    },
    delegation: NO_KEYS,
    approverKeys: flags["approver-keys"],
    singleUse: false,
    refuseSelfApproval: true,
    ledger: flags["approval-ledger"],
    broker: { kind: "", envPrefix: "", command: "", commandArgs: "" },
    credentialRef: "",
    credentialScopes: "",
    limitsPath: "",
    inventory: "",
    registry: "",
    registryKeys: NO_KEYS,
    producerVersion,
  };
}
