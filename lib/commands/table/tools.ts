import type { Entry } from "../entry.ts";

/** The commands under "Know your tools" (the goal of the command table). */
export const KNOW_YOUR_TOOLS: readonly Entry[] = [
  {
    name: "scout snapshot",
    summary: "List the tools and MCP servers that sources declare",
    goal: "Know your tools",
    load: () => import("../scout/snapshot.ts"),
  },
  {
    name: "scout diff",
    summary: "Compare two such lists",
    goal: "Know your tools",
    load: () => import("../scout/diff.ts"),
  },
  {
    name: "scout coverage",
    summary: "Tell which tools no rule matches, and which rules match no tool",
    goal: "Know your tools",
    load: () => import("../scout/coverage.ts"),
  },
  {
    name: "scout signal",
    summary: "Group runs that failed the same way, the worst first",
    goal: "Know your tools",
    load: () => import("../scout/signal.ts"),
  },
];
