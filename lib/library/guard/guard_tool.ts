import { invalidInput } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { checkGate, checkOptions, checkText, type Shape } from "../arguments.ts";
import type { DecidingGate } from "./call.ts";
import { Guard, GUARD_OPTIONS, type GuardOptions, OF_CONTEXT } from "./guard.ts";
import { Refusal, RefusedError } from "./refusal.ts";

/** How a function is guarded. */
export interface GuardToolOptions extends GuardOptions {
  /** The name of the tool in policies; that of the function unless given. */
  readonly name?: string;
}

const OPTIONS: Shape<GuardToolOptions & { readonly onRefusal?: "throw" | "return" }> = {
  ...GUARD_OPTIONS,
  name: "text",
  onRefusal: ["throw", "return"],
};

/**
 * Guard a function: it is decided before each call, and called when that is allowed. The function gets a copy of its
 * first argument, the very one that was decided; further arguments are passed on as they are and not decided.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { guardTool, openGate, RefusedError } from "@gait/gait";
 *
 * const folder = await mkdtemp(`${tmpdir()}/gait-`);
 * await writeFile(
 *   `${folder}/policy.yaml`,
 *   "default_verdict: block\nrules: [{ name: r, effect: require_approval, match: { tool_names: [fs.delete] } }]\n",
 * );
 * const gate = await openGate({ policy: `${folder}/policy.yaml`, traceDir: `${folder}/traces` });
 * const context = { identity: "agent-7", workspace: "/srv", risk_class: "high" };
 * const remove = guardTool(gate, { name: "fs.delete", context }, ({ path }: { path: string }) => rm(path));
 * try {
 *   await remove({ path: "/srv/data" }); // fails unless the policy allows it
 * } catch (error) {
 *   if (!(error instanceof RefusedError)) throw error;
 *   console.log(error.refusal.verdict, error.hint); // require_approval, and the command that approves this call
 * }
 * await gate.close();
 * ```
 *
 * @throws {GaitError} `invalid_input` for anything that is no gate, options that can't be used, and a function without
 * a name
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
  checkGate(gate);
  checkOptions("options", options, OPTIONS, OF_CONTEXT);
  const { name = execute?.name, onRefusal, ...rest } = options;
  if (typeof execute !== "function") {
    throw invalidInput("Cannot guard: expected a function to call", {
      hint: "Give it as the third argument: guardTool(gate, options, async (args) => ...)",
    });
  }
  checkText("name", name);
  if (name.trim() === "") {
    throw invalidInput("Cannot guard: the function has no name", {
      hint: "Give the name that the policy has for it, as name",
    });
  }
  const guard = new Guard(gate, rest);
  return async (args, ...more) => {
    const call = { name, args: args as unknown as JsonObject };
    const result = await guard.run(call, (decided) => execute(decided as unknown as A, ...more));
    if (result instanceof Refusal && onRefusal !== "return") throw new RefusedError(name, result);
    return result;
  };
}
