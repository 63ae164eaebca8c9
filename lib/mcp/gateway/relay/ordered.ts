/** What is left to do for a message when its turn comes. */
export type Delivery = () => Promise<void> | void;

/**
 * Keeps messages in the order in which they came, although the work on each begins at once: a notification never
 * overtakes the request before it, and many decisions share one wait for the disk.
 */
export class Ordered {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when all that came so far is delivered. */
  get delivered(): Promise<void> {
    return this.#last;
  }

  /** Deliver what a piece of work comes to, after everything before it. */
  add(work: Promise<Delivery>): Promise<void> {
    const before = this.#last;
    // A failure must not be unhandled while its turn has not come.
    work.catch(() => {});
    const delivered = before.then(async () => await (await work)());
    this.#last = delivered.catch(() => {});
    return delivered;
  }
}
