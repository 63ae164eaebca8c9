import { GaitError } from "../errors/mod.ts";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import type { ArrayParts } from "../formats/json/array_parts.ts";
import type { LineWriter } from "../formats/json/line_writer.ts";
import {
  canonicalBytes,
  hasManyBrackets,
  type JsonObject,
  MAX_DEPTH,
  readJson,
} from "../formats/json/mod.ts";
import { rewriteJson, rewritingRoom } from "../formats/json/rewrite.ts";
import { endOfString, endOfValue } from "../formats/json/skim.ts";
import { release } from "../formats/zip/inflate.ts";
import type { Intent, Result, Run } from "../schema/runpack.ts";
import { SCHEMA_ID } from "../schema/runpack_layout.ts";
import type { Hasher } from "../signing/mod.ts";
import { QuickRecords } from "./quick_records.ts";
import { writeIntentLine, type WriteLine, writeResultLine } from "./line_parts.ts";
import { RecordForm } from "./record_form.ts";
import { type TextRecords, UNUSUAL } from "./records.ts";
import { HEAD_MEMBERS, isSame, TextHeads } from "./text_heads.ts";

/** What differs between intents and results. */
interface Kind<T> {
  readonly schemaId: string;
  readonly payload: string;
  /** A text that each record has. */
  readonly word: string;
  readonly read: (quick: QuickRecords, value: JsonObject) => T | undefined;
  readonly write: WriteLine;
}

const INTENT: Kind<Intent> = {
  schemaId: SCHEMA_ID.intent,
  payload: "args",
  word: "tool_name",
  read: (quick, value) => quick.intent(value),
  write: writeIntentLine,
};

const RESULT: Kind<Result> = {
  schemaId: SCHEMA_ID.result,
  payload: "result",
  word: "status",
  read: (quick, value) => quick.result(value),
  write: writeResultLine,
};

/** The records of a document that is valid UTF-8. */
export const intentTexts = (bytes: Uint8Array, parts: ArrayParts) =>
  new DocumentRecords(INTENT, bytes, parts);
export const resultTexts = (bytes: Uint8Array, parts: ArrayParts) =>
  new DocumentRecords(RESULT, bytes, parts);

/**
 * Records as they stand in a document, of which lines are made without their values: as values, two hundred thousand of
 * them take more than twice their bytes. None has a digest, which would have to be compared with its payload.
 *
 * INVARIANT: they are what the schema reads from the whole document, and their lines are those of such records, or
 * {@linkcode UNUSUAL} is thrown.
 */
class DocumentRecords<T extends Intent | Result> implements TextRecords<T> {
  readonly #kind: Kind<T>;
  readonly #bytes: Uint8Array;
  readonly #parts: ArrayParts;
  readonly #runId: string | undefined;
  readonly #heads: TextHeads;
  /** The members of the usual form, in order. */
  readonly #members: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  #form: RecordForm = new RecordForm(ROOM);

  /** @param runId replaces the run id of each record */
  constructor(kind: Kind<T>, bytes: Uint8Array, parts: ArrayParts, runId?: string) {
    [this.#kind, this.#bytes, this.#parts, this.#runId] = [kind, bytes, parts, runId];
    this.#heads = new TextHeads(kind.schemaId);
    this.#members = [kind.payload, "intent_id", kind.word, ...HEAD_MEMBERS].sort()
      .map((name) => ({ name, bytes: utf8(name) }));
  }

  get length(): number {
    return this.#parts.length;
  }

  ofRun(runId: string): TextRecords<T> {
    return new DocumentRecords(this.#kind, this.#bytes, this.#parts, runId);
  }

  *[Symbol.iterator](): Generator<T> {
    const quick = new QuickRecords();
    for (const place of this.places()) {
      const form = this.#rewrite(place);
      const value: JsonObject = JSON.parse(decodeUtf8(form.bytes.subarray(0, form.size)));
      const record = this.#hasUsualMembers(value) ? this.#kind.read(quick, value) : undefined;
      if (record === undefined) throw this.#unusual();
      yield this.#runId === undefined ? record : { ...record, run_id: this.#runId };
    }
  }

  /** Any other is a digest, which is compared with its payload, or unknown, which has to be said. */
  #hasUsualMembers(value: JsonObject): boolean {
    return Object.keys(value).every((name) => this.#members.some((member) => member.name === name));
  }

  *places(): Generator<number> {
    for (let i = 0; i < this.length; i++) yield i;
  }

  write(lines: LineWriter, place: number, run: Run, hash: Hasher): void | Promise<void> {
    const form = this.#rewrite(place);
    this.#find(form);
    const known = this.#heads.end(run);
    const head = this.#runId === undefined ? known : { ...known, run_id: this.#runId };
    const payload = form.bytes.subarray(form.payloadAt, form.payloadEnd);
    const digest = hash(payload as Uint8Array<ArrayBuffer>);
    const finish = (known: string): void => {
      form.sha256 = known;
      this.#kind.write(lines, head, form);
    };
    return typeof digest === "string" ? finish(digest) : digest.then(finish);
  }

  /** Bring a record into its canonical form. */
  #rewrite(place: number): RecordForm {
    const [from, end] = [this.#parts.starts[place]!, this.#parts.starts[place + 1]! - 1];
    const room = rewritingRoom(end - from);
    const had = this.#form.bytes.length;
    if (room > had || had > LONG && room <= LONG) {
      release(this.#form.bytes);
      this.#form = new RecordForm(Math.max(room, ROOM));
    }
    const size = rewriteJson(this.#bytes, from, end, this.#form.bytes);
    if (size > 0) this.#form.size = size;
    else this.#take(carefully(this.#bytes.subarray(from, end)));
    const form = this.#form;
    if (form.bytes[0] !== OPEN || form.bytes[1] === CLOSE) throw this.#unusual();
    return form;
  }

  #take(form: Uint8Array | undefined): void {
    if (form === undefined) throw this.#unusual();
    if (form.length > this.#form.bytes.length) this.#form = new RecordForm(form.length);
    this.#form.bytes.set(form);
    this.#form.size = form.length;
  }

  /** What to throw. The document is read again, and must not stand beside the form of a record that is as long. */
  #unusual(): Error {
    release(this.#form.bytes);
    return UNUSUAL;
  }

  /** Find the members of a record in its form. */
  #find(form: RecordForm): void {
    const { bytes, size } = form;
    const members = this.#members;
    form.payloadEnd = form.idEnd = form.wordEnd = 0;
    let next = 0;
    for (let at = 0; bytes[at] !== CLOSE;) {
      // Behind a bracket or a comma, and the quote.
      const nameEnd = endOfString(bytes, at + 1, size) - 1;
      while (next < members.length && !isSame(bytes, at + 2, nameEnd, members[next]!.bytes)) next++;
      const name = members[next++]?.name;
      const from = nameEnd + 2;
      if (name === this.#kind.payload) {
        if (bytes[from] !== OPEN) throw this.#unusual();
        form.payloadAt = from;
        form.payloadEnd = at = endOfValue(bytes, from, size);
        continue;
      }
      if (name === undefined || bytes[from] !== QUOTE) throw this.#unusual();
      at = endOfString(bytes, from, size);
      if (name === "intent_id") [form.idAt, form.idEnd] = [from, at];
      else if (name === this.#kind.word) [form.wordAt, form.wordEnd] = [from, at];
      else this.#heads.add(name as typeof HEAD_MEMBERS[number], bytes, from, at);
    }
    // What is missing is filled in, or refused, where records are read with their values.
    if (form.payloadEnd === 0 || form.idEnd === 0 || form.wordEnd === 0) throw this.#unusual();
  }
}

/** The canonical form of a record that is not rewritten as it stands, for a number in it, say; none of an unusual one. */
function carefully(record: Uint8Array): Uint8Array | undefined {
  const text = decodeUtf8(record);
  // The limit is for the document, which is deeper by itself and its list of records.
  if (hasManyBrackets(text, MAX_DEPTH - 2)) return undefined;
  try {
    return canonicalBytes(readJson(text, { what: "record" }));
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}

/** Bytes of most records, twice, and of those for which room is not kept. */
const ROOM = 16 * 1024;
const LONG = 1024 * 1024;
const [OPEN, CLOSE, QUOTE] = [0x7b, 0x7d, 0x22];
