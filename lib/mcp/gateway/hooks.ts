import type { ApprovalsFolder } from "../approvals/folder.ts";
import type { ServerPins } from "../pins/server_pins.ts";
import type { TaintMemory } from "../taint/memory.ts";

/** What a gateway asks beside the policy (docs/spec/mcp_protection.md). It decides without any of them, too. */
export interface GatewayHooks {
  /** The memory of what came back in a new session. */
  readonly newTaintMemory?: (() => TaintMemory) | undefined;
  /** The descriptors that were accepted. */
  readonly pins?: Pick<ServerPins, "record"> | undefined;
  /** The approvals that people put down. */
  readonly approvals?: Pick<ApprovalsFolder, "find" | "clear"> | undefined;
}
