/** Keys of the section `gate` in a project's defaults (spec/gate.md 4.2); the last five are ours. Others are tolerated. */
export const DEFAULT_KEYS = [
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
  "single_use_approvals",
  "refuse_self_approval",
  "max_approval_ttl",
] as const;

/** Project defaults, by key; empty when not given. */
export type GateDefaults = Readonly<Record<typeof DEFAULT_KEYS[number], string>>;

/** Where project defaults stand unless a flag says otherwise. */
export const DEFAULTS_PATH = ".gait/config.yaml";

/** Defaults of a project that says nothing. */
export const NO_DEFAULTS = Object.fromEntries(DEFAULT_KEYS.map((key) => [key, ""])) as GateDefaults;
