/** Numbers that come and go, in some order: the places of rows in a table. */
export interface OrderedSlots {
  add(slot: number): void;
  /** Take one out. Its place in the table is released later. */
  remove(slot: number): void;
  readonly length: number;
  /** The n-th from the end. */
  at(n: number): number | undefined;
  /** Another number after each change. */
  readonly version: number;
}

/** More changes than so many are merged at once, although nobody looks. */
const MAX_UNMERGED = 10_000;

/**
 * The oldest first, in one list: what is decided now is added at its end. A new list for each new row would be many
 * megabytes of garbage a second in a page that shows a hundred thousand.
 *
 * @param release is given each removed slot when nothing compares it any more
 */
export function orderedSlots(
  compare: (a: number, b: number) => number,
  release: (slot: number) => void,
): OrderedSlots {
  const sorted: number[] = [];
  let fresh: number[] = [];
  const gone = new Set<number>();
  let version = 0;

  /** The list, after what came and went since it was last looked at was merged into it. */
  function merged(): readonly number[] {
    if (fresh.length + gone.size === 0) return sorted;
    const added = fresh.filter((slot) => !gone.has(slot)).sort(compare);
    if (gone.size > 0) takeOut();
    fresh = [];
    gone.clear();
    const [first] = added;
    if (first === undefined) return sorted;
    // Only what is newer than the first of them moves.
    const tail = sorted.splice(placeOf(first));
    let at = 0;
    for (const slot of added) {
      while (at < tail.length && compare(tail[at]!, slot) <= 0) sorted.push(tail[at++]!);
      sorted.push(slot);
    }
    while (at < tail.length) sorted.push(tail[at++]!);
    return sorted;
  }

  /** Remove slots in place. A trace is read twice while it is written, so what goes is mostly near the end. */
  function takeOut(): void {
    let to = sorted.length;
    for (const slot of gone) {
      let at = placeOf(slot);
      while (at > 0 && compare(sorted[at - 1]!, slot) === 0) at--;
      to = Math.min(to, at);
    }
    for (let from = to; from < sorted.length; from++) {
      const slot = sorted[from]!;
      if (!gone.has(slot)) sorted[to++] = slot;
    }
    sorted.length = to;
    gone.forEach(release);
  }

  /** How many slots are not after one. */
  function placeOf(slot: number): number {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(sorted[middle]!, slot) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function changed(): void {
    version++;
    if (fresh.length + gone.size > MAX_UNMERGED) merged();
  }

  return {
    add(slot) {
      fresh.push(slot);
      changed();
    },
    remove(slot) {
      gone.add(slot);
      changed();
    },
    get version() {
      return version;
    },
    get length() {
      return merged().length;
    },
    at(n) {
      const slots = merged();
      return slots[slots.length - 1 - n];
    },
  };
}
