import type { Tightening } from "../../../gate/tighten.ts";
import { isToolName, type Listed } from "../catalog/catalog.ts";

/** Nothing speaks against a call beside the policy. */
export const NO_FINDING: Tightening = { reasonCodes: [], violations: [] };

/** The violation of a call that the gateway blocks itself. */
const VIOLATION = "mcp_gateway";

/** What blocks a tool whatever the policy says (docs/spec/mcp.md 10.4, 10.8). */
export function toolFinding(name: string, listed: Listed): Tightening {
  if (!isToolName(name)) return blockedFor("mcp_tool_name_invalid");
  switch (listed.kind) {
    case "collision":
      return blockedFor("mcp_tool_name_collision");
    case "unknown":
      return blockedFor("mcp_tool_unknown");
    case "unlisted":
      return blockedFor("mcp_tools_unlisted");
    case "found":
      return listed.pin === "changed"
        ? blockedFor("mcp_tool_changed")
        : listed.pin === "new"
        ? blockedFor("mcp_tool_new")
        : NO_FINDING;
  }
}

/** A block by the gateway itself. */
export function blockedFor(reason: string): Tightening {
  return { reasonCodes: [reason], violations: [VIOLATION], verdict: "block" };
}
