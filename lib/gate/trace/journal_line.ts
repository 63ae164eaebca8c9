import type { JournalPart } from "../../effects/types.ts";
import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { isJsonObject, type JsonObject, readJsonObject, without } from "../../formats/json/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { decode } from "../../schema/fields.ts";
import { traceSchema } from "../../schema/trace.ts";
import { checkSignature, digestOf, equalDigests, type PublicKey } from "../../signing/mod.ts";
import { RECORD_PREFIXES } from "./write.ts";

/** One record of a decision: its file name in the trace folder, and its content. */
export interface NamedRecord {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
  /** No other process is expected to use the name, so it is not checked beforehand whether the name is free. */
  readonly isUnique?: boolean;
}

/** The content of a trace journal. */
export interface JournalContent {
  /** The records of every decision, one list each, in order, with the names of their files. */
  readonly decisions: readonly (readonly NamedRecord[])[];
  /** The torn tail that a crash left; its decision was never returned. */
  readonly torn: Uint8Array<ArrayBuffer>;
}

const NEWLINE = 0x0a;

/**
 * One line for all records of one decision, so that a crash loses all of them or none. Their names are final, because
 * two decisions with the same bytes differ only by them.
 */
export function journalLine(records: readonly NamedRecord[]): Uint8Array<ArrayBuffer> {
  const parts = journalLines([records.map(({ name }) => name)]);
  return utf8(
    parts.map((part) => typeof part === "string" ? part : JSON.stringify(decodeUtf8(records[part]!.content)))
      .join(""),
  );
}

/**
 * The lines of several decisions, for whoever has the contents of all their records, one behind the other. Put together
 * as text: an object with members of new names each time is one of a new shape, which costs V8 more.
 *
 * @param decisions the names of the records of each
 */
export function journalLines(decisions: readonly (readonly string[])[]): JournalPart[] {
  const parts: JournalPart[] = [];
  let text = "";
  let count = 0;
  for (const names of decisions) {
    text += '{"files":{';
    for (const [at, name] of names.entries()) {
      parts.push(`${text}${at === 0 ? "" : ","}${JSON.stringify(name)}:`, count++);
      text = "";
    }
    text += "}}\n";
  }
  return [...parts, text];
}

/** A line that renames the record `from` of an earlier line to `to`. */
export function renamingLine(from: string, to: string): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify({ renamed: { [from]: to } }) + "\n");
}

/**
 * Read a journal back.
 *
 * @throws {GaitError} `invalid_input` when a complete line is malformed; nothing in the journal is trusted then
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

/** The last record of a name is the one to rename, because each line is written before its files are. */
function rename(decisions: readonly NamedRecord[][], from: string, to: string): void {
  for (const decision of decisions.toReversed()) {
    const at = decision.findIndex(({ name }) => name === from);
    if (at < 0) continue;
    decision[at] = { ...decision[at]!, name: to };
    return;
  }
}

function readRecord(name: string, text: unknown, what: string): NamedRecord {
  if (typeof text !== "string") throw invalidInput(`Cannot read ${what}: a record is not a text`);
  return { name: recordName(name, what), content: utf8(text) };
}

/** INVARIANT: a name from a journal never leads out of the folder. */
function recordName(name: unknown, what: string): string {
  if (typeof name === "string" && /^[a-z0-9][a-z0-9_.-]*\.json$/i.test(name)) return name;
  throw invalidInput(`Cannot read ${what}: it names a file that is not a record`);
}

/** Whether the trace of a decision is signed with a known key, or with one that can't be checked here. */
export type RecordTrust = "verified" | "unknown_key";

/**
 * Check the records of one decision in a journal before they become files: an attacker who can write to the journal
 * folder must not get forged records into the trace folder.
 *
 * The trace must have the digest of its own bytes and, if it names a known key, a valid signature by that key. The
 * other records are not signed; they must have its trace id.
 *
 * @param known keys that sign traces here
 * @throws {GaitError} `invalid_input` when a record is not a record of a decision, or was changed
 */
export async function checkRecords(
  records: readonly NamedRecord[],
  known: readonly PublicKey[],
): Promise<RecordTrust> {
  const documents = records.map(documentOf);
  const traces = documents.filter(({ document }) => document["schema_id"] === "gait.gate.trace");
  const [trace] = traces;
  if (!trace || traces.length > 1) throw invalidInput("a decision has one trace");
  const { trace_id: id, signature } = decode(traceSchema, trace.document, "trace");
  for (const { name, document } of documents) {
    const named = RECORD_PREFIXES.some((prefix) => isNamed(name, `${prefix}_${id}`));
    const timed = document === trace.document && TIMED_TRACE.test(name);
    if (id === "" || document["trace_id"] !== id || !(named || timed)) {
      throw invalidInput(`record "${name}" does not belong to its trace`);
    }
  }
  const digest = await digestOf(without(trace.document, "signature"));
  if (!signature || !equalDigests(signature.signed_digest, digest)) {
    throw invalidInput(`trace "${trace.name}" was changed after it was signed`);
  }
  const key = known.find((key) => key.id === signature.key_id);
  if (!key) return "unknown_key";
  const problem = await checkSignature(signature, digest, key);
  if (problem !== undefined) throw invalidInput(`trace "${trace.name}" does not verify: ${problem}`);
  return "verified";
}

function documentOf({ name, content }: NamedRecord): { name: string; document: JsonObject } {
  return { name, document: readJsonObject(content, { what: `record "${name}"`, signed: true }) };
}

/** The name of a trace by its run and time (docs/spec/mcp.md 6.4), or the same with a number. */
const TIMED_TRACE = /^trace_[A-Za-z0-9_-]*_[0-9]{8}T[0-9]{6}\.[0-9]{9}(?:_[1-9][0-9]*)?\.json$/;

/** `stem.json`, or the same with a number. */
function isNamed(name: string, stem: string): boolean {
  return name.startsWith(stem) && /^(?:_[1-9][0-9]*)?\.json$/.test(name.slice(stem.length));
}
