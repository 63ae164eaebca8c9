import type { GateSettings } from "../../gate/load.ts";
import { type FlagValues, text } from "../define.ts";
import type { signingKeyFlags } from "../key_flags.ts";
import { keySources } from "../key_flags.ts";

/** Flags of the approvals that a sentence can need. */
export const approvalFlags = {
  "approval-token": text("file", "token of approval, when the policy demands one"),
  "approval-token-chain": text("list", "further tokens of approval, separated by commas"),
  "approval-public-key": text("file", "public key to verify approvals with"),
  "approval-public-key-env": text("variable", "environment variable that holds it"),
  "approver-keys": text(
    "folder",
    "public keys of the approvers, <identity>.key each, instead of one for all",
  ),
  "approval-ledger": text("folder", "where used approvals are kept (default beside the counts)"),
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
