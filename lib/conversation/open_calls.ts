/** The calls of one id that wait for an answer; turns from first to last, calls of a turn in order. */
interface OpenTurn {
  readonly turn: number;
  readonly calls: number[];
  next: number;
}

/** Calls that wait for an answer, found by a name: their id, or their tool when they have none. */
export interface OpenCalls {
  readonly add: (name: string, call: number, turn: number) => void;
  /** The call that an answer is for, `undefined` when none waits. */
  readonly take: (name: string) => number | undefined;
  /** Whether a call of that name was ever added. */
  readonly knows: (name: string) => boolean;
}

/**
 * Keep track of calls that wait for an answer.
 *
 * Ids may repeat inside a conversation. An agent answers the calls of a turn before it takes the next one, so an
 * answer belongs to the latest turn with a waiting call of that id and, in it, to the earliest such call: a call
 * that was never answered does not take the answer of a later one.
 */
export function openCalls(): OpenCalls {
  const waiting = new Map<string, OpenTurn[]>();
  return {
    add(name, call, turn) {
      const turns = waiting.get(name) ?? [];
      waiting.set(name, turns);
      const last = turns.at(-1);
      if (last?.turn === turn) last.calls.push(call);
      else turns.push({ turn, calls: [call], next: 0 });
    },
    take(name) {
      const turns = waiting.get(name);
      const last = turns?.at(-1);
      if (!turns || !last) return undefined;
      const call = last.calls[last.next++];
      if (last.next === last.calls.length) turns.pop();
      return call;
    },
    knows: (name) => waiting.has(name),
  };
}
