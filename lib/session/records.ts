import { invalidInput } from "../errors/mod.ts";
import { concat, utf8 } from "../formats/bytes.ts";
import { compactJson, type JsonObject, readJsonObject } from "../formats/json/mod.ts";
import { decode } from "../schema/fields.ts";
import { type Checkpoint, checkpointSchema } from "../schema/session_chain.ts";
import {
  type JournalHeader,
  journalHeaderSchema,
  journalLineSchema,
  type SessionEvent,
  sessionEventSchema,
} from "../schema/session_journal.ts";
import { type Digest, EMPTY_DIGEST, type Hasher, hasherFor } from "../signing/mod.ts";

/** Longest line of a journal, in bytes (docs/spec/sessions.md 2.5). */
export const MAX_JOURNAL_LINE = 8 * 1024 * 1024;

/** What stands beside a record in its line: optional, and ignored by other implementations. */
export interface RecordLinks {
  /** Running digest of all lines before this one; absent when another implementation wrote it. */
  readonly prevDigest?: string | undefined;
  readonly runpackDigest?: string | undefined;
  readonly recovered?: JsonObject | undefined;
}

/** One record of a journal (docs/spec/sessions.md section 2). */
export type JournalRecord =
  & RecordLinks
  & (
    | { readonly kind: "header"; readonly header: JournalHeader }
    | { readonly kind: "event"; readonly event: SessionEvent }
    | { readonly kind: "checkpoint"; readonly checkpoint: Checkpoint }
  );

/**
 * Read one line. Keys that occur twice are refused: two readers would see two different events.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readRecord(line: Uint8Array, what: string): JournalRecord {
  const document = decode(
    journalLineSchema,
    readJsonObject(line, { what, duplicates: "refuse" }),
    what,
  );
  const beside: RecordLinks = {
    prevDigest: document.prev_digest || undefined,
    runpackDigest: document.runpack_digest || undefined,
    recovered: document.recovered ?? undefined,
  };
  const { record_type: kind, header, event, checkpoint } = document;
  if (kind === "header" && header) {
    return { kind, header: decode(journalHeaderSchema, header, what), ...beside };
  }
  if (kind === "event" && event) {
    return { kind, event: decode(sessionEventSchema, event, what), ...beside };
  }
  if (kind === "checkpoint" && checkpoint) {
    return { kind, checkpoint: decode(checkpointSchema, checkpoint, what), ...beside };
  }
  throw invalidInput(`Cannot read ${what}: it is no record of a header, an event or a checkpoint`);
}

/** The line of a record, without its newline. */
export function writeRecord(
  kind: JournalRecord["kind"],
  record: JsonObject,
  beside: RecordLinks = {},
): string {
  return compactJson({
    record_type: kind,
    [kind]: record,
    ...(beside.prevDigest ? { prev_digest: beside.prevDigest } : {}),
    ...(beside.runpackDigest ? { runpack_digest: beside.runpackDigest } : {}),
    ...(beside.recovered ? { recovered: beside.recovered } : {}),
  });
}

/** The running digest before the first line. */
export const FIRST_DIGEST: Digest = EMPTY_DIGEST;

/** Lines are about this long. */
const USUAL_LINE = 600;

/** What hashes the lines of a journal of this size cheapest. */
export function lineHasher(size: number): Promise<Hasher> {
  return hasherFor(size / USUAL_LINE);
}

/** The running digest after one more line: SHA-256 of the digest before it in hex, a newline, and the line. */
export function nextDigest(before: string, line: Uint8Array, hash: Hasher): Digest | Promise<Digest> {
  return hash(concat([utf8(before + "\n"), line]));
}

/** A line without the white space around it. */
export function trimLine(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let [start, end] = [0, bytes.length];
  while (start < end && isSpace(bytes[start]!)) start++;
  while (end > start && isSpace(bytes[end - 1]!)) end--;
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
