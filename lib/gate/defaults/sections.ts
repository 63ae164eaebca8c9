import { SWITCH_KEYS, TEXT_KEYS } from "./fields.ts";

/** What a value must be. */
export type ValueKind = "text" | "switch" | "integer";

/**
 * Every section and key that project defaults may have (docs/configuration.md). Those of `mcp_serve` and `retention`
 * are checked although no command reads them: other programs do, and a mistake in them is one for them too.
 */
export const SECTIONS: Readonly<Record<string, Readonly<Record<string, ValueKind>>>> = {
  gate: { ...kinds("text", TEXT_KEYS), ...kinds("switch", SWITCH_KEYS) },
  mcp_serve: {
    enabled: "switch",
    listen: "text",
    auth_mode: "text",
    auth_token_env: "text",
    max_request_bytes: "integer",
    http_verdict_status: "text",
    allow_client_artifact_paths: "switch",
  },
  retention: kinds("text", ["trace_ttl", "session_ttl", "export_ttl"]),
};

function kinds(kind: ValueKind, keys: readonly string[]): Record<string, ValueKind> {
  return Object.fromEntries(keys.map((key) => [key, kind]));
}
