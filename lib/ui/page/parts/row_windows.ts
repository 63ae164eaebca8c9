/** Rows that are asked for at once. */
export const WINDOW = 100;

/** Most windows that are kept: far more than a screen shows. */
const MAX_WINDOWS = 12;

/**
 * Rows of a long list, of which the page holds only those near the ones in sight. However long the list is, and however long
 * somebody scrolls in it, no more are kept.
 */
export class RowWindows<Row> {
  /** By number, in the order in which they were asked for. */
  readonly #windows = new Map<number, readonly Row[]>();
  readonly #asked = new Set<number>();

  at(index: number): Row | undefined {
    return this.#windows.get(Math.floor(index / WINDOW))?.[index % WINDOW];
  }

  /** The windows of a range that are yet to be asked for; they count as asked for from now on. */
  missing(first: number, last: number): number[] {
    const found: number[] = [];
    for (let at = Math.floor(first / WINDOW); at === Math.floor(first / WINDOW) || at * WINDOW < last; at++) {
      if (!this.#asked.has(at)) found.push(at);
      this.#asked.add(at);
    }
    return found;
  }

  /** Take what came, and let go of what was asked for long ago. */
  put(window: number, rows: readonly Row[]): void {
    this.#windows.delete(window);
    this.#windows.set(window, rows);
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= MAX_WINDOWS) break;
      this.#windows.delete(oldest);
      this.#asked.delete(oldest);
    }
  }

  /** Ask for all again; the rows stay until the new ones are there. */
  outdate(): void {
    this.#asked.clear();
  }

  clear(): void {
    this.#windows.clear();
    this.#asked.clear();
  }

  /** How many rows are kept. */
  get size(): number {
    let size = 0;
    for (const rows of this.#windows.values()) size += rows.length;
    return size;
  }
}
