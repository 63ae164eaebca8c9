import { decodeUtf8 } from "../formats/bytes.ts";
import { GaitError } from "../errors/mod.ts";
import { parseTime, type Rfc3339, ZERO_TIME } from "../formats/time.ts";
import type { Run } from "../schema/runpack.ts";
import { type Head, headOf } from "./record_head.ts";
import { UNUSUAL } from "./records.ts";

/** The members of a head, in the order of their canonical form. */
export const HEAD_MEMBERS = [
  "created_at",
  "producer_version",
  "run_id",
  "schema_id",
  "schema_version",
] as const;

/** A member of the head as it was written last, with its quotes, and what it says. */
interface Known {
  form: Uint8Array;
  text: string;
}

/** The heads of records in a row, most of which have the same one: what each of them says is read once. */
export class TextHeads {
  readonly #schemaId: string;
  readonly #known: Known[] = HEAD_MEMBERS.map(() => ({ form: new Uint8Array(), text: "" }));
  #last: Head | undefined;
  /** Which members the last head had, and those that the open one has. */
  #had = 0;
  #has = 0;
  #isSame = true;

  constructor(schemaId: string) {
    this.#schemaId = schemaId;
  }

  /** Add a member to the open head, which is the text between these bytes. */
  add(member: typeof HEAD_MEMBERS[number], bytes: Uint8Array, from: number, end: number): void {
    const i = HEAD_MEMBERS.indexOf(member);
    const known = this.#known[i]!;
    this.#has |= 1 << i;
    if (isSame(bytes, from, end, known.form)) return;
    known.form = bytes.slice(from, end);
    const text: string = JSON.parse(decodeUtf8(known.form));
    known.text = member === "created_at" ? timeOf(text) : text;
    this.#isSame = false;
  }

  /** The head of a record that has the members that were added since the last one. */
  end(run: Run): Head {
    if (this.#last === undefined || !this.#isSame || this.#has !== this.#had) {
      const [time, producer, id, schema, version] = this.#known.map(({ text }, i) =>
        (this.#has & 1 << i) === 0 ? undefined : text
      );
      this.#last = headOf(
        {
          created_at: time === undefined ? ZERO_TIME : time as Rfc3339,
          producer_version: producer ?? "",
          run_id: id ?? "",
          schema_id: schema ?? "",
          schema_version: version ?? "",
        },
        run,
        this.#schemaId,
      );
    }
    [this.#had, this.#has, this.#isSame] = [this.#has, 0, true];
    return this.#last;
  }
}

function timeOf(text: string): Rfc3339 {
  try {
    return parseTime(text);
  } catch (error) {
    if (error instanceof GaitError) throw UNUSUAL;
    throw error;
  }
}

/** Whether the bytes between two places are these. */
export function isSame(bytes: Uint8Array, from: number, end: number, other: Uint8Array): boolean {
  if (end - from !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[from + i] !== other[i]) return false;
  return true;
}
