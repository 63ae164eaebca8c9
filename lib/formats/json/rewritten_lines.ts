import { type JsonLine, JsonLineSplitter, MAX_WHOLE } from "./lines.ts";
import { rewriteJson, rewritingRoom } from "./rewrite.ts";
import type { JsonValue } from "./value.ts";

/** A splitter of lines that are read as {@linkcode rewriteJson} requires, and that has the canonical form of the last one. */
export class RewrittenLines extends JsonLineSplitter {
  readonly #form = new Uint8Array(rewritingRoom(MAX_WHOLE));
  #size = 0;
  #value: JsonValue | undefined;

  /** @param what name in errors */
  constructor(what: string) {
    super(what, { duplicates: "refuse", numbers: "text" });
  }

  /**
   * The canonical form of a value, if it is the last one that came, and it is known. The bytes may change when the next
   * line is read.
   */
  formOf(value: JsonValue): Uint8Array<ArrayBuffer> | undefined {
    return value === this.#value ? this.#form.subarray(0, this.#size) : undefined;
  }

  protected override *whole(text: string, bytes: Uint8Array): Generator<JsonLine> {
    // INVARIANT: a text without U+FFFD is of valid UTF-8.
    if (text.includes("\ufffd")) {
      yield* super.whole(text, bytes);
      return;
    }
    const isAscii = text.length === bytes.length;
    for (let [start, at] = [0, 0]; start <= text.length; this.line++) {
      const newline = text.indexOf("\n", start);
      const end = newline < 0 ? text.length : newline;
      const behind = isAscii ? end : endOfLine(bytes, at);
      const document = text.slice(start, end);
      this.#size = rewriteJson(bytes, at, behind, this.#form);
      start = end + 1;
      at = behind + 1;
      if (this.#size > 0) yield { line: this.line, value: this.#value = JSON.parse(document) };
      else {
        const read = this.read(document);
        if (read !== undefined) yield read;
      }
      this.#value = undefined;
    }
  }
}

function endOfLine(bytes: Uint8Array, at: number): number {
  const newline = bytes.indexOf(0x0a, at);
  return newline < 0 ? bytes.length : newline;
}
