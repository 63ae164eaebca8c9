import type { TraceRow } from "./row.ts";

/** Rows in the order of their times, the newest first. */
export interface TraceRows extends Iterable<TraceRow> {
  readonly length: number;
  /** The n-th newest. */
  at(n: number): TraceRow | undefined;
}

/** Rows that come and go. */
export interface OrderedRows extends TraceRows {
  add(row: TraceRow): void;
  remove(row: TraceRow): void;
  /** Another number after each change. */
  readonly version: number;
}

/**
 * Rows are kept with the oldest first, in one list: what is decided now is added at its end. A new list for each new row
 * would be many megabytes of garbage a second in a page that shows a hundred thousand.
 */
export function orderedRows(): OrderedRows {
  const sorted: TraceRow[] = [];
  let fresh: TraceRow[] = [];
  const gone = new Set<TraceRow>();
  let version = 0;

  /** The list, after what came and went since it was last looked at was merged into it. */
  function merged(): readonly TraceRow[] {
    if (fresh.length + gone.size === 0) return sorted;
    const added = fresh.filter((row) => !gone.has(row)).sort(compareRows);
    if (gone.size > 0) removeRows(gone, sorted);
    fresh = [];
    gone.clear();
    const [first] = added;
    if (!first) return sorted;
    // Only what is newer than the first of them moves.
    const tail = sorted.splice(placeOf(first, sorted));
    let at = 0;
    for (const row of added) {
      while (at < tail.length && compareRows(tail[at]!, row) <= 0) sorted.push(tail[at++]!);
      sorted.push(row);
    }
    while (at < tail.length) sorted.push(tail[at++]!);
    return sorted;
  }

  return {
    add(row) {
      fresh.push(row);
      version++;
    },
    remove(row) {
      gone.add(row);
      version++;
    },
    get version() {
      return version;
    },
    get length() {
      return merged().length;
    },
    at: (n) => {
      const rows = merged();
      return rows[rows.length - 1 - n];
    },
    *[Symbol.iterator]() {
      const rows = merged();
      for (let i = rows.length - 1; i >= 0; i--) yield rows[i]!;
    },
  };
}

/** The oldest first; of the same time, the last path first, because the list is read from its end. */
function compareRows(a: TraceRow, b: TraceRow): number {
  return a.at - b.at || (a.path < b.path ? 1 : a.path > b.path ? -1 : 0);
}

/** Remove rows in place. A trace is read twice while it is written, so what goes is mostly near the end. */
function removeRows(gone: ReadonlySet<TraceRow>, rows: TraceRow[]): void {
  let to = rows.length;
  for (const row of gone) {
    let at = placeOf(row, rows);
    while (at > 0 && compareRows(rows[at - 1]!, row) === 0) at--;
    to = Math.min(to, at);
  }
  for (let from = to; from < rows.length; from++) {
    const row = rows[from]!;
    if (!gone.has(row)) rows[to++] = row;
  }
  rows.length = to;
}

/** The number of rows that are not after a row. */
function placeOf(row: TraceRow, rows: readonly TraceRow[]): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareRows(rows[middle]!, row) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
