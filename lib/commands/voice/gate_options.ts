import type { FlagValues } from "../define.ts";
import type { GateDefaults } from "../../config/sections.ts";
import type { GateOptions } from "../../gate/options.ts";
import { speechGate } from "../../voice/ask.ts";
import { approvalOptions, brokerOptions, gateFlags, profileOf, tokenFlags } from "../gate/flags.ts";
import type { mintKeyFlags } from "../key_flags.ts";

/** Flags about the gate, its broker and approvals, the same as those of `gate eval`. */
export const speechFlags = {
  profile: gateFlags.profile,
  "credential-broker": gateFlags["credential-broker"],
  "credential-env-prefix": gateFlags["credential-env-prefix"],
  "credential-ref": gateFlags["credential-ref"],
  "credential-scopes": gateFlags["credential-scopes"],
  "credential-command": gateFlags["credential-command"],
  "credential-command-args": gateFlags["credential-command-args"],
  "approval-token": tokenFlags["approval-token"],
  "approval-token-chain": tokenFlags["approval-token-chain"],
  "approval-public-key": gateFlags["approval-public-key"],
  "approval-public-key-env": gateFlags["approval-public-key-env"],
  "approver-keys": gateFlags["approver-keys"],
  "approval-ledger": gateFlags["approval-ledger"],
  config: gateFlags.config,
  "no-config": gateFlags["no-config"],
};

type Values = FlagValues<typeof mintKeyFlags & typeof speechFlags> & { readonly policy: string };

/**
 * The options of the gate that decides about sentences. The project defaults about approvals, and how strict its gate
 * is, apply to sentences as to calls: otherwise a single-use approval could be used a second time by voice, and a
 * policy that production refuses would do for a promise.
 */
export function speechGateOptions(flags: Values, defaults: GateDefaults): GateOptions {
  const { keys, ...approval } = approvalOptions(flags, defaults);
  return speechGate({
    policy: flags.policy,
    profile: profileOf(flags, defaults),
    broker: brokerOptions(flags, defaults),
    ...approval,
    keys: {
      ...keys,
      mode: flags["key-mode"],
      signing: { file: flags["private-key"], env: flags["private-key-env"] },
    },
  });
}
