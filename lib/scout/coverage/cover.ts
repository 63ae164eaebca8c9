import { trimLower } from "../../formats/text.ts";
import type { Item } from "../inventory.ts";
import type { PlacedPolicy, PlacedRule } from "./placed_policy.ts";

/**
 * How rules cover a tool. `named`: a rule names it. `any_tool`: none names it, but one matches every call.
 * `conditional`: none names it, and the rules that may match have other conditions. `uncovered`: no rule can match,
 * so the default verdict decides.
 */
export type Cover = "named" | "any_tool" | "conditional" | "uncovered";

/** A tool with the rules that may match its calls. */
export interface CoveredTool {
  readonly item: Item;
  readonly cover: Cover;
  /** Rules that name it. */
  readonly rules: readonly PlacedRule[];
}

/** A rule with tool names of which some or all were not found. */
export interface IdleRule {
  readonly rule: PlacedRule;
  /** The names for which no tool was found. */
  readonly unknownNames: readonly string[];
  /** Whether these are all names of the rule. */
  readonly idle: boolean;
}

/** The comparison of tools with rules (docs/spec/scout.md section 7). */
export interface Coverage {
  readonly tools: readonly CoveredTool[];
  /** MCP servers; their tools are known only when they run. */
  readonly servers: readonly { readonly item: Item; readonly named: boolean }[];
  readonly idleRules: readonly IdleRule[];
  /** Whether a call that matches no rule may happen under one of the policies. */
  readonly defaultAllows: boolean;
}

/** Compare policies with an inventory. */
export function coverTools(items: readonly Item[], policies: readonly PlacedPolicy[]): Coverage {
  const rules = policies.flatMap((policy) => policy.rules);
  const byName = new Map<string, PlacedRule[]>();
  for (const rule of rules) {
    for (const name of rule.toolNames) {
      const known = byName.get(name);
      if (known) known.push(rule);
      else byName.set(name, [rule]);
    }
  }
  const open = rules.filter(({ toolNames }) => toolNames.length === 0);
  const others: Cover = open.some(({ unconditional }) => unconditional)
    ? "any_tool"
    : open.length > 0
    ? "conditional"
    : "uncovered";
  const tools = items.filter(({ kind }) => kind === "tool").map((item): CoveredTool => {
    const naming = byName.get(trimLower(item.name)) ?? [];
    return { item, cover: naming.length > 0 ? "named" : others, rules: naming };
  });
  const found = new Set(tools.map(({ item }) => trimLower(item.name)));
  const servers = items.filter(({ kind }) => kind === "mcp_server");
  const serverNames = new Set(servers.map(({ name }) => trimLower(name)));
  const namedServers = new Set<string>();
  const isKnown = new Map<string, boolean>();
  for (const name of byName.keys()) {
    const own = serversIn(name).filter((server) => serverNames.has(server));
    for (const server of own) namedServers.add(server);
    isKnown.set(name, found.has(name) || own.length > 0);
  }
  return {
    tools,
    servers: servers.map((item) => ({ item, named: namedServers.has(trimLower(item.name)) })),
    idleRules: rules.flatMap((rule) => {
      const unknownNames = rule.toolNames.filter((name) => !isKnown.get(name));
      const idle = unknownNames.length === rule.toolNames.length;
      return unknownNames.length === 0 ? [] : [{ rule, unknownNames, idle }];
    }),
    defaultAllows: policies.some(({ defaultVerdict }) =>
      defaultVerdict === "allow" || defaultVerdict === "dry_run"
    ),
  };
}

/**
 * The servers that a tool name may belong to, in the notations of the various clients: `mcp__server__tool`,
 * `server__tool`, `server.tool`, `server/tool`, `server:tool`, or the server itself.
 */
function serversIn(name: string): string[] {
  const rest = name.startsWith("mcp__") ? name.slice("mcp__".length) : name;
  const servers = [rest];
  for (let i = 1; i < Math.min(rest.length, MAX_SERVER); i++) {
    if (/[./:]/.test(rest[i]!) || rest.startsWith("__", i)) servers.push(rest.slice(0, i));
  }
  return servers;
}

/** A longer prefix is not a server name. */
const MAX_SERVER = 256;
