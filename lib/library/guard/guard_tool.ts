import type { JsonObject } from "../../formats/json/mod.ts";
import type { DecidingGate } from "./call.ts";
import { Guard, type GuardOptions } from "./guard.ts";
import { Refusal, RefusedError } from "./refusal.ts";

/** How a function is guarded. */
export interface GuardToolOptions extends GuardOptions {
  /** The name of the tool in policies; that of the function unless given. */
  readonly name?: string;
}

/**
 * Guard a function: it is decided before each call, and called when that is allowed. The function gets a copy of its
 * first argument, the very one that was decided; further arguments are passed on as they are and not decided.
 *
 * @example
 * ```ts ignore
 * const context = { identity: "agent-7", workspace: "/srv", risk_class: "high" };
 * const remove = guardTool(gate, { name: "fs.delete", context }, async ({ path }: { path: string }) => {
 *   await Deno.remove(path);
 * });
 * await remove({ path: "/srv/data" }); // throws a RefusedError unless the policy allows it
 * ```
 *
 * @throws {RefusedError} from the guarded function, when the call was not made
 */
export function guardTool<A extends object, M extends unknown[], R>(
  gate: DecidingGate,
  options: GuardToolOptions & { readonly onRefusal?: "throw" },
  execute: (args: A, ...more: M) => Promise<R> | R,
): (args: A, ...more: M) => Promise<R>;
/** The same for callers that want the {@linkcode Refusal} as a result, such as the tools of a model. */
export function guardTool<A extends object, M extends unknown[], R>(
  gate: DecidingGate,
  options: GuardToolOptions & { readonly onRefusal: "return" },
  execute: (args: A, ...more: M) => Promise<R> | R,
): (args: A, ...more: M) => Promise<R | Refusal>;
export function guardTool<A extends object, M extends unknown[], R>(
  gate: DecidingGate,
  options: GuardToolOptions & { readonly onRefusal?: "throw" | "return" },
  execute: (args: A, ...more: M) => Promise<R> | R,
): (args: A, ...more: M) => Promise<R | Refusal> {
  const name = options.name ?? execute.name;
  const guard = new Guard(gate, options);
  return async (args, ...more) => {
    const call = { name, args: args as unknown as JsonObject };
    const result = await guard.run(call, (decided) => execute(decided as unknown as A, ...more));
    if (result instanceof Refusal && options.onRefusal !== "return") throw new RefusedError(name, result);
    return result;
  };
}
