import type { Answer } from "../../../gate/answer.ts";
import { utf8 } from "../../../formats/bytes.ts";
import { createTaintMemory } from "../../taint/memory.ts";
import type { CallToDecide } from "../decision/decider.ts";
import type { GatewayHooks } from "../hooks.ts";
import { ClientSide } from "./client_side.ts";
import { ServerSide } from "./server_side.ts";
import { RelayState } from "./state.ts";
import type { Outlet, RelayContext, RelayOptions } from "./types.ts";

// deno-lint-ignore no-explicit-any -- tests look into messages of many shapes
type Json = any;

/** How a staged relay works. */
export interface StagedOptions {
  readonly options?: Partial<RelayOptions>;
  readonly hooks?: GatewayHooks;
  readonly couldPass?: RelayContext["couldPass"];
  /** The verdict of a call; all are allowed by default. */
  readonly verdict?: (call: CallToDecide) => string;
  /** What the server does with each message that it gets. */
  readonly server?: (message: Json, answer: (result: Json) => Promise<void>) => Promise<void> | void;
  /** By default time passes when nothing else is left to do. */
  readonly after?: RelayContext["after"];
  /** By default a clock that stands still. */
  readonly now?: RelayContext["now"];
}

/** Time that passes when nothing else is left to do. */
const passing: RelayContext["after"] = (_milliseconds, action) => {
  const timer = setTimeout(action);
  return () => clearTimeout(timer);
};

/** A relay between a client and a server that are functions of a test. */
export function stageRelay(
  { options = {}, hooks = {}, couldPass, verdict = () => "allow", server, after = passing, now = () => 0 }:
    StagedOptions = {},
) {
  const toServer: Json[] = [];
  const toClient: Json[] = [];
  const ended: string[] = [];
  const decided: CallToDecide[] = [];
  /** What the server still does. */
  const running = new Set<Promise<void>>();
  const settled = async () => {
    for (const one of running) {
      await one;
      running.delete(one);
    }
  };
  const outlet: Outlet = {
    send: (bytes) => Promise.resolve(void toClient.push(JSON.parse(new TextDecoder().decode(bytes)))),
    answer: (bytes) => outlet.send(bytes),
    dropped: () => {},
  };
  const state: RelayState = new RelayState(
    {
      options: {
        decides: new Set(["tool", "resource", "prompt", "sampling", "elicitation"]),
        passMethods: new Set(),
        approvalWait: 0,
        elicitApprovals: false,
        approvalsFolder: "approvals",
        shared: false,
        ...options,
      },
      hooks: { newTaintMemory: () => createTaintMemory(), ...hooks },
      decider: {
        decide(call) {
          decided.push(call);
          return Promise.resolve(answerOf(verdict(call)));
        },
      },
      log: {
        decided: () => Promise.resolve({ callId: `call_${decided.length}` }),
        ended: ({ callId }) => void ended.push(callId),
      },
      upstream: {
        send(bytes) {
          const message = JSON.parse(new TextDecoder().decode(bytes));
          toServer.push(message);
          const answered = server?.(
            message,
            (result) => serverSays({ jsonrpc: "2.0", id: message.id, result }),
          );
          running.add(Promise.resolve(answered));
          return Promise.resolve();
        },
      },
      session: "0123456789abcdef",
      after,
      now,
      couldPass,
      notify: () => {},
    } satisfies RelayContext,
  );
  const client = new ClientSide(state);
  const serverSide = new ServerSide(state, () => outlet);
  const serverWrites = (text: string) => serverSide.take(utf8(text));
  /** On the stream of a client, if one is given. */
  const serverSays = (message: Json, to?: Outlet) => serverSide.take(utf8(JSON.stringify(message)), to);
  return {
    state,
    toServer,
    toClient,
    decided,
    /** Calls whose end was logged. */
    ended,
    serverSays,
    serverWrites,
    serverEnds: () => serverSide.end(),
    async clientSays(message: Json, identity?: string): Promise<void> {
      await client.take(utf8(JSON.stringify(message)), { outlet, identity });
      await settled();
    },
    /** The same for another client of the server. */
    otherSays: (message: Json, to: Outlet, identity?: string) =>
      client.take(utf8(JSON.stringify(message)), { outlet: to, identity }),
    clientWrites: (text: string) => client.take(utf8(text), { outlet }),
    /** Begin a session whose client can ask a person. */
    async initialize(protocolVersion = "2025-11-25"): Promise<void> {
      const params = { protocolVersion, capabilities: { elicitation: {} } };
      await client.take(utf8(JSON.stringify({ jsonrpc: "2.0", id: "i", method: "initialize", params })), {
        outlet,
      });
      await serverSays({ jsonrpc: "2.0", id: "i", result: { protocolVersion } });
    },
  };
}

/** An answer of the gate as far as a relay looks at it. */
function answerOf(verdict: string): Answer {
  return {
    decision: {
      intent: { toolName: "mcp.s.t" },
      intentDigest: "i",
      policyDigest: "p",
      evaluation: { verdict, minApprovals: 1 },
      outcome: { verdict, requiredApprovals: 1, reasonCodes: [], violations: [], approvalRef: "t" },
    },
    paths: {},
  } as unknown as Answer;
}

/** A call of the tool `t`. */
export const call = (id: number | string, args: object = {}, more: object = {}) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name: "t", arguments: args, ...more },
});

/** Lists one tool, and answers each call with its arguments. */
export const echo: NonNullable<StagedOptions["server"]> = async ({ method, params }, answer) => {
  if (method === "tools/list") return await answer({ tools: [{ name: "t" }] });
  if (method === "tools/call") {
    await answer({ resultType: "complete", content: [{ type: "text", text: JSON.stringify(params) }] });
  }
};
