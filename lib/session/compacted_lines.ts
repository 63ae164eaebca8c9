import { utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { toUtc } from "../formats/time.ts";
import { omitEmpty } from "../schema/fields.ts";
import { RECORD_VERSION } from "../schema/runpack_layout.ts";
import { encodeCheckpoint } from "../schema/session_chain.ts";
import { encodeSessionEvent, JOURNAL_SCHEMA_ID } from "../schema/session_journal.ts";
import type { Journal } from "./read_journal.ts";
import { FIRST_DIGEST, nextDigest, trimLine } from "../signing/line_chain.ts";
import { type JournalRecord, lineHasher, MAX_JOURNAL_LINE, readRecord, writeRecord } from "./records.ts";
import type { SessionContext } from "./session.ts";

/** A line of a compacted journal. */
export interface CompactedLine {
  readonly line: Uint8Array<ArrayBuffer>;
  readonly isEvent: boolean;
}

/**
 * The remaining lines: header, checkpoints and events that are not sealed. Records are re-encoded. A line that was
 * linked to its predecessor is linked to its new predecessor; an unlinked one is unchanged.
 */
export async function* compactedLines(
  { effects: { files }, paths }: SessionContext,
  { checkpoints, size }: Journal,
): AsyncGenerator<CompactedLine> {
  const hash = await lineHasher(size);
  const sealed = checkpoints.at(-1)?.sequence_end ?? 0;
  let digest = FIRST_DIGEST;
  for (const wanted of ["header", "checkpoint", "event"] as const) {
    for (const line of files.readLines(paths.journal, MAX_JOURNAL_LINE)) {
      const bytes = trimLine(line.bytes);
      if (bytes.length === 0 || (wanted !== "event" && isPlainlyEvent(bytes))) continue;
      const record = readRecord(bytes, `journal "${paths.journal}"`);
      if (record.kind !== wanted || (record.kind === "event" && record.event.sequence <= sealed)) continue;
      const text = writeRecord(wanted, encodeRecord(record), {
        ...record,
        prevDigest: record.prevDigest && digest,
      });
      const written = utf8(text);
      digest = await nextDigest(digest, written, hash);
      yield { line: utf8(text + "\n"), isEvent: wanted === "event" };
      if (wanted === "header") break;
    }
  }
}

const EVENT_START = utf8('{"record_type":"event",');

/**
 * Whether the first bytes of a validated line identify an event. Most lines are events, so this avoids parsing them
 * again.
 */
function isPlainlyEvent(line: Uint8Array): boolean {
  return EVENT_START.every((byte, i) => line[i] === byte);
}

function encodeRecord(record: JournalRecord): JsonObject {
  switch (record.kind) {
    case "header": {
      const { header } = record;
      return {
        ...omitEmpty(header),
        schema_id: JOURNAL_SCHEMA_ID,
        schema_version: RECORD_VERSION,
        created_at: toUtc(header.created_at),
        started_at: toUtc(header.started_at),
        events: null,
      };
    }
    case "event":
      return encodeSessionEvent(record.event);
    case "checkpoint":
      return encodeCheckpoint(record.checkpoint);
  }
}
