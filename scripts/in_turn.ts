/** Where output goes. */
export type Show = (chunk: Uint8Array) => void;

/** Print a whole chunk: a pipe may take a part of it at a time. */
export function print(chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length;) at += Deno.stdout.writeSync(chunk.subarray(at));
}

/**
 * For things that run side by side: what each prints comes in one piece, in the order in which they are listed; of the
 * one whose turn it is, as it comes.
 */
export class Turns {
  readonly #kept: Uint8Array[][];
  readonly #ended: boolean[];
  #turn = 0;

  constructor(count: number, private readonly show: Show) {
    this.#kept = Array.from({ length: count }, () => []);
    this.#ended = Array.from({ length: count }, () => false);
  }

  /** Where the one at a place prints. */
  of(at: number): Show {
    return (chunk) => at === this.#turn ? this.show(chunk) : void this.#kept[at]!.push(chunk);
  }

  /** The one at a place has printed its last. */
  end(at: number): void {
    this.#ended[at] = true;
    while (this.#ended[this.#turn]) {
      this.#turn++;
      for (const chunk of this.#kept[this.#turn]?.splice(0) ?? []) this.show(chunk);
    }
  }
}
