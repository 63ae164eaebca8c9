import { messageOf } from "../../../errors/mod.ts";

/** The most bytes of messages that are read and not delivered yet: four of the largest. */
const MAX_HELD_BYTES = 4 * 10 * 1024 * 1024;

/**
 * Messages that were read and not delivered yet. Reading goes on meanwhile, since the answer to a question of the gateway
 * may stand behind a message that waits for it; but not without bounds.
 */
export class Held {
  #bytes = 0;

  constructor(readonly notify: (text: string) => void) {}

  /** Resolves when more can be read. */
  async take({ length }: Uint8Array, delivered: Promise<void>): Promise<void> {
    this.#bytes += length;
    const settled = delivered.catch((error) => this.notify(messageOf(error))).finally(() =>
      this.#bytes -= length
    );
    if (this.#bytes > MAX_HELD_BYTES) await settled;
  }
}
