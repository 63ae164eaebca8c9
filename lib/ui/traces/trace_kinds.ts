import type { TraceKind } from "./row.ts";

/** What many traces have alike, kept once for all of them, each with a number. */
export interface TraceKinds {
  /** The number of a kind, for one more trace. */
  take(kind: TraceKind): number;
  at(number: number): TraceKind;
  /** A trace of this kind is gone. */
  release(number: number): void;
}

interface Held {
  readonly key: string;
  readonly kind: TraceKind;
  traces: number;
}

export function traceKinds(): TraceKinds {
  const held: (Held | undefined)[] = [];
  const numbers = new Map<string, number>();
  const free: number[] = [];
  return {
    take({ tool, caller, verdict, rules, reasons, policy, approved, error }) {
      const key = JSON.stringify([tool, caller, verdict, rules, reasons, policy, approved, error]);
      let number = numbers.get(key);
      if (number === undefined) {
        number = free.pop() ?? held.length;
        numbers.set(key, number);
        held[number] = { key, kind: kindOf(key), traces: 0 };
      }
      held[number]!.traces++;
      return number;
    },
    at: (number) => held[number]!.kind,
    release(number) {
      const of = held[number]!;
      if (--of.traces > 0) return;
      numbers.delete(of.key);
      held[number] = undefined;
      free.push(number);
    },
  };
}

/** Parsed from the key: texts that were cut from a file would keep all of it in memory. */
function kindOf(key: string): TraceKind {
  const [tool, caller, verdict, rules, reasons, policy, approved, error] = JSON.parse(key);
  return {
    ...{ tool, caller, verdict, rules, reasons, policy, approved },
    ...(error === null ? {} : { error }),
  };
}
