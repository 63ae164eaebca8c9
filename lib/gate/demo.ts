import type { JsonObject } from "../formats/json/mod.ts";

/** The policy that `gait demo --policy` shows, byte for byte (docs/spec/core.md section 10). */
export const DEMO_POLICY = `schema_id: gait.gate.policy
schema_version: 1.0.0
default_verdict: allow
rules:
  - name: block-destructive-tool-delete
    priority: 10
    effect: block
    match:
      tool_names: [tool.delete]
      risk_classes: [high]
    reason_codes: [destructive_tool_blocked]
`;

/** The call that it blocks. */
export function demoIntent(producerVersion: string): JsonObject {
  const path = "/tmp/demo/delete-me.txt";
  return {
    schema_id: "gait.gate.intent_request",
    schema_version: "1.0.0",
    created_at: "2026-02-14T00:00:00Z",
    producer_version: producerVersion,
    tool_name: "tool.delete",
    args: { path },
    targets: [
      { kind: "path", value: path, operation: "delete", endpoint_class: "fs.delete", destructive: true },
    ],
    context: { identity: "demo.user", workspace: "/tmp/demo", risk_class: "high" },
  };
}
