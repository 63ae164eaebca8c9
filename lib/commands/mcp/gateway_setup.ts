import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { trim } from "../../formats/text.ts";
import { ApprovalsFolder } from "../../mcp/approvals/folder.ts";
import { NO_MAPPINGS, readMappings } from "../../mcp/gateway/decision/mapping.ts";
import type { SubjectKind } from "../../mcp/gateway/decision/subject.ts";
import { type Gateway, openGateway } from "../../mcp/gateway/gateway.ts";
import type { GatewayHooks } from "../../mcp/gateway/hooks.ts";
import { identifyServer, type ServerOrigin } from "../../mcp/pins/server_id.ts";
import { ServerPins } from "../../mcp/pins/server_pins.ts";
import { createTaintMemory } from "../../mcp/taint/memory.ts";
import { type FlagValues, trimmed } from "../define.ts";
import { defaultsOf, gateOptions } from "../gate/flags.ts";
import { type gatewayFlags, PENDING_COUNT } from "./gateway_flags.ts";

type Flags = FlagValues<typeof gatewayFlags>;

/** Open the gateway that the flags describe. */
export async function openFromFlags(
  flags: Flags,
  origin: ServerOrigin,
  effects: Effects,
  version: string,
  notify: (text: string) => void,
): Promise<Gateway> {
  const server = trim(flags.name);
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(server)) {
    throw invalidInput(`Cannot use --name "${server}": expected lower-case letters, digits, - and _`, {
      hint: "For example: --name fs",
    });
  }
  const mapping = trimmed(flags.tools);
  const gate = gateOptions(
    { ...flags, simulate: false, "credential-ref": undefined },
    await defaultsOf(flags, effects.files),
  );
  const kinds: readonly SubjectKind[] = flags.decide === "tools"
    ? ["tool"]
    : ["tool", "resource", "prompt", "sampling", "elicitation"];
  return await openGateway(
    {
      // A token that was put down lets one call pass.
      gate: { ...gate, approvals: { ...gate.approvals, singleUse: true } },
      server,
      serverId: trimmed(flags["server-id"]) ?? "",
      identity: trim(flags.identity),
      workspace: trim(flags.workspace),
      sessionId: trimmed(flags.session) ?? "",
      mappings: mapping === undefined ? NO_MAPPINGS : await readMappings(mapping, effects.files),
      jobRoot: trim(flags["job-root"]),
      folder: trim(flags["evidence-dir"]),
      hideBlocked: flags["hide-blocked"],
      pending: {
        maxAge: Number(flags["pending-max-age"] / 1_000_000n),
        maxCount: flags["pending-max-count"] ?? PENDING_COUNT,
      },
      relay: {
        decides: new Set(kinds),
        passMethods: new Set(flags["pass-method"]),
        elicitApprovals: flags["elicit-approvals"],
        approvalsFolder: trim(flags["approvals-dir"]),
        approvalWait: approvalWaitOf(flags),
      },
    },
    await hooksOf(flags, server, origin, effects),
    effects,
    version,
    notify,
  );
}

/** How long a call waits for an approval, in milliseconds. */
export function approvalWaitOf(flags: Pick<Flags, "approval-wait" | "no-approval-wait">): number {
  return flags["no-approval-wait"] ? 0 : Number(flags["approval-wait"] / 1_000_000n);
}

async function hooksOf(
  flags: Flags,
  name: string,
  origin: ServerOrigin,
  { files, now }: Effects,
): Promise<GatewayHooks> {
  const { taint, pins } = flags;
  return {
    newTaintMemory: taint === "off" ? undefined : () => createTaintMemory({ mode: taint }),
    pins: pins === "off" ? undefined : new ServerPins(
      {
        server: await identifyServer(name, origin),
        folder: trim(flags["pins-dir"]),
        firstUse: pins === "strict" ? "block" : "pin",
      },
      { files, now },
    ),
    approvals: new ApprovalsFolder(files, trim(flags["approvals-dir"])),
  };
}
