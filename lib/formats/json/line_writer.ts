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
    return new Uint8Array(resized(this.#buffer, this.#used));
  }

  #encode(): void {
    const text = this.#pending.join("");
    this.#pending = [];
    this.#size = 0;
    // A UTF-16 code unit takes at most three bytes.
    const needed = this.#used + 3 * text.length;
    if (needed > this.#buffer.byteLength) {
      this.#buffer = resized(this.#buffer, Math.max(needed, Math.ceil(this.#buffer.byteLength * 1.5)));
    }
    this.#used += encoder.encodeInto(text, new Uint8Array(this.#buffer, this.#used)).written;
  }
}

const encoder = new TextEncoder();

/** The content of a buffer in one of another size; the old one is handed over, where the platform can (not Node 20). */
function resized(buffer: ArrayBuffer, size: number): ArrayBuffer {
  if ("transfer" in buffer) return buffer.transfer(size);
  const old: Uint8Array = new Uint8Array(buffer);
  const made = new Uint8Array(size);
  made.set(old.subarray(0, Math.min(size, old.length)));
  return made.buffer;
}

/** Most characters of lines that wait to be encoded. */
const PENDING = 1 << 18;
