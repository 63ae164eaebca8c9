import type { TraceRow } from "./row.ts";

/** Most texts that are kept to be shared. */
const MAX_TEXTS = 10_000;

/** Longer ones are seldom the same. */
const MAX_LENGTH = 1_000;

/**
 * Make rows share the texts that many of them have: tools, callers, verdicts, rules and policies. A hundred thousand rows
 * would otherwise hold as many copies of each.
 */
export function textSharer(): (row: TraceRow) => TraceRow {
  const texts = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const share = (text: string): string => held(texts, text, () => text);
  const shareAll = (list: readonly string[]) =>
    held(lists, JSON.stringify(list), () => list.map((text) => share(text)));
  return (row) => ({
    ...row,
    tool: share(row.tool),
    caller: share(row.caller),
    verdict: share(row.verdict),
    policy: share(row.policy),
    rules: shareAll(row.rules),
    reasons: shareAll(row.reasons),
  });
}

function held<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  if (key.length > MAX_LENGTH) return made;
  if (known.size >= MAX_TEXTS) known.clear();
  known.set(key, made);
  return made;
}
