import { MAX_SOURCES } from "./hash_table.ts";

/** Where data came from, in the words of an intent's provenance (docs/spec/gate.md 2.3). */
export interface TaintSource {
  readonly kind: "tool_output" | "external";
  /** Names the call or message that brought it. */
  readonly ref: string;
}

/** Longer references are cut: a server chooses the names in them. */
const MAX_REF = 256;

/** Stands for sources beyond those that can be told apart. */
const OTHERS = "session";

/**
 * The sources of a scope by number. The same part may come from a source of each kind; such a pair has a number too,
 * because a rule may name only one of the kinds.
 */
export class Sources {
  /** By number; number 0 is unused. */
  readonly #sources: (readonly TaintSource[])[] = [[]];
  readonly #numbers = new Map<string, number>();

  /** The number of a source. */
  numberOf({ kind, ref }: TaintSource): number {
    return this.#add([{ kind, ref: ref.slice(0, MAX_REF) }]);
  }

  /** What a number stands for. */
  get(number: number): readonly TaintSource[] {
    return this.#sources[number] ?? [];
  }

  /** The number for data that came from both; the first source of each kind is kept. */
  merge(first: number, second: number): number {
    if (first === second) return first;
    const held = this.get(first);
    const added = this.get(second).filter(({ kind }) => held.every((one) => one.kind !== kind));
    return added.length === 0 ? first : this.#add([...held, ...added]);
  }

  #add(sources: readonly TaintSource[]): number {
    const known = this.#numbers.get(keyOf(sources));
    if (known !== undefined) return known;
    // The last numbers stay free for one collective source per combination of kinds.
    const full = this.#sources.length > MAX_SOURCES - COMBINATIONS;
    const kept = full ? sources.map(({ kind }) => ({ kind, ref: OTHERS })) : sources;
    const number = this.#numbers.get(keyOf(kept)) ?? this.#sources.push(kept) - 1;
    this.#numbers.set(keyOf(kept), number);
    return number;
  }
}

/** One kind, the other, both in either order. */
const COMBINATIONS = 4;

function keyOf(sources: readonly TaintSource[]): string {
  return JSON.stringify(sources.map(({ kind, ref }) => [kind, ref]));
}
