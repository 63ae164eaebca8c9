/**
 * The OpenAI Agents SDK: `new Agent({ tools: guardTools(guard, [...]) })`.
 *
 * A refused call gives the model a text instead of a result, and the run goes on. A call that needs an approval interrupts
 * the run: give the token to `guard.grant`, then `state.approve(item)`, and run again with the state.
 *
 * @module
 */
import { GaitError } from "../../../lib/errors/mod.ts";
import { type JsonObject, readJsonObject } from "../../../lib/formats/json/mod.ts";
import type { Guard } from "../../../lib/library/guard/guard.ts";
import { Refusal } from "../../../lib/library/guard/refusal.ts";
import { HeldDecisions } from "./held.ts";

/** A function tool of the SDK, as far as a guard uses it. */
interface FunctionTool {
  readonly type: string;
  readonly name: string;
  // deno-lint-ignore no-explicit-any -- the SDK's own types stay those of the tool that is given
  readonly invoke: (...parameters: any[]) => Promise<any>;
  // deno-lint-ignore no-explicit-any -- as above
  readonly needsApproval?: (...parameters: any[]) => Promise<boolean>;
}

/**
 * The tools with the guard before each.
 *
 * @throws {GaitError} `invalid_input` for a tool that does not run here, such as a hosted one: nobody could stop it
 */
export function guardTools<T>(guard: Guard, tools: readonly T[]): T[] {
  return tools.map((tool) => guarded(guard, tool as unknown as FunctionTool) as unknown as T);
}

function guarded(guard: Guard, tool: FunctionTool): FunctionTool {
  if (tool.type !== "function" || typeof tool.invoke !== "function") {
    throw new GaitError(
      "invalid_input",
      `Cannot guard the tool "${tool.name}": it does not run in this process`,
    );
  }
  const held = new HeldDecisions();
  return {
    ...tool,
    /** The runner asks before it runs a tool; the decision holds for the call that follows at once. */
    async needsApproval(context, input, callId) {
      if (await tool.needsApproval?.(context, input, callId)) return true;
      const decided = await guard.decide({ name: tool.name, args: input as JsonObject, callId });
      if (decided.refusal?.request === undefined) held.keep(callId, decided);
      return decided.refusal?.request !== undefined;
    },
    async invoke(context, input, details) {
      const callId = details?.toolCall?.callId as string | undefined;
      const call = { name: tool.name, args: argumentsOf(input), callId };
      const result = await guard.run(
        call,
        (args) => tool.invoke(context, JSON.stringify(args), details),
        [],
        held.take(callId, call.args),
      );
      return result instanceof Refusal ? String(result) : result;
    },
  };
}

/** Strictly, because a name that occurs twice could be decided as one thing and executed as another. */
function argumentsOf(text: unknown): JsonObject {
  if (typeof text !== "string" || text === "") return {};
  try {
    return readJsonObject(text, { what: "arguments", duplicates: "refuse" });
  } catch {
    return undefined as unknown as JsonObject; // the guard refuses what is no object
  }
}
