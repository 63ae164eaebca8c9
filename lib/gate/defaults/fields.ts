/** Keys of the section `gate` that are texts (docs/configuration.md); those after `wrkr_inventory_path` are ours. */
export const TEXT_KEYS = [
  "policy",
  "profile",
  "key_mode",
  "private_key",
  "private_key_env",
  "approval_public_key",
  "approval_public_key_env",
  "approval_private_key",
  "approval_private_key_env",
  "rate_limit_state",
  "credential_broker",
  "credential_env_prefix",
  "credential_ref",
  "credential_scopes",
  "credential_command",
  "credential_command_args",
  "credential_evidence_path",
  "trace_path",
  "wrkr_inventory_path",
  "approver_keys",
  "approval_ledger",
  "max_approval_ttl",
] as const;

/** Keys of the section `gate` that are true or false. */
export const SWITCH_KEYS = ["single_use_approvals", "refuse_self_approval"] as const;

/** Project defaults of the gate, by key; texts are absent, and switches false, when not given. */
export type GateDefaults =
  & Readonly<Partial<Record<typeof TEXT_KEYS[number], string>>>
  & Readonly<Record<typeof SWITCH_KEYS[number], boolean>>;

/** Where project defaults stand unless a flag says otherwise. */
export const DEFAULTS_PATH = ".gait/config.yaml";

/** Defaults of a project that says nothing. */
export const NO_DEFAULTS: GateDefaults = { single_use_approvals: false, refuse_self_approval: false };
