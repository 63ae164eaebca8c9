/** A policy of ten rules, the last of which decides. */
export const TYPICAL_POLICY = "rules:\n" +
  Array.from(
    { length: 9 },
    (_, i) =>
      `  - {name: other-${i}, priority: ${i}, effect: block, match: {tool_names: [tool.other${i}]}}\n`,
  ).join("") +
  "  - {name: hit, priority: 9, effect: allow, match: {tool_names: [tool.write], target_kinds: [path]}}\n";

/** The n-th of many calls that it allows, as a JSON line. */
export function intentLine(n: number): string {
  return JSON.stringify({
    created_at: "2026-01-02T03:04:05Z",
    tool_name: "tool.write",
    args: { path: "/tmp/x", content: "hello world", n },
    targets: [{ kind: "path", value: "/tmp/x", operation: "write" }],
    arg_provenance: [{ arg_path: "args.path", source: "user" }],
    context: { identity: "alice", workspace: "/srv/repo", risk_class: "low", session_id: "s1" },
  }) + "\n";
}
