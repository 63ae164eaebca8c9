import { type OrderedSlots, orderedSlots } from "./ordered_slots.ts";
import { type PackedPaths, packedPaths } from "./packed_paths.ts";
import { INTENT_AT, intentKey, intentOf, isHexOnly, packOwn, unpackOwn } from "./packed_row.ts";
import { holdingDigits } from "./packed_texts.ts";
import type { TraceKind, TraceRow } from "./row.ts";
import { type TraceKinds, traceKinds } from "./trace_kinds.ts";

/** Rows in the order of their times, the newest first. */
export interface TraceRows extends Iterable<TraceRow> {
  readonly length: number;
  /** The n-th newest. */
  at(n: number): TraceRow | undefined;
  /** Its time alone, in milliseconds since 1970. */
  timeAt(n: number): number;
  /** What it has in common with other rows: the same object for all of them. */
  kindAt(n: number): TraceKind;
  /** A text that is the same for traces of the same intent, and no other; empty where there is none. */
  intentKeyAt(n: number): string;
  /** The rows of an intent, the newest first. */
  withIntent(intent: string): Iterable<TraceRow>;
  /** A test whether path, id or intent of the n-th row hold a text in lower case. */
  holding(text: string): (n: number) => boolean;
}

/** The state of a file when it was read. */
export interface FileState {
  readonly size: number;
  readonly modified: number;
}

/** Rows that come and go, at most one of a path. */
export interface TraceTable {
  readonly rows: TraceRows;
  /** Another number after each change. */
  readonly version: () => number;
  readonly size: () => number;
  has(path: string): boolean;
  /** The state of the file of a path when its row was added. */
  stateOf(path: string): FileState | undefined;
  paths(): Iterable<string>;
  /** When the file of the trace was written that was written first. */
  oldestFile(): number;
  add(row: TraceRow, state: FileState): void;
  remove(path: string): void;
}

/** A table in columns: two hundred thousand objects with their texts would take five times the memory. */
export function traceTable(): TraceTable {
  const kinds = traceKinds();
  const paths = packedPaths();
  /** By packed path. */
  const slots = new Map<string, number>();
  const free: number[] = [];
  const [keys, own]: [string[], string[]] = [[], []];
  const [times, sizes, modified, kind]: [number[], number[], number[], number[]] = [[], [], [], []];

  /** The oldest first; of the same time, the last path first, because the list is read from its end. */
  function compare(a: number, b: number): number {
    if (times[a] !== times[b]) return times[a]! - times[b]!;
    const [first, second] = [pathOf(a), pathOf(b)];
    return first < second ? 1 : first > second ? -1 : 0;
  }

  const order = orderedSlots(compare, (slot) => {
    kinds.release(kind[slot]!);
    keys[slot] = own[slot] = "";
    free.push(slot);
  });
  const pathOf = (slot: number) => paths.unpack(keys[slot]!);
  const slotOf = (path: string) => slots.get(paths.find(path) ?? "");

  function remove(path: string): void {
    const slot = slotOf(path);
    if (slot === undefined) return;
    slots.delete(keys[slot]!);
    order.remove(slot);
  }

  return {
    rows: traceRows(order, { paths, kinds, keys, own, times, kind }),
    version: () => order.version,
    size: () => slots.size,
    has: (path) => slotOf(path) !== undefined,
    stateOf(path) {
      const slot = slotOf(path);
      return slot === undefined ? undefined : { size: sizes[slot]!, modified: modified[slot]! };
    },
    *paths() {
      for (const key of slots.keys()) yield paths.unpack(key);
    },
    oldestFile() {
      let oldest = Infinity;
      for (const slot of slots.values()) oldest = Math.min(oldest, modified[slot]!);
      return oldest;
    },
    add(row, state) {
      remove(row.path);
      const slot = free.pop() ?? keys.length;
      keys[slot] = paths.pack(row.path);
      own[slot] = packOwn(row, paths.idOf(row.path), row.at);
      kind[slot] = kinds.take(row);
      times[slot] = row.at;
      sizes[slot] = state.size;
      modified[slot] = state.modified;
      slots.set(keys[slot]!, slot);
      order.add(slot);
    },
    remove,
  };
}

/** The columns that rows are read from. */
interface Columns {
  readonly paths: PackedPaths;
  readonly kinds: TraceKinds;
  readonly keys: readonly string[];
  readonly own: readonly string[];
  readonly times: readonly number[];
  readonly kind: readonly number[];
}

function traceRows(order: OrderedSlots, { paths, kinds, keys, own, times, kind }: Columns): TraceRows {
  const slotAt = (n: number) => order.at(n)!;

  function rowOf(slot: number): TraceRow {
    const path = paths.unpack(keys[slot]!);
    const at = times[slot]!;
    return { path, at, ...unpackOwn(own[slot]!, paths.idOf(path), at), ...kinds.at(kind[slot]!) };
  }

  return {
    get length() {
      return order.length;
    },
    at(n) {
      const slot = order.at(n);
      return slot === undefined ? undefined : rowOf(slot);
    },
    timeAt: (n) => times[slotAt(n)]!,
    kindAt: (n) => kinds.at(kind[slotAt(n)]!),
    intentKeyAt: (n) => intentOf(own[slotAt(n)]!),
    *withIntent(intent) {
      const key = intentKey(intent);
      for (let n = 0; n < order.length; n++) {
        if (intentOf(own[slotAt(n)]!) === key) yield rowOf(slotAt(n));
      }
    },
    holding(text) {
      const inPath = paths.holding(text);
      const isHex = /^[0-9a-f]*$/.test(text);
      const inIntent = holdingDigits(text);
      return (n) => {
        const slot = slotAt(n);
        if (inPath(keys[slot]!)) return true;
        if (isHexOnly(own[slot]!)) return isHex && inIntent(own[slot]!, INTENT_AT);
        const { id, intent } = rowOf(slot);
        return id.toLowerCase().includes(text) || intent.toLowerCase().includes(text);
      };
    },
    *[Symbol.iterator]() {
      for (let n = 0; n < order.length; n++) yield rowOf(slotAt(n));
    },
  };
}
