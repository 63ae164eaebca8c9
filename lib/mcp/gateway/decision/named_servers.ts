import type { Policy } from "../../../policy/types.ts";

/**
 * What to say when a policy is about tools of other servers alone. Names in rules are whole names, so a gateway whose
 * `--name` was forgotten, or misspelt, blocks all that the rules were written for.
 *
 * @param server the name of this server in tool names
 */
export function otherServersWarning({ rules }: Policy, server: string): string | undefined {
  const named = new Set(rules.flatMap(({ match }) => match.toolNames).flatMap(serverIn));
  if (named.size === 0 || named.has(server)) return undefined;
  const [first = ""] = named;
  const others = [...named].slice(0, 5).map((name) => `mcp.${name}`).join(", ");
  return `no rule names a tool of mcp.${server}; the policy names tools of ${others}: is --name ${first} meant?`;
}

function serverIn(tool: string): string[] {
  const [mcp, server, ...rest] = tool.split(".");
  return mcp === "mcp" && server !== undefined && rest.length > 0 ? [server] : [];
}
