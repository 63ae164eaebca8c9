import type { TraceRow } from "./row.ts";

/** Rows in the order of their times, the newest first. */
export interface OrderedRows {
  add(row: TraceRow): void;
  remove(row: TraceRow): void;
  /** All of them. The list is another one after each change, and never changes itself. */
  all(): readonly TraceRow[];
}

/** Rows are sorted among themselves and merged, because sorting all for each new one would take most of the time. */
export function orderedRows(): OrderedRows {
  let sorted: readonly TraceRow[] = [];
  let fresh: TraceRow[] = [];
  const gone = new Set<TraceRow>();
  return {
    add: (row) => void fresh.push(row),
    remove: (row) => void gone.add(row),
    all() {
      if (fresh.length + gone.size === 0) return sorted;
      const added = fresh.filter((row) => !gone.has(row)).sort(compareRows);
      sorted = merge(gone.size === 0 ? sorted : sorted.filter((row) => !gone.has(row)), added);
      fresh = [];
      gone.clear();
      return sorted;
    },
  };
}

function compareRows(a: TraceRow, b: TraceRow): number {
  return b.at - a.at || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

function merge(left: readonly TraceRow[], right: readonly TraceRow[]): readonly TraceRow[] {
  if (left.length === 0) return right;
  const merged: TraceRow[] = [];
  let at = 0;
  for (const row of right) {
    while (at < left.length && compareRows(left[at]!, row) <= 0) merged.push(left[at++]!);
    merged.push(row);
  }
  while (at < left.length) merged.push(left[at++]!);
  return merged;
}
