import { invalidInput } from "../../errors/mod.ts";
import type { CollectedTrace } from "../../gate/trace/collect.ts";
import { isNotExecuted } from "../../schema/gate_result.ts";
import type { RunCall, RunResult } from "./verify.ts";

/**
 * Find the trace of each call of a run that was recorded elsewhere: one about the same tool with the same arguments,
 * each for one call, in the order of the decisions. A call that was executed takes an allow.
 *
 * @returns the traces by the id of the intent
 * @throws {GaitError} `invalid_input` for a call that no trace is left for
 */
export function matchTraces(
  calls: readonly RunCall[],
  results: readonly RunResult[],
  traces: readonly CollectedTrace[],
): Map<string, CollectedTrace> {
  const free = new Map<string, CollectedTrace[]>();
  for (const one of traces) {
    const { tool_name, args_digest } = one.trace.record;
    const key = keyOf(tool_name, args_digest);
    const list = free.get(key);
    if (list) list.push(one);
    else free.set(key, [one]);
  }
  const executed = new Set(
    results.filter(({ status }) => !isNotExecuted(status)).map(({ intentId }) => intentId),
  );
  const found = new Map<string, CollectedTrace>();
  for (const { intentId, toolName, argsDigest } of calls) {
    const list = free.get(keyOf(toolName, argsDigest)) ?? [];
    const wanted = list.findIndex(({ trace: { record, simulated } }) =>
      executed.has(intentId) === (record.verdict === "allow" && !simulated)
    );
    // A call whose result does not say that it was executed may have been allowed all the same.
    const at = wanted >= 0 || executed.has(intentId) ? wanted : list.length > 0 ? 0 : -1;
    const [one] = at < 0 ? [] : list.splice(at, 1);
    if (!one) {
      throw invalidInput(
        `Cannot pack run: no trace ${
          executed.has(intentId) ? "allows" : "decides"
        } call "${intentId}" (${toolName}) with its arguments`,
        { hint: "Give the traces of all calls of the run; a trace is for one call" },
      );
    }
    found.set(intentId, one);
  }
  return found;
}

function keyOf(toolName: string, argsDigest: string): string {
  return JSON.stringify([toolName, argsDigest.toLowerCase()]);
}
