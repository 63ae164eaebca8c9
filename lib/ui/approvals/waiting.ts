import type { TraceRows } from "../traces/trace_table.ts";

/**
 * The places of the calls that wait for an approval, the newest first: the gate stopped them, and no later decision about the
 * same call under the same policy let it pass.
 */
export function waitingCalls(rows: TraceRows): number[] {
  const asked = new Set<string>();
  for (let n = 0; n < rows.length; n++) {
    if (rows.kindAt(n).verdict === "require_approval") asked.add(rows.intentKeyAt(n));
  }
  asked.delete(""); // without an intent there is nothing to approve
  const decided = new Set<string>();
  const waiting: number[] = [];
  for (let n = 0; n < rows.length; n++) {
    const { error, policy, verdict } = rows.kindAt(n);
    if (error !== undefined || !asked.has(rows.intentKeyAt(n))) continue;
    const call = `${rows.intentKeyAt(n)}\n${policy}`;
    if (decided.has(call)) continue;
    decided.add(call);
    if (verdict === "require_approval") waiting.push(n);
  }
  return waiting;
}
