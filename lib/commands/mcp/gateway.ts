import type { Effects } from "../../effects/mod.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { trim } from "../../formats/text.ts";
import { ApprovalsFolder } from "../../mcp/approvals/folder.ts";
import type { SubjectKind } from "../../mcp/gateway/decision/subject.ts";
import { NO_MAPPINGS, readMappings } from "../../mcp/gateway/decision/mapping.ts";
import { type Gateway, openGateway } from "../../mcp/gateway/gateway.ts";
import type { GatewayHooks } from "../../mcp/gateway/hooks.ts";
import { serveStdio } from "../../mcp/gateway/serve_stdio.ts";
import { identifyServer, type ServerOrigin } from "../../mcp/pins/server_id.ts";
import { ServerPins } from "../../mcp/pins/server_pins.ts";
import { createTaintMemory } from "../../mcp/taint/memory.ts";
import { defineCommand, type FlagValues, trimmed } from "../define.ts";
import { defaultsOf, GATE_FLAG_OF, gateOptions } from "../gate/flags.ts";
import { failure, type Outcome, served } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { type Line, line, warn } from "../text.ts";
import { gatewayFlags } from "./gateway_flags.ts";

type Flags = FlagValues<typeof gatewayFlags>;

/** The variables that every server gets. */
const CHILD_VARIABLES = ["PATH", "HOME", "LANG", "TMPDIR"];

/** `gait mcp gateway` (docs/spec/mcp.md 10). */
export default defineCommand({
  explain:
    "Stands between an MCP client and an MCP server: decides every call before it is forwarded, and proves each decision.",
  positionals: ["<program>", "[argument...]"],
  flagsFirst: true,
  flags: gatewayFlags,
  flagOf: GATE_FLAG_OF,
  needs: { read: true, write: true, run: true, env: true, net: true },
  examples: [
    "gait mcp gateway --policy policy.yaml --name fs -- npx -y @modelcontextprotocol/server-filesystem /srv/data",
    "gait mcp gateway --policy policy.yaml --name git --tools tools.json --evidence-dir /var/gait/git -- mcp-server-git",
  ],
  run: ({ flags, positionals, effects, version, notify, narrow }) =>
    withMigration(async () => {
      const [command, ...args] = positionals;
      if (command === undefined || trim(command) === "") {
        throw invalidInput("Missing the server to run", {
          hint: "Give its command after --: gait mcp gateway --policy policy.yaml -- my-server",
        });
      }
      narrow({ read: true, write: true, run: true, env: true });
      const note = (text: string) => notify(line(warn("mcp gateway"), `: ${text}`));
      const gateway = await openFromFlags(flags, { command: positionals }, effects, version, note);
      for (const noted of notesOf(gateway)) notify(noted);
      return await finishing(gateway, async () => {
        const child = await effects.startPiped({ command, args, env: childEnvironment(flags, effects) });
        const end = await serveStdio(gateway, await effects.stdio(), child);
        return outcomeOf(end);
      });
    }),
});

async function openFromFlags(
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
      relay: {
        decides: new Set(kinds),
        passMethods: new Set(flags["pass-method"]),
        approvalsFolder: trim(flags["approvals-dir"]),
        approvalWait: flags["no-approval-wait"] ? 0 : Number(flags["approval-wait"] / 1_000_000n),
      },
    },
    await hooksOf(flags, server, origin, effects),
    effects,
    version,
    notify,
  );
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

function childEnvironment(flags: Flags, { env }: Pick<Effects, "env">): Record<string, string> {
  const found = [...CHILD_VARIABLES, ...flags.env].flatMap((name): [string, string][] => {
    const value = env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

function notesOf({ warnings, left }: Gateway): Line[] {
  return [
    ...warnings.map((warning) => line(warn("warning"), `: ${warning}`)),
    ...left.map((session) =>
      session.kind === "sealed"
        ? line(`sealed the session of a gateway that was killed: ${session.pack}`)
        : line(warn("warning"), `: ${session.log} was not sealed: ${session.problem}`)
    ),
  ];
}

/** Close the gateway in any case; the first error is reported. */
async function finishing(gateway: Gateway, serve: () => Promise<Outcome>): Promise<Outcome> {
  let outcome: Outcome;
  try {
    outcome = await serve();
  } catch (error) {
    await gateway.close().catch(() => {});
    throw error;
  }
  await gateway.close();
  return outcome;
}

/** A server that ended while the client still listened is an error, however it ended. */
function outcomeOf({ code, signal, early }: Awaited<ReturnType<typeof serveStdio>>): Outcome {
  if (!early) return served();
  const how = signal === undefined ? `exited with ${code}` : `was ended by ${signal}`;
  return {
    ...failure(
      new GaitError("internal_failure", `The server ${how}`, {
        detail: "server_ended",
        hint: "Run the server alone to see what is wrong with it",
      }),
    ),
  };
}
