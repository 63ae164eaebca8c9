import type { MessageId } from "../codec/message.ts";

/** The most requests that wait for their answers, in one direction. */
export const MAX_IN_FLIGHT = 1_024;

/** Requests by id; the text "1" and the number 1 are two ids. */
export class InFlight<T> {
  readonly #entries = new Map<string, T>();

  get size(): number {
    return this.#entries.size;
  }

  has(id: MessageId): boolean {
    return this.#entries.has(keyOf(id));
  }

  get(id: MessageId): T | undefined {
    return this.#entries.get(keyOf(id));
  }

  add(id: MessageId, entry: T): void {
    this.#entries.set(keyOf(id), entry);
  }

  take(id: MessageId): T | undefined {
    const entry = this.get(id);
    this.#entries.delete(keyOf(id));
    return entry;
  }

  values(): T[] {
    return [...this.#entries.values()];
  }

  /** Take all of them. */
  drain(): T[] {
    const all = this.values();
    this.#entries.clear();
    return all;
  }
}

function keyOf(id: MessageId): string {
  return typeof id === "number" ? `n${id}` : `t${id}`;
}
