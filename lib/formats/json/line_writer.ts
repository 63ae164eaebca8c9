/** Collects lines as bytes. The buffer is handed over as it grows, so that its older self is freed at once. */
export class LineWriter {
  #buffer = new ArrayBuffer(1 << 16);
  #used = 0;
  #pending: string[] = [];
  #size = 0;

  add(line: string): void {
    this.#pending.push(line, "\n");
    this.#size += line.length + 1;
    if (this.#size > PENDING) this.#encode();
  }

  /** All lines; none can be added afterwards. */
  bytes(): Uint8Array<ArrayBuffer> {
    this.#encode();
    return new Uint8Array(this.#buffer.transfer(this.#used));
  }

  #encode(): void {
    const text = this.#pending.join("");
    this.#pending = [];
    this.#size = 0;
    // A UTF-16 code unit takes at most three bytes.
    const needed = this.#used + 3 * text.length;
    if (needed > this.#buffer.byteLength) {
      this.#buffer = this.#buffer.transfer(Math.max(needed, Math.ceil(this.#buffer.byteLength * 1.5)));
    }
    this.#used += encoder.encodeInto(text, new Uint8Array(this.#buffer, this.#used)).written;
  }
}

const encoder = new TextEncoder();

/** Most characters of lines that wait to be encoded. */
const PENDING = 1 << 18;
