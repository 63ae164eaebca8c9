/**
 * LangChain.js: `createAgent({ middleware: [gaitMiddleware(guard, { createMiddleware, ToolMessage, interrupt })] })`.
 *
 * A refused call gives the model a tool message with the status `error`. With `interrupt` a call that needs an approval
 * stops the graph; resume it with the token: `new Command({ resume: token })`.
 *
 * @module
 */
import type { JsonObject } from "../../../lib/formats/json/mod.ts";
import type { Guard } from "../../../lib/library/guard/guard.ts";
import { Refusal } from "../../../lib/library/guard/refusal.ts";
import { tokensOf } from "./tokens_of.ts";

/** What the middleware takes from the framework, whichever version of it is installed. */
export interface LangChainParts<M> {
  /** Of `langchain`. */
  // deno-lint-ignore no-explicit-any -- the framework's types are those of its own version
  readonly createMiddleware: (hooks: any) => M;
  /** Of `langchain` or `@langchain/core/messages`. */
  // deno-lint-ignore no-explicit-any -- as above
  readonly ToolMessage: new (fields: any) => any;
  /** Of `@langchain/langgraph`; without it a call that needs an approval is refused. */
  readonly interrupt?: (value: unknown) => unknown;
}

interface Request {
  readonly toolCall: { readonly name: string; readonly args: JsonObject; readonly id?: string };
  readonly runtime?: { readonly configurable?: { readonly thread_id?: string } };
}

/** The middleware that has every tool call decided. */
export function gaitMiddleware<M>(
  guard: Guard,
  { createMiddleware, ToolMessage, interrupt }: LangChainParts<M>,
): M {
  return createMiddleware({
    name: "gait",
    async wrapToolCall(request: Request, handler: (request: Request) => unknown) {
      const { name, args, id } = request.toolCall;
      const call = { name, args, callId: id, sessionId: request.runtime?.configurable?.thread_id };
      const execute = (decided: JsonObject) =>
        handler({ ...request, toolCall: { ...request.toolCall, args: decided } });
      let decided = await guard.decide(call);
      const asked = decided.refusal?.request;
      if (asked !== undefined && interrupt !== undefined) {
        // The first time this throws, and the graph stops; when it goes on, it gives the answer.
        const tokens = tokensOf(interrupt(JSON.parse(JSON.stringify(asked))));
        if (tokens.length > 0) decided = await guard.decide(call, tokens);
      }
      const result = await guard.run(call, execute, [], decided);
      if (!(result instanceof Refusal)) return result;
      return new ToolMessage({ content: String(result), tool_call_id: id ?? "", name, status: "error" });
    },
  });
}
