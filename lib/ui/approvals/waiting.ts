import type { TraceRow } from "../traces/row.ts";

/**
 * Calls that wait for an approval, the newest first: the gate stopped them, and no later decision about the same call
 * under the same policy let it pass.
 *
 * @param rows the newest first
 */
export function waitingCalls(rows: Iterable<TraceRow>): TraceRow[] {
  const decided = new Set<string>();
  const waiting: TraceRow[] = [];
  for (const row of rows) {
    if (row.error !== undefined || row.intent === "") continue;
    const call = `${row.intent}\n${row.policy}`;
    if (decided.has(call)) continue;
    decided.add(call);
    if (row.verdict === "require_approval") waiting.push(row);
  }
  return waiting;
}
