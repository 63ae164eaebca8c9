/**
 * Mastra: `new Agent({ tools: guardTools(guard, { ... }) })`.
 *
 * A refused call gives the model an object that says so instead of a result. With `interrupts` a call that needs an
 * approval suspends the run; resume it with the token: `agent.resumeStream(token, { runId })`.
 *
 * @module
 */
import { GaitError } from "../../../lib/errors/mod.ts";
import type { JsonObject } from "../../../lib/formats/json/mod.ts";
import type { Guard } from "../../../lib/library/guard/guard.ts";
import { Refusal } from "../../../lib/library/guard/refusal.ts";
import { tokensOf } from "./tokens_of.ts";

interface Context {
  readonly suspend?: (payload: unknown) => Promise<unknown>;
  readonly resumeData?: unknown;
  readonly agent?: Pick<Context, "suspend" | "resumeData"> & {
    readonly toolCallId?: string;
    readonly threadId?: string;
  };
}

/** A tool of Mastra, as far as a guard uses it. */
interface Tool {
  readonly id: string;
  // deno-lint-ignore no-explicit-any -- Mastra's own types stay those of the tool that is given
  readonly execute?: (input: any, context: any) => Promise<any>;
}

/**
 * The tools with the guard before each. In policies a tool has its `id`.
 *
 * @throws {GaitError} `invalid_input` for a tool without `execute`: it runs elsewhere, so nobody could stop it
 */
export function guardTools<T extends object>(
  guard: Guard,
  tools: T,
  options: { readonly interrupts?: boolean } = {},
): T {
  return Object.fromEntries(
    Object.entries(tools).map((
      [name, tool],
    ) => [name, guarded(guard, tool as Tool, options.interrupts ?? false)]),
  ) as T;
}

function guarded(guard: Guard, tool: Tool, interrupts: boolean): Tool {
  const { id, execute } = tool;
  if (typeof execute !== "function") {
    throw new GaitError("invalid_input", `Cannot guard the tool "${id}": it does not run in this process`);
  }
  // Of the same class, by which the framework knows its tools.
  return Object.assign(Object.create(Object.getPrototypeOf(tool)), tool, {
    async execute(input: JsonObject, context: Context = {}) {
      const { agent } = context;
      const call = { name: id, args: input, callId: agent?.toolCallId, sessionId: agent?.threadId };
      const tokens = tokensOf(context.resumeData ?? agent?.resumeData);
      const decided = await guard.decide(call, tokens);
      const request = decided.refusal?.request;
      const suspend = context.suspend ?? agent?.suspend;
      if (interrupts && request !== undefined && suspend !== undefined && tokens.length === 0) {
        guard.note(decided);
        return await suspend(JSON.parse(JSON.stringify(request)));
      }
      const result = await guard.run(call, (args) => execute.call(tool, args, context), tokens, decided);
      return result instanceof Refusal ? result.toJSON() : result;
    },
  });
}
