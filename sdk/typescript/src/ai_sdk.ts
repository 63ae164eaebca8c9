/**
 * The Vercel AI SDK: `generateText({ tools: guardTools(guard, { ... }) })`.
 *
 * A refused call gives the model an object that says so instead of a result. A call that needs an approval ends the step
 * with a `tool-approval-request`: give the token to `guard.grant`, answer with a `tool-approval-response`, and go on.
 *
 * @module
 */
import { GaitError } from "../../../lib/errors/mod.ts";
import type { JsonObject } from "../../../lib/formats/json/mod.ts";
import type { Guard } from "../../../lib/library/guard/guard.ts";
import { Refusal } from "../../../lib/library/guard/refusal.ts";
import { HeldDecisions } from "./held.ts";

interface Options {
  readonly toolCallId?: string;
}

/** A tool of the SDK, as far as a guard uses it. */
interface Tool {
  // deno-lint-ignore no-explicit-any -- the SDK's own types stay those of the tool that is given
  readonly execute?: (input: any, options: any) => any;
  // deno-lint-ignore no-explicit-any -- as above
  readonly needsApproval?: boolean | ((input: any, options: any) => boolean | PromiseLike<boolean>);
}

/**
 * The tools with the guard before each.
 *
 * @throws {GaitError} `invalid_input` for a tool without `execute`: it runs elsewhere, so nobody could stop it
 */
export function guardTools<T extends object>(guard: Guard, tools: T): T {
  return Object.fromEntries(
    Object.entries(tools).map(([name, tool]) => [name, guarded(guard, name, tool as Tool)]),
  ) as T;
}

function guarded(guard: Guard, name: string, tool: Tool): Tool {
  const { execute, needsApproval } = tool;
  if (typeof execute !== "function") {
    throw new GaitError("invalid_input", `Cannot guard the tool "${name}": it does not run in this process`);
  }
  const held = new HeldDecisions();
  return {
    ...tool,
    async needsApproval(input: JsonObject, options: Options) {
      const own = typeof needsApproval === "function" ? await needsApproval(input, options) : needsApproval;
      if (own) return true;
      const decided = await guard.decide({ name, args: input, callId: options.toolCallId });
      if (decided.refusal?.request === undefined) held.keep(options.toolCallId, decided);
      return decided.refusal?.request !== undefined;
    },
    async execute(input: JsonObject, options: Options) {
      const call = { name, args: input, callId: options.toolCallId };
      const decided = held.take(options.toolCallId, input);
      const result = await guard.run(call, (args) => execute.call(tool, args, options), [], decided);
      return result instanceof Refusal ? result.toJSON() : result;
    },
  };
}
