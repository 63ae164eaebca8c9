import { decodeUtf8Strict } from "../../../formats/bytes.ts";
import { MAX_BATCH } from "./fault.ts";
import { isDelimiter } from "./scan.ts";

/** The longest id that is read here, in bytes as it is written. */
const MAX_WRITTEN = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** What the reader waits for behind the names `id` and `method`. */
type Expects = "nothing" | "colon of id" | "colon of method" | "value";

/** As they are written. */
const NAMES: Readonly<Record<string, Expects>> = { '"id"': "colon of id", '"method"': "colon of method" };

/** What the current byte belongs to; a scalar is a number or a word. */
type Within = "structure" | "text" | "escape" | "scalar";

/** One message, of which nothing but this was read. */
export interface UnreadMember {
  /**
   * The id as it is written. Nothing when the message is no object, has none at its top or more than one, spells its name
   * with escapes, or when it is not valid UTF-8.
   */
  readonly written: string | undefined;
  /** Whether it has an id, readable or not. */
  readonly hasId: boolean;
  /** Whether it is a request or a notification, so that its id is not that of an answer. */
  readonly hasMethod: boolean;
}

/** A message whose end has not come. */
interface OpenMember {
  found: Uint8Array | undefined;
  isAmbiguous: boolean;
  hasMethod: boolean;
}

/**
 * Reads the ids of a message that is too large to be parsed, or of each message of a list, so that errors can answer the
 * requests that wait. It takes pieces as they come, keeps none, and looks at each byte once, so that a line without end
 * costs no memory.
 */
export class UnreadIds {
  #depth = 0;
  /** How deep the members of a message stand: 1, or 2 in a list. Nothing before the first byte. */
  #level: 1 | 2 | undefined;
  #within: Within = "structure";
  #expects: Expects = "nothing";
  /** The text or scalar that may be the name or its value, as far as it was read; nothing for all others. */
  #kept: number[] | undefined;
  #isJunk = false;
  readonly #members: OpenMember[] = [];

  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; at++) {
      if (this.#within === "text" && !this.#isKept) at = endOfPlain(piece, at);
      if (at < piece.length) this.#take(piece[at]!);
    }
  }

  /** Whether it is a list of messages. */
  get isBatch(): boolean {
    return this.#level === 2 && !this.#isJunk;
  }

  /** What was read of each message, of one more than a batch may have at most; none of what is no message. */
  get members(): readonly UnreadMember[] {
    if (this.#isJunk) return [];
    return this.#members.map(({ found, isAmbiguous, hasMethod }) => ({
      written: isAmbiguous || found === undefined ? undefined : decodeUtf8Strict(found),
      hasId: found !== undefined,
      hasMethod,
    }));
  }

  #take(byte: number): void {
    switch (this.#within) {
      case "escape":
        this.#keep(byte);
        this.#within = "text";
        return;
      case "text":
        this.#keep(byte);
        if (byte === BACKSLASH) this.#within = "escape";
        else if (byte === QUOTE) this.#endText();
        return;
      case "scalar":
        if (!isDelimiter(byte)) return this.#keep(byte);
        this.#endValue();
    }
    this.#takeStructure(byte);
  }

  #takeStructure(byte: number): void {
    if (isBlank(byte)) return;
    const expected = this.#expects;
    this.#expects = expected === "colon of id" && byte === COLON ? "value" : "nothing";
    if (expected === "colon of method" && byte === COLON) this.#noteMethod();
    if (this.#depth === 0) this.#begin(byte);
    switch (byte) {
      case 0x7b /* { */:
      case 0x5b /* [ */:
        this.#depth++;
        if (this.#depth === this.#level) this.#add(byte === 0x5b);
        if (expected === "value") this.#find([]);
        return;
      case 0x7d /* } */:
      case 0x5d /* ] */:
        this.#depth--;
        return;
      case QUOTE:
        this.#within = "text";
        this.#expects = expected;
        this.#kept = this.#depth === this.#level ? [byte] : undefined;
        return;
    }
    if (expected !== "value") return;
    this.#within = "scalar";
    this.#expects = "value";
    this.#kept = [byte];
  }

  /** The first byte says what it is; a second value behind the first makes it nothing that anybody can read. */
  #begin(byte: number): void {
    this.#isJunk ||= this.#level !== undefined || byte !== 0x7b && byte !== 0x5b;
    this.#level ??= byte === 0x5b ? 2 : 1;
  }

  /** @param isList a list stands where a message should */
  #add(isList: boolean): void {
    if (this.#members.length > MAX_BATCH) return;
    this.#members.push({ found: undefined, isAmbiguous: isList, hasMethod: false });
  }

  /** The member that is being read; nothing of those beyond the limit. */
  get #member(): OpenMember | undefined {
    return this.#members.length > MAX_BATCH ? undefined : this.#members.at(-1);
  }

  #noteMethod(): void {
    const member = this.#member;
    if (member) member.hasMethod = true;
  }

  #keep(byte: number): void {
    if (this.#isKept) this.#kept!.push(byte);
  }

  get #isKept(): boolean {
    return this.#kept !== undefined && this.#kept.length <= MAX_WRITTEN;
  }

  #endText(): void {
    if (this.#expects === "value") return this.#endValue();
    this.#within = "structure";
    const name = decodeUtf8Strict(Uint8Array.from(this.#kept ?? [])) ?? "";
    this.#kept = undefined;
    this.#expects = NAMES[name] ?? "nothing";
  }

  #endValue(): void {
    this.#find(this.#kept ?? []);
    this.#kept = undefined;
    this.#within = "structure";
    this.#expects = "nothing";
  }

  #find(written: readonly number[]): void {
    const member = this.#member;
    if (!member) return;
    if (member.found !== undefined) member.isAmbiguous = true;
    member.found = Uint8Array.from(written.length <= MAX_WRITTEN ? written : []);
  }
}

/** Position of the next byte that means something within a text. */
function endOfPlain(piece: Uint8Array, start: number): number {
  let at = start;
  while (at < piece.length && piece[at] !== QUOTE && piece[at] !== BACKSLASH) at++;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
