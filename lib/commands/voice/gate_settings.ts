import type { GateSettings } from "../../gate/load.ts";
import type { FlagValues } from "../define.ts";
import type { GateDefaults } from "../../gate/defaults/fields.ts";
import { approvalSettings, gateFlags, tokenFlags } from "../gate/flags.ts";
import type { mintKeyFlags } from "../key_flags.ts";
import { keySources } from "../key_flags.ts";

/** Flags of the approvals that a sentence can need: those of `gate eval`. */
export const approvalFlags = {
  "approval-token": tokenFlags["approval-token"],
  "approval-token-chain": tokenFlags["approval-token-chain"],
  "approval-public-key": gateFlags["approval-public-key"],
  "approval-public-key-env": gateFlags["approval-public-key-env"],
  "approver-keys": gateFlags["approver-keys"],
  "approval-ledger": gateFlags["approval-ledger"],
  config: gateFlags.config,
  "no-config": gateFlags["no-config"],
};

type Values = FlagValues<typeof mintKeyFlags & typeof approvalFlags> & { readonly policy: string };

/**
 * The gate that a sentence is asked of: no envelope, no registry, no inventory, no broker (docs/spec/voice.md section
 * 3). What the project says of approvals holds for sentences as it does for calls: an approval that counts once must
 * not count a second time because it is spent on the phone.
 */
export function gateSettingsOf(flags: Values, defaults: GateDefaults, producerVersion: string): GateSettings {
  return {
    policy: flags.policy,
    profile: "",
    simulate: false,
    signing: keySources(flags),
    ...approvalSettings(flags, defaults),
    delegation: {},
    // Whatever the project says: an agent that may approve its own promise needs no gate.
    refuseSelfApproval: true,
    broker: { kind: "", envPrefix: "", command: "", commandArgs: "" },
    credentialRef: "",
    credentialScopes: "",
    inventory: "",
    registry: "",
    registryKeys: {},
    producerVersion,
  };
}
