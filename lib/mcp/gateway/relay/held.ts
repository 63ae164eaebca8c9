import { messageOf } from "../../../errors/mod.ts";

/** The most bytes of messages that are read and not delivered yet: four of the largest. */
const MAX_HELD_BYTES = 4 * 10 * 1024 * 1024;

/** What a message costs beside its bytes, however short it is: half a million empty ones would fill a gigabyte. */
const MESSAGE_BYTES = 4_096;

/**
 * Messages that were read and not delivered yet. Reading goes on meanwhile, since the answer to a question of the gateway
 * may stand behind a message that waits for it; but not without bounds.
 */
export class Held {
  #bytes = 0;

  constructor(readonly notify: (text: string) => void) {}

  /**
   * Resolves when more can be read.
   *
   * @param bytes the length of the message; none of one that is too long to be kept
   */
  async take(bytes: number, delivered: Promise<void>): Promise<void> {
    const cost = bytes + MESSAGE_BYTES;
    this.#bytes += cost;
    const settled = delivered.catch((error) => this.notify(messageOf(error))).finally(() =>
      this.#bytes -= cost
    );
    if (this.#bytes > MAX_HELD_BYTES) await settled;
  }
}
