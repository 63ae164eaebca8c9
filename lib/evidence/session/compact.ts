import { invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { folderOf } from "../../formats/path.ts";
import { omitEmpty } from "../../schema/fields.ts";
import { encodeCheckpoint } from "../../schema/session_chain.ts";
import { encodeSessionEvent, JOURNAL_SCHEMA_ID } from "../../schema/session_journal.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";
import { toUtc } from "../../formats/time.ts";
import { hasherFor } from "../../signing/mod.ts";
import { bringChainUpToDate, refuseSealed } from "./chain_file.ts";
import { sessionOutput, sessionPaths } from "./paths.ts";
import { type Journal, readJournal } from "./read_journal.ts";
import {
  FIRST_DIGEST,
  type JournalRecord,
  MAX_JOURNAL_LINE,
  nextDigest,
  readRecord,
  trimLine,
  writeRecord,
} from "./records.ts";
import { onSession, openWhole, type Operation, refreshState, type SessionWorld } from "./session.ts";
import { saveState, stateOf } from "./state.ts";

/** What compacting came to (spec/sessions.md 4.6). */
export interface Compaction {
  readonly journalPath: string;
  readonly outputPath: string;
  readonly dryRun: boolean;
  readonly compacted: boolean;
  readonly eventsBefore: number;
  readonly eventsAfter: number;
  readonly checkpoints: number;
  readonly lastCheckpointSequence: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Sealed events that go have no other copy than their runpack: which of those are not where they should be. */
  readonly warnings: readonly string[];
}

/**
 * Drop the events that checkpoints sealed (spec/sessions.md 4.6): in place, or to another file. The journal is read
 * line by line, never held whole.
 *
 * @throws {GaitError} `invalid_input` when the journal can't be used or the output is a file of a session
 */
export async function compactSession(
  journal: string,
  { out, dryRun }: { readonly out: string; readonly dryRun: boolean },
  world: SessionWorld,
  version: string,
): Promise<Compaction> {
  const paths = sessionPaths(journal);
  const inPlace = out.trim() === "" || sameFile(out, paths.journal);
  const target = inPlace ? paths.journal : sessionOutput("out", out, paths);
  return await onSession(journal, world, version, async (operation) => {
    const session = await openWhole(operation);
    const { journal: before } = session;
    if (!inPlace && await world.files.stat(`${target}.state.json`)) {
      throw invalidInput(`Cannot write to "${target}": it is the journal of another session`);
    }
    refuseSealed(target, before.checkpoints);
    let [bytesAfter, eventsAfter] = [0, 0];
    for await (const part of compactedLines(operation, before)) {
      bytesAfter += part.line.length;
      if (part.isEvent) eventsAfter++;
    }
    const compacted = !inPlace || eventsAfter !== before.eventCount || bytesAfter !== before.size;
    if (!dryRun) {
      await bringChainUpToDate(operation, session);
      if (!compacted) await refreshState(operation, session);
      else if (inPlace) await replace(operation, before);
      else {
        await world.files.makeFolder(folderOf(target));
        await world.files.writeAtomicParts(target, linesOnly(compactedLines(operation, before)));
      }
    }
    return {
      journalPath: paths.journal,
      outputPath: target,
      dryRun,
      compacted,
      eventsBefore: before.eventCount,
      eventsAfter,
      checkpoints: before.checkpoints.length,
      lastCheckpointSequence: before.checkpoints.at(-1)?.sequence_end ?? 0,
      bytesBefore: before.size,
      bytesAfter,
      warnings: eventsAfter === before.eventCount ? [] : await missingRunpacks(operation, before),
    };
  });
}

async function missingRunpacks({ world: { files } }: Operation, { checkpoints }: Journal): Promise<string[]> {
  const warnings: string[] = [];
  for (const { checkpoint_index: index, runpack_path: path } of checkpoints) {
    if (!await files.isFile(path)) warnings.push(`the runpack of checkpoint ${index} is not at "${path}"`);
  }
  return warnings;
}

function sameFile(out: string, journal: string): boolean {
  return sessionPaths(out).journal === journal;
}

/**
 * INVARIANT: the state goes first. It knows the journal as it was, and were it to outlive the exchange in a crash, the
 * new journal would look edited.
 */
async function replace(operation: Operation, before: Journal): Promise<void> {
  const { world: { files }, paths } = operation;
  if (await files.stat(paths.state)) await files.remove(paths.state);
  await files.writeAtomicParts(paths.journal, linesOnly(compactedLines(operation, before)));
  await saveState(files, paths.state, stateOf(await readJournal(files, paths.journal), operation));
}

interface Part {
  readonly line: Uint8Array<ArrayBuffer>;
  readonly isEvent: boolean;
}

async function* linesOnly(parts: AsyncIterable<Part>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const { line } of parts) yield line;
}

/**
 * The lines that stay: header, checkpoints, events that are not sealed. Records are written anew. A line that was
 * linked to what stood before it is linked to what stands before it now; one that was not stays as it was.
 */
async function* compactedLines(
  { world: { files }, paths }: Operation,
  { checkpoints, size }: Journal,
): AsyncGenerator<Part> {
  const hash = await hasherFor(size / 600);
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
        prevDigest: record.prevDigest === "" ? "" : digest,
      });
      const written = utf8(text);
      digest = await nextDigest(digest, written, hash);
      yield { line: utf8(text + "\n"), isEvent: wanted === "event" };
      if (wanted === "header") break;
    }
  }
}

const EVENT_START = utf8('{"record_type":"event",');

/** Whether a line, which was read before, is an event by its first bytes: most are, and need not be parsed to know. */
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
