/** Keys of the section `gate` that are texts (docs/configuration.md); those after `wrkr_inventory_path` are ours. */
const GATE_TEXTS = [
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
const GATE_SWITCHES = ["single_use_approvals", "refuse_self_approval"] as const;

const MCP_SERVE_TEXTS = ["listen", "auth_mode", "auth_token_env", "http_verdict_status"] as const;
const MCP_SERVE_SWITCHES = ["enabled", "allow_client_artifact_paths"] as const;
const MCP_SERVE_INTEGERS = ["max_request_bytes"] as const;

const RETENTION_TEXTS = ["trace_ttl", "session_ttl", "export_ttl"] as const;

/** What a value must be. */
export type ValueKind = "text" | "switch" | "integer";

/** Every section and key that project defaults may have (docs/configuration.md). */
export const SECTIONS = {
  gate: { ...kinds("text", GATE_TEXTS), ...kinds("switch", GATE_SWITCHES) },
  mcp_serve: {
    ...kinds("text", MCP_SERVE_TEXTS),
    ...kinds("switch", MCP_SERVE_SWITCHES),
    ...kinds("integer", MCP_SERVE_INTEGERS),
  },
  retention: kinds("text", RETENTION_TEXTS),
} as const;

interface ValueTypes {
  readonly text: string;
  readonly switch: boolean;
  readonly integer: number;
}

/** What a section says, by key; absent where it says nothing. Texts are trimmed and not empty. */
type Section<Keys extends Readonly<Record<string, ValueKind>>> = {
  readonly [K in keyof Keys]?: ValueTypes[Keys[K]];
};

/** Defaults of `gait gate` and `gait voice`. */
export type GateDefaults = Section<typeof SECTIONS.gate>;
/** Defaults of `gait mcp serve`. */
export type McpServeDefaults = Section<typeof SECTIONS.mcp_serve>;
/** How long evidence is kept: Go durations as texts. */
export type RetentionDefaults = Section<typeof SECTIONS.retention>;

/** What a project says in `.gait/config.yaml`, by section. */
export interface ProjectDefaults {
  readonly gate: GateDefaults;
  readonly mcp_serve: McpServeDefaults;
  readonly retention: RetentionDefaults;
}

/** Where project defaults stand unless a flag says otherwise. */
export const DEFAULTS_PATH = ".gait/config.yaml";

/** Defaults of a project that says nothing. */
export const NO_DEFAULTS: ProjectDefaults = { gate: {}, mcp_serve: {}, retention: {} };

function kinds<K extends string, V extends ValueKind>(kind: V, keys: readonly K[]): Readonly<Record<K, V>> {
  return Object.fromEntries(keys.map((key) => [key, kind])) as Record<K, V>;
}
