/**
 * The MCP SDK, in a server: `guardServer(guard, server)` before the tools are registered.
 *
 * A refused call gives the client a result with `isError`, as a tool that failed. With `elicits` the client is asked for
 * the token of a call that needs an approval, if it can ask its user.
 *
 * @module
 */
import { invalidInput } from "../../../lib/errors/mod.ts";
import { type JsonObject, readJsonObject } from "../../../lib/formats/json/mod.ts";
import type { ApprovalRequest } from "../../../lib/library/guard/call.ts";
import type { Guard } from "../../../lib/library/guard/guard.ts";
import { Refusal } from "../../../lib/library/guard/refusal.ts";
import { tokensOf } from "./tokens_of.ts";

// deno-lint-ignore no-explicit-any -- handlers have the types of the SDK's own version
type Handler = (...parameters: any[]) => any;

/** A server of the SDK, as far as a guard uses it. */
interface Server {
  registerTool: Handler;
  tool?: Handler;
  readonly _registeredTools?: object;
  readonly server?: { elicitInput?(asked: unknown): Promise<{ action: string; content?: unknown }> };
}

/**
 * Have every call of the tools decided that are registered from here on, with `registerTool` or `tool`.
 *
 * @throws {GaitError} `invalid_input` when tools are registered already: they would not be guarded
 */
export function guardServer<S extends object>(
  guard: Guard,
  server: S,
  options: { readonly elicits?: boolean } = {},
): S {
  const target = server as unknown as Server;
  if (typeof target.registerTool !== "function") throw invalidInput("Cannot guard: this is no McpServer");
  if (Object.keys(target._registeredTools ?? {}).length > 0) {
    throw invalidInput("Cannot guard the server: it has tools already", {
      hint: "Call guardServer() before the tools are registered",
    });
  }
  const ask = options.elicits ? (request: ApprovalRequest) => elicited(target, request) : undefined;
  for (const method of ["registerTool", "tool"] as const) {
    const register = target[method];
    if (typeof register !== "function") continue;
    target[method] = (name: string, ...rest: unknown[]) => {
      const handler = rest.pop();
      if (typeof handler !== "function") {
        throw invalidInput(`Cannot guard the tool "${name}": it has no function`);
      }
      return register.call(server, name, ...rest, guarded(guard, name, handler as Handler, ask));
    };
  }
  return server;
}

/** A handler gets arguments and the facts of the request, or the facts alone when its tool takes no arguments. */
function guarded(
  guard: Guard,
  name: string,
  handler: Handler,
  ask: ((request: ApprovalRequest) => Promise<JsonObject[]>) | undefined,
): Handler {
  return async (...parameters) => {
    const takes = parameters.length > 1;
    const facts = parameters.at(-1) as
      | { readonly requestId?: unknown; readonly sessionId?: string }
      | undefined;
    const call = {
      name,
      args: (takes ? parameters[0] : {}) as JsonObject,
      callId: facts?.requestId === undefined ? undefined : String(facts.requestId),
      sessionId: facts?.sessionId,
    };
    let decided = await guard.decide(call);
    const request = decided.refusal?.request;
    const tokens = request === undefined || ask === undefined ? [] : await ask(request);
    if (tokens.length > 0) decided = await guard.decide(call, tokens);
    const execute = (args: JsonObject) => handler(...(takes ? [args, ...parameters.slice(1)] : parameters));
    const result = await guard.run(call, execute, [], decided);
    if (!(result instanceof Refusal)) return result;
    return { content: [{ type: "text", text: String(result) }], isError: true };
  };
}

/** Ask the user of the client for the token. Whatever else is answered, and a client that can't ask, approves nothing. */
async function elicited({ server }: Server, { toolName, approve }: ApprovalRequest): Promise<JsonObject[]> {
  try {
    const { action, content } = await server!.elicitInput!({
      message: `The call of "${toolName}" needs an approval. Who may approve it signs one: ${approve}`,
      requestedSchema: {
        type: "object",
        properties: { approval_token: { type: "string", title: "The content of approval.json" } },
        required: ["approval_token"],
      },
    });
    const text = (content as { approval_token?: unknown } | undefined)?.approval_token;
    if (action !== "accept" || typeof text !== "string") return [];
    return tokensOf(readJsonObject(text, { what: "approval token", duplicates: "refuse" }));
  } catch {
    return [];
  }
}
