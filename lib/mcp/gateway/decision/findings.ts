import type { Tightening } from "../../../gate/tighten.ts";
import { isToolName, type Listed, type ListedKind } from "../catalog/catalog.ts";

/** Nothing speaks against a call beside the policy. */
export const NO_FINDING: Tightening = { reasonCodes: [], violations: [] };

/** The violation of a call that the gateway blocks itself. */
const VIOLATION = "mcp_gateway";

/** What blocks a tool or a prompt whatever the policy says (docs/spec/mcp.md 10.4, 10.8). */
export function listedFinding(kind: ListedKind, name: string, listed: Listed): Tightening {
  if (kind === "tool" && !isToolName(name)) return blockedFor("mcp_tool_name_invalid");
  const reason = reasonAgainst(listed);
  return reason === undefined ? NO_FINDING : blockedFor(`mcp_${kind}_${reason}`);
}

function reasonAgainst(listed: Listed): string | undefined {
  switch (listed.kind) {
    case "collision":
      return "name_collision";
    case "unknown":
      return "unknown";
    case "unlisted":
      return "unlisted";
    case "found":
      switch (listed.pin) {
        case undefined:
        case "pinned":
          return undefined;
        case "ambiguous":
          return "name_collision";
        case "changed":
        case "new":
        case "unlisted":
          return listed.pin;
      }
  }
}

/** A block by the gateway itself. */
export function blockedFor(reason: string): Tightening {
  return { reasonCodes: [reason], violations: [VIOLATION], verdict: "block" };
}
