/** Maximum length of an unfinished line, in characters; its beginning is dropped. */
const MAX_LINE = 8192;

/** Splits output into lines, to show it to the user. */
export class LineSplitter {
  readonly #show: (line: string) => void;
  /** Keeps the first bytes of a character that a chunk boundary cuts. */
  readonly #decoder = new TextDecoder();
  #incomplete = "";

  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  add(chunk: Uint8Array): void {
    this.#take(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): void {
    this.#take(this.#decoder.decode());
    if (this.#incomplete !== "") this.#show(this.#incomplete);
    this.#incomplete = "";
  }

  #take(text: string): void {
    const parts = (this.#incomplete + text).split("\n");
    this.#incomplete = parts.pop()!.slice(-MAX_LINE);
    for (const part of parts) this.#show(part);
  }
}
