import { messageOf } from "../../../errors/mod.ts";
import type { RelayContext } from "./types.ts";

/**
 * Work that an answer does not wait for. Over HTTP an answer is written several promises after it was given, behind
 * whatever is still done in the same turn.
 *
 * INVARIANT: whoever depends on it finishes it first, so that it is done however soon the client goes on.
 */
export class Deferred {
  #works: (() => void)[] = [];
  #callOff = () => {};

  constructor(readonly context: Pick<RelayContext, "after" | "notify">) {}

  add(work: () => void): void {
    if (this.#works.push(work) === 1) this.#callOff = this.context.after(0, () => this.finish());
  }

  /** Do all of it. */
  finish(): void {
    if (this.#works.length === 0) return;
    this.#callOff();
    const works = this.#works;
    this.#works = [];
    for (const work of works) {
      try {
        work();
      } catch (error) {
        this.context.notify(messageOf(error));
      }
    }
  }
}
