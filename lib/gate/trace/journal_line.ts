import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { isJsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { append } from "../../formats/lists.ts";

/** One record of a decision: its file name in the folder of traces, and what the file holds. */
export interface NamedRecord {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** What a journal of traces holds. */
export interface JournalContent {
  /** The records of every decision that was released, in order. */
  readonly records: readonly NamedRecord[];
  /** Bytes of a last line that a crash tore; its decision was never released. */
  readonly torn: Uint8Array<ArrayBuffer>;
}

const NEWLINE = 0x0a;

/** One line for all records of one decision, so that a crash loses all of them or none. */
export function journalLine(records: readonly NamedRecord[]): Uint8Array<ArrayBuffer> {
  const files = Object.fromEntries(records.map(({ name, content }) => [name, decodeUtf8(content)]));
  return utf8(JSON.stringify({ files }) + "\n");
}

/**
 * Read a journal back.
 *
 * @throws {GaitError} `invalid_input` when a whole line is none of ours: then nothing in it is trusted
 */
export function readJournal(bytes: Uint8Array<ArrayBuffer>, what: string): JournalContent {
  const records: NamedRecord[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    append(records, readLine(bytes.subarray(start, end), what));
    start = end + 1;
  }
  return { records, torn: bytes.slice(start) };
}

function readLine(line: Uint8Array, what: string): NamedRecord[] {
  const { files } = readJsonObject(line, { what, duplicates: "refuse" });
  if (!isJsonObject(files)) throw invalidInput(`Cannot read ${what}: a line has no "files"`);
  return Object.entries(files).map(([name, text]) => {
    // INVARIANT: a name from a file never leads out of the folder.
    if (typeof text !== "string" || !/^[a-z0-9][a-z0-9_.-]*\.json$/i.test(name)) {
      throw invalidInput(`Cannot read ${what}: it names a file that is no record`);
    }
    return { name, content: utf8(text) };
  });
}
