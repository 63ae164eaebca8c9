import { invalidInput } from "../errors/mod.ts";
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
import { type Hasher, hasherFor } from "../signing/mod.ts";

/** Longest line of a journal, in bytes (docs/spec/sessions.md 2.5). */
export const MAX_JOURNAL_LINE = 8 * 1024 * 1024;

/** Optional members of a line outside of its record; other implementations ignore them. */
export interface RecordLinks {
  /** Running digest of all previous lines; absent in lines of other implementations. */
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
 * Read one line. Duplicate keys are refused, because two readers could see different events.
 *
 * @throws {GaitError} `invalid_input`
 */
export function readRecord(line: Uint8Array, what: string): JournalRecord {
  const document = decode(
    journalLineSchema,
    readJsonObject(line, { what, duplicates: "refuse" }),
    what,
  );
  const links: RecordLinks = {
    prevDigest: document.prev_digest || undefined,
    runpackDigest: document.runpack_digest || undefined,
    recovered: document.recovered ?? undefined,
  };
  const { record_type: kind, header, event, checkpoint } = document;
  if (kind === "header" && header) {
    return { kind, header: decode(journalHeaderSchema, header, what), ...links };
  }
  if (kind === "event" && event) {
    return { kind, event: decode(sessionEventSchema, event, what), ...links };
  }
  if (kind === "checkpoint" && checkpoint) {
    return { kind, checkpoint: decode(checkpointSchema, checkpoint, what), ...links };
  }
  throw invalidInput(`Cannot read ${what}: it is not a header, event or checkpoint record`);
}

/** The line of a record, without its newline. */
export function writeRecord(
  kind: JournalRecord["kind"],
  record: JsonObject,
  links: RecordLinks = {},
): string {
  return compactJson({
    record_type: kind,
    [kind]: record,
    ...(links.prevDigest ? { prev_digest: links.prevDigest } : {}),
    ...(links.runpackDigest ? { runpack_digest: links.runpackDigest } : {}),
    ...(links.recovered ? { recovered: links.recovered } : {}),
  });
}

/** Typical length of a line, in bytes. */
const USUAL_LINE = 600;

/** The fastest hasher for the lines of a journal of this size. */
export function lineHasher(size: number): Promise<Hasher> {
  return hasherFor(size / USUAL_LINE);
}
