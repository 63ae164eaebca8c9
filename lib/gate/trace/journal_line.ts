import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { isJsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { invalidInput } from "../../errors/mod.ts";

/** One record of a decision: its file name in the folder of traces, and what the file holds. */
export interface NamedRecord {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** What a journal of traces holds. */
export interface JournalContent {
  /** The records of every decision, one list each, in order; every one under the name that its file got. */
  readonly decisions: readonly (readonly NamedRecord[])[];
  /** Bytes of a last line that a crash tore; its decision was never released. */
  readonly torn: Uint8Array<ArrayBuffer>;
}

const NEWLINE = 0x0a;

/**
 * One line for all records of one decision, so that a crash loses all of them or none. Their names are final: two
 * decisions with the same bytes are told apart by them alone.
 */
export function journalLine(records: readonly NamedRecord[]): Uint8Array<ArrayBuffer> {
  const files = Object.fromEntries(records.map(({ name, content }) => [name, decodeUtf8(content)]));
  return utf8(JSON.stringify({ files }) + "\n");
}

/** A line that says: the record that an earlier line of this journal calls `from` got the name `to` instead. */
export function renamingLine(from: string, to: string): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify({ renamed: { [from]: to } }) + "\n");
}

/**
 * Read a journal back.
 *
 * @throws {GaitError} `invalid_input` when a whole line is none of ours: then nothing in it is trusted
 */
export function readJournal(bytes: Uint8Array<ArrayBuffer>, what: string): JournalContent {
  const decisions: NamedRecord[][] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const { files, renamed } = readJsonObject(bytes.subarray(start, end), { what, duplicates: "refuse" });
    if (isJsonObject(renamed)) {
      for (const [from, to] of Object.entries(renamed)) rename(decisions, from, recordName(to, what));
    } else if (isJsonObject(files)) {
      decisions.push(Object.entries(files).map(([name, text]) => readRecord(name, text, what)));
    } else {
      throw invalidInput(`Cannot read ${what}: a line has no "files"`);
    }
    start = end + 1;
  }
  return { decisions, torn: bytes.slice(start) };
}

/** The last record of a name is the one that could not have it: each line is written before its files are. */
function rename(decisions: readonly NamedRecord[][], from: string, to: string): void {
  for (const decision of decisions.toReversed()) {
    const at = decision.findIndex(({ name }) => name === from);
    if (at < 0) continue;
    decision[at] = { ...decision[at]!, name: to };
    return;
  }
}

function readRecord(name: string, text: unknown, what: string): NamedRecord {
  if (typeof text !== "string") throw invalidInput(`Cannot read ${what}: a record is no text`);
  return { name: recordName(name, what), content: utf8(text) };
}

/** INVARIANT: a name from a file never leads out of the folder. */
function recordName(name: unknown, what: string): string {
  if (typeof name === "string" && /^[a-z0-9][a-z0-9_.-]*\.json$/i.test(name)) return name;
  throw invalidInput(`Cannot read ${what}: it names a file that is no record`);
}
