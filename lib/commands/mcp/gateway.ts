import type { Effects } from "../../effects/mod.ts";
import { GaitError, invalidInput, unsafeOperation } from "../../errors/mod.ts";
import { trim } from "../../formats/text.ts";
import { ENDPOINT, makeEndpoint } from "../../mcp/gateway/http/endpoint.ts";
import { refusedInRpc, refusingInRpc } from "../../mcp/gateway/http/rpc_refusals.ts";
import { resourceMetadataRoutes } from "../../mcp/gateway/http/resource_metadata.ts";
import type { Gateway } from "../../mcp/gateway/gateway.ts";
import { serveStdio } from "../../mcp/gateway/serve_stdio.ts";
import { childLink, MAX_MESSAGE_BYTES } from "../../mcp/gateway/upstream/child.ts";
import { httpLink } from "../../mcp/gateway/upstream/http.ts";
import type { StartServer } from "../../mcp/gateway/upstream/link.ts";
import type { ServerOrigin } from "../../mcp/pins/server_id.ts";
import { isLoopback, readListenAddress, writeAddress } from "../../serve/address.ts";
import { clientTokens } from "../../serve/client_tokens.ts";
import { guarded, type Route } from "../../serve/guard.ts";
import { SERVE_LIMITS, STOP_PATIENCE } from "../../serve/limits.ts";
import { clientTokensOf, tokenOf } from "./client_token.ts";
import { defineCommand, type FlagValues, trimmed } from "../define.ts";
import { GATE_FLAG_OF } from "../gate/flags.ts";
import { failure, type Outcome, served, success } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { good, line, warn } from "../text.ts";
import { gatewayFlags } from "./gateway_flags.ts";
import { openFromFlags } from "./gateway_setup.ts";

type Flags = FlagValues<typeof gatewayFlags>;

/** The variables that every server gets. */
const CHILD_VARIABLES = ["PATH", "HOME", "LANG", "TMPDIR"];

/** `gait mcp gateway` (docs/spec/mcp.md 10). */
export default defineCommand({
  explain:
    "Stands between an MCP client and an MCP server: decides every call before it is forwarded, and proves each decision.",
  positionals: ["[program]", "[argument...]"],
  flagsFirst: true,
  flags: gatewayFlags,
  flagOf: GATE_FLAG_OF,
  needs: { read: true, write: true, run: true, env: true, net: true },
  examples: [
    "gait mcp gateway --policy policy.yaml --name fs -- npx -y @modelcontextprotocol/server-filesystem /srv/data",
    "gait mcp gateway --policy policy.yaml --name git --listen 127.0.0.1:8788 -- mcp-server-git",
    "gait mcp gateway --policy policy.yaml --name crm --upstream http://127.0.0.1:3000/mcp",
  ],
  run: ({ flags, positionals, effects, version, notify, narrow, announce }) =>
    withMigration(async () => {
      const origin = originOf(flags, positionals);
      const net = flags.listen !== undefined || "address" in origin ? { net: true } as const : {};
      narrow({ read: true, write: true, run: true, env: true, ...net });
      const note = (text: string) => notify(line(warn("mcp gateway"), `: ${text}`));
      const start = await serverOf(origin, flags, effects, note);
      const gateway = await openFromFlags(flags, origin, effects, version, note);
      for (const warning of gateway.warnings) notify(line(warn("warning"), `: ${warning}`));
      return await finishing(gateway, async () => {
        if (flags.listen === undefined) {
          return outcomeOf(await serveStdio(gateway, () => effects.stdio({ asSockets: true }), start));
        }
        return await serveHttp({ gateway, flags, origin, start, note, announce }, effects);
      });
    }),
});

/** The server: a command behind `--`, or an address. */
function originOf(flags: Flags, positionals: readonly string[]): ServerOrigin {
  const address = trimmed(flags.upstream);
  const [command] = positionals;
  if (address !== undefined && command !== undefined) {
    throw invalidInput("Cannot use --upstream and a command: the server is one of them");
  }
  if (address !== undefined) return { address };
  if (command !== undefined && trim(command) !== "") return { command: positionals };
  throw invalidInput("Missing the server", {
    hint:
      "Give its command after --: gait mcp gateway --policy policy.yaml -- my-server; or --upstream <url>",
  });
}

/** What starts the server, or connects to it, for each session. */
async function serverOf(
  origin: ServerOrigin,
  flags: Flags,
  effects: Effects,
  note: (text: string) => void,
): Promise<StartServer> {
  if ("command" in origin) {
    const [command, ...args] = origin.command;
    const env = childEnvironment(flags, effects);
    return async () => childLink(await effects.startPiped({ command: command!, args, env }), note);
  }
  const url = origin.address;
  const http = await effects.http();
  if (!isLoopbackUrl(url) && !http.mayReach(url)) {
    throw unsafeOperation(`Cannot connect to "${url}": this program has no network beyond this machine`, {
      hint: "Use the gait-online build, or a tunnel to the server that listens on this machine",
    });
  }
  const token = flags["upstream-token-env"] === undefined
    ? undefined
    : tokenOf(flags["upstream-token-env"], "--upstream-token-env", effects);
  const authorization = token === undefined ? undefined : `Bearer ${token}`;
  return () => Promise.resolve(httpLink({ url, http, authorization, after: effects.after, notify: note }));
}

function isLoopbackUrl(given: string): boolean {
  const url = URL.parse(given);
  if (!url || !["http:", "https:"].includes(url.protocol) || url.username !== "" || url.password !== "") {
    throw invalidInput(`Cannot use --upstream "${given}": expected an address without user and password`, {
      hint: "For example: --upstream http://127.0.0.1:3000/mcp",
    });
  }
  return isLoopback(url.hostname.replace(/^\[|\]$/g, ""));
}

function childEnvironment(flags: Flags, { env }: Pick<Effects, "env">): Record<string, string> {
  const found = [...CHILD_VARIABLES, ...flags.env].flatMap((name): [string, string][] => {
    const value = env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

/** What serving over HTTP needs. */
interface HttpService {
  readonly gateway: Gateway;
  readonly flags: Flags;
  readonly origin: ServerOrigin;
  readonly start: StartServer;
  readonly note: (text: string) => void;
  readonly announce: (outcome: Outcome) => Promise<void>;
}

async function serveHttp(service: HttpService, effects: Effects): Promise<Outcome> {
  const { gateway, flags, origin, start, note, announce } = service;
  const address = readListenAddress(trim(flags.listen ?? ""));
  if (!isLoopback(address.host)) {
    throw invalidInput(`Cannot listen on "${address.host}": it is not a loopback address`, {
      hint: "Listen on 127.0.0.1 with --auth-token-env, and put a proxy with TLS in front of it",
    });
  }
  const tokens = clientTokensOf(flags["auth-token-env"], effects);
  const known = tokens.length === 0 ? undefined : await clientTokens(tokens);
  const endpoint = makeEndpoint(gateway, { start, holderOf: known?.holderOf, notify: note, ...effects });
  const metadata = known === undefined && "address" in origin
    ? resourceMetadataRoutes(origin.address, await effects.http())
    : [];
  const answer = refusingInRpc(
    ENDPOINT,
    guarded({
      routes: new Map<string, Route | readonly Route[]>([[ENDPOINT, endpoint.routes], ...metadata]),
      listenHost: address.host,
      checkBearer: known?.check,
      maxBodyBytes: MAX_MESSAGE_BYTES,
    }),
    endpoint.refuseTooLong,
  );
  const refused = refusedInRpc(ENDPOINT);
  const server = await effects.listen({ ...address, ...SERVE_LIMITS, refused }, answer);
  const listen = writeAddress(server);
  const url = `http://${listen}${ENDPOINT}`;
  await announce(success({ listen, url, name: trim(flags.name) }, [line(good("mcp gateway"), `: ${url}`)]));
  await server.stopped;
  await endpoint.close();
  await server.close(STOP_PATIENCE);
  return served();
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

/** A server that ended while the client still listened, or waited for answers, is an error, however it ended. */
function outcomeOf({ code, signal, early }: Awaited<ReturnType<typeof serveStdio>>): Outcome {
  if (!early) return served();
  const how = signal === undefined ? `exited with ${code}` : `was ended by ${signal}`;
  return failure(
    new GaitError("internal_failure", `The server ${how}`, {
      detail: "server_ended",
      hint: "Run the server alone to see what is wrong with it",
    }),
  );
}
