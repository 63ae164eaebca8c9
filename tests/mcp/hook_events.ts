import { CONTRACTS, type HookClient } from "../../lib/mcp/hooks/clients.ts";

/** A policy with a rule for each verdict but `block`, which is its default. */
export const HOOK_POLICY = `default_verdict: block
rules:
  - {name: read, effect: allow, match: {tool_names: [tool.read]}}
  - {name: write, effect: require_approval, match: {tool_names: [tool.write]}}
  - {name: ask, effect: dry_run, match: {tool_names: [tool.ask]}}
`;

/** What a client gives its hook before a call. */
export function hookEvent(client: HookClient, tool: string, more: Record<string, unknown> = {}): string {
  const { before, session } = CONTRACTS[client];
  return JSON.stringify({
    hook_event_name: before[0],
    [session]: "s1",
    cwd: "/w",
    tool_name: tool,
    tool_input: { file_path: "/w/a" },
    tool_use_id: "u1",
    ...more,
  });
}

/** Events that no hook can decide. */
export function unreadableEvents(client: HookClient): string[] {
  const good = hookEvent(client, "Read");
  return [
    "",
    "{",
    "[]",
    "null",
    good + good,
    `{"tool_name":"Bash",${good.slice(1)}`,
    "\u0000",
    hookEvent(client, "Read", { hook_event_name: "Stop" }),
    hookEvent(client, "Read", { hook_event_name: "" }),
    hookEvent(client, "Read", { tool_input: "x" }),
  ];
}
