/** The kinds of tokens. */
export const KIND = {
  name: 1,
  string: 2,
  number: 3,
  punctuation: 4,
  /** End of a logical line of Python; not produced inside brackets. */
  newline: 5,
  /** A string with interpolated expressions, whose value is known only at run time. */
  template: 6,
} as const;

export type Kind = typeof KIND[keyof typeof KIND];

/**
 * The tokens of a source file, in typed arrays: a hostile file of a few megabytes has millions of tokens, and objects
 * for them would take a hundred times its size.
 */
export class Tokens {
  readonly text: string;
  readonly #lines: Lines;
  #kinds: Uint8Array;
  #starts: Uint32Array;
  #ends: Uint32Array;
  /** For a bracket, the index of its counterpart. */
  #partners: Uint32Array;
  #open: number[] = [];
  length = 0;

  constructor(text: string) {
    this.text = text;
    this.#lines = new Lines(text);
    // Enough for most sources of up to 16 kB; larger ones grow it.
    const size = Math.min(4096, Math.max(64, text.length >> 2));
    this.#kinds = new Uint8Array(size);
    this.#starts = new Uint32Array(size);
    this.#ends = new Uint32Array(size);
    this.#partners = new Uint32Array(size);
  }

  /** Whether a bracket is open. */
  get nested(): boolean {
    return this.#open.length > 0;
  }

  add(kind: Kind, start: number, end: number): void {
    if (this.length === this.#kinds.length) this.#grow();
    const at = this.length++;
    this.#kinds[at] = kind;
    this.#starts[at] = start;
    this.#ends[at] = end;
    if (kind === KIND.punctuation) this.#pair(at, this.text[start]!);
  }

  kind(i: number): number {
    return i >= 0 && i < this.length ? this.#kinds[i]! : 0;
  }

  /** Offset where a token begins. */
  start(i: number): number {
    return i < this.length ? this.#starts[i]! : this.text.length;
  }

  end(i: number): number {
    return i < this.length ? this.#ends[i]! : this.text.length;
  }

  textOf(i: number): string {
    return i >= 0 && i < this.length ? this.text.slice(this.#starts[i], this.#ends[i]) : "";
  }

  /** Whether a token is this punctuation mark. */
  is(i: number, mark: string): boolean {
    return i >= 0 && this.#kinds[i] === KIND.punctuation &&
      this.text.charCodeAt(this.#starts[i]!) === mark.charCodeAt(0);
  }

  isName(i: number, name: string): boolean {
    return this.kind(i) === KIND.name && this.#ends[i]! - this.#starts[i]! === name.length &&
      this.text.startsWith(name, this.#starts[i]!);
  }

  /** The name at an index; empty if the token is not a name. */
  nameAt(i: number): string {
    return this.kind(i) === KIND.name ? this.textOf(i) : "";
  }

  /** Index of the bracket that closes the one at `i`; the number of tokens if nothing does. */
  partner(i: number): number {
    const partner = this.#partners[i]!;
    return partner === 0 ? this.length : partner;
  }

  /** The line of an offset, from 1. */
  lineOf(offset: number): number {
    return this.#lines.lineOf(offset);
  }

  /** Code units between the start of its line and a token. */
  columnOf(i: number): number {
    return this.#lines.columnOf(this.start(i));
  }

  isOpening(i: number): boolean {
    return this.is(i, "(") || this.is(i, "[") || this.is(i, "{");
  }

  /** An unmatched closing bracket is skipped, so that it doesn't hide the code that follows. */
  #pair(at: number, mark: string): void {
    if (mark === "(" || mark === "[" || mark === "{") this.#open.push(at);
    else if (mark === ")" || mark === "]" || mark === "}") {
      const open = this.#open.at(-1);
      if (open === undefined || CLOSES[mark] !== this.text[this.#starts[open]!]) return;
      this.#open.pop();
      this.#partners[open] = at;
      this.#partners[at] = open;
    }
  }

  #grow(): void {
    const size = this.#kinds.length * 2;
    this.#kinds = extended(Uint8Array, this.#kinds, size);
    this.#starts = extended(Uint32Array, this.#starts, size);
    this.#ends = extended(Uint32Array, this.#ends, size);
    this.#partners = extended(Uint32Array, this.#partners, size);
  }
}

const CLOSES: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

function extended<T extends Uint8Array | Uint32Array>(
  type: new (size: number) => T,
  from: T,
  size: number,
): T {
  const larger = new type(size);
  larger.set(from);
  return larger;
}

/** The lines of a text, computed lazily. */
export class Lines {
  readonly #text: string;
  #starts: Uint32Array | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line of an offset, from 1. */
  lineOf(offset: number): number {
    const starts = this.#starts ??= lineStarts(this.#text);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** Code units between the start of its line and an offset. */
  columnOf(offset: number): number {
    return offset - (this.#starts ??= lineStarts(this.#text))[this.lineOf(offset) - 1]!;
  }
}

/** Offsets where lines begin. */
function lineStarts(text: string): Uint32Array {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  const starts = new Uint32Array(count);
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts[line++] = at + 1;
  return starts;
}

/** Whether a code unit may be part of a name; all non-ASCII ones may. */
export function isNameUnit(unit: number): boolean {
  return unit >= 0x61 && unit <= 0x7a || unit >= 0x41 && unit <= 0x5a || unit === 0x5f || unit === 0x24 ||
    unit >= 0x30 && unit <= 0x39 || unit >= 0x80 && !isSpaceUnit(unit);
}

/** Non-ASCII white space. */
function isSpaceUnit(unit: number): boolean {
  return unit === 0xa0 || unit === 0xfeff || unit === 0x2028 || unit === 0x2029;
}

export function isDigitUnit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
