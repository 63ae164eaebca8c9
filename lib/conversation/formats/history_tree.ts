import type { Keeping } from "../keeping.ts";

/** Where every history begins. */
const START = 0;

/**
 * What is known of histories that requests repeat, and in which calls have no ids to know them by. What tells calls
 * apart is what came before: the calls and results of all histories form a tree, and each answer with calls opens the
 * place behind them. A history that leads through an open place goes on from there; what it has behind it is new.
 */
export class HistoryTree {
  readonly start = START;
  readonly #key: Keeping["key"];
  readonly #children = new Map<string, number>();
  readonly #open = new Map<number, number>();
  readonly #calls = new Set<string>();
  #places = START;

  /** @param key what a text is known by when it comes again */
  constructor(key: Keeping["key"]) {
    this.#key = key;
  }

  #step(from: number, name: string): string {
    return `${from} ${this.#key(name)}`;
  }

  /** How many of the acts of a history, each by its name, are known from earlier ones. */
  knownOf(names: readonly string[]): number {
    let place = START;
    let repeated = 0;
    let resumed: { readonly place: number; readonly length: number } | undefined;
    for (const [i, name] of names.entries()) {
      const next = this.#children.get(this.#step(place, name));
      if (next === undefined) break;
      place = next;
      repeated = i + 1;
      if ((this.#open.get(place) ?? 0) > 0) resumed = { place, length: repeated };
    }
    if (resumed === undefined) return repeated;
    this.#open.set(resumed.place, this.#open.get(resumed.place)! - 1);
    return resumed.length;
  }

  /** The place behind an act that follows another. */
  goTo(from: number, name: string): number {
    const edge = this.#step(from, name);
    const known = this.#children.get(edge);
    if (known !== undefined) return known;
    this.#children.set(edge, ++this.#places);
    return this.#places;
  }

  /** Open the place that an answer with calls leads to. */
  open(place: number): void {
    this.#open.set(place, (this.#open.get(place) ?? 0) + 1);
  }

  /** Note a call; whether one of that name was noted before, behind whatever beginning. */
  note(name: string): boolean {
    const known = this.#calls.has(this.#key(name));
    if (!known) this.#calls.add(this.#key(name));
    return known;
  }
}
