import type { Files } from "../effects/mod.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { concat, utf8 } from "../formats/bytes.ts";
import {
  canonicalize,
  compactJson,
  JsonLineSplitter,
  MAX_LINE_BYTES,
  readJson,
} from "../formats/json/mod.ts";
import { joinPath } from "../formats/path.ts";
import { decode } from "../schema/fields.ts";
import { encodeJobEvent, type JobEvent, jobEventSchema } from "../schema/job.ts";
import { trimLine } from "../signing/line_chain.ts";
import { EVENTS_FILE } from "./folder.ts";
import { withLogLock } from "./lock.ts";
import { readWrittenEvent } from "./written_event.ts";

/**
 * Read all events of a job in log order; a job without a log has no events.
 *
 * @param without what works without the log, for the hint
 * @throws {GaitError} `invalid_input` with the detail `event_log_invalid`
 */
export async function readEvents(
  folder: string,
  files: Files,
  without = "status, stop and cancel work without it",
): Promise<JobEvent[]> {
  return (await readLog(folder, files, without)).events;
}

/** A log as it was read. */
export interface EventLog {
  readonly events: JobEvent[];
  readonly log: Uint8Array<ArrayBuffer>;
}

/** Like {@linkcode readEvents}, with the bytes that the events are in. */
export async function readLog(
  folder: string,
  files: Files,
  without = "status, stop and cancel work without it",
): Promise<EventLog> {
  const path = logPath(folder);
  try {
    const log = await readLogBytes(folder, files);
    return { events: eventsOf(log, path), log };
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    throw invalidInput(error.message, {
      detail: error.detail ?? "event_log_invalid",
      hint: `Repair this line or restore the log from a copy; ${without}`,
      cause: error,
    });
  }
}

/** The bytes of a log; none where there is no log. */
export async function readLogBytes(folder: string, files: Files): Promise<Uint8Array<ArrayBuffer>> {
  const path = logPath(folder);
  return await files.stat(path) === undefined ? new Uint8Array() : await files.read(path);
}

function eventsOf(bytes: Uint8Array, path: string): JobEvent[] {
  const lines = new EventLines(path);
  // Every line becomes an event; what is left to go through is nothing.
  for (const _ of lines.push(bytes));
  for (const _ of lines.end());
  return lines.events;
}

/** Collects the events of a log. */
class EventLines extends JsonLineSplitter {
  readonly events: JobEvent[] = [];
  readonly #path: string;

  constructor(path: string) {
    super(path, { numbers: "exact" });
    this.#path = path;
  }

  protected override read(document: string): undefined {
    let event = readWrittenEvent(document);
    if (event === undefined) {
      const other = super.read(document);
      event = other && decode(jobEventSchema, other.value, `${this.#path}, line ${other.line}`);
    }
    if (event !== undefined) this.events.push(event);
  }
}

/** Whether two events agree in every member, regardless of how their JSON is formatted. */
export function isSameEvent(left: JobEvent, right: JobEvent): boolean {
  return canonicalize(encodeJobEvent(left)) === canonicalize(encodeJobEvent(right));
}

/** The line of an event, without its newline. */
export function eventLine(event: JobEvent): Uint8Array<ArrayBuffer> {
  return utf8(compactJson(encodeJobEvent(event)));
}

/**
 * Append an event durably. The caller holds the lock of the job and has repaired the end of the log with {@linkcode
 * endLog}.
 */
export async function appendEvent(folder: string, event: JobEvent, files: Files): Promise<void> {
  const path = logPath(folder);
  const line = concat([eventLine(event), utf8("\n")]);
  await withLogLock(folder, files, async () => {
    const size = (await files.stat(path))?.size;
    // A new file goes through a rename, so that its name survives a crash as well.
    if (size === undefined) await files.writeAtomic(path, line, { onlyNew: true, anywhere: true });
    else await files.appendAt(path, size, line);
  });
}

/**
 * Make a log end with a complete line, so that the next event is never appended to an incomplete one. A last line
 * that lacks only its newline gets one; a torn line that a crash left is cut off, and its bytes are kept in a file
 * next to the log.
 *
 * @returns a warning for the user; `undefined` when nothing was cut off
 */
export async function endLog(folder: string, files: Files): Promise<string | undefined> {
  const path = logPath(folder);
  const info = await files.stat(path);
  if (info === undefined) return undefined;
  // Refused before anything of the mutation is written. Through a link, the event would go into any file, or a part of
  // that file would be cut off as a torn event (docs/threat_model.md 17).
  if (info.kind !== "file") {
    throw invalidInput(`Cannot append to ${path}: it is not a regular file`, {
      detail: "event_log_invalid",
      hint: "Move it away, and restore the log from a copy",
    });
  }
  if (info.size === 0) return undefined;
  const { offset, bytes } = await unfinishedLine(path, info.size, files);
  if (bytes.length === 0) return undefined;
  return await withLogLock(folder, files, async () => {
    if (isWholeEvent(bytes)) {
      await files.appendAt(path, info.size, utf8("\n"));
      return undefined;
    }
    const kept = await files.writeOutput(`${path}.torn-${offset}`, bytes, {
      ifTaken: "number",
      anywhere: true,
    });
    await files.truncate(path, offset);
    return `a torn event of ${bytes.length} bytes was removed from the log and kept in ${kept.path}`;
  });
}

/**
 * The last event of a log and the bytes of its line, without reading the log; an unfinished line that is no event
 * does not count.
 *
 * @throws {GaitError} `invalid_input` when it can't be read
 */
export async function readLastEvent(
  folder: string,
  files: Files,
): Promise<{ readonly event: JobEvent; readonly line: Uint8Array<ArrayBuffer> } | undefined> {
  const path = logPath(folder);
  const info = await files.stat(path);
  if (info === undefined || info.size === 0) return undefined;
  const open = await unfinishedLine(path, info.size, files);
  if (open.bytes.length > 0 && isWholeEvent(open.bytes)) return readEvent(open.bytes, path);
  if (open.offset === 0) return undefined;
  const { bytes } = await unfinishedLine(path, open.offset - 1, files);
  if (trimLine(bytes).length > 0) return readEvent(bytes, path);
  // Blank lines, which nobody writes: there may be any number of them.
  const last = [...linesOf((await files.read(path)).subarray(0, open.offset))].at(-1);
  return last && readEvent(last, path);
}

/**
 * The first event of a log, without reading the rest.
 *
 * @throws {GaitError} `invalid_input` when it can't be read
 */
export async function readFirstEvent(folder: string, files: Files): Promise<JobEvent | undefined> {
  const path = logPath(folder);
  const size = (await files.stat(path))?.size ?? 0;
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < Math.min(size, MAX_LINE_BYTES); offset += BLOCK) {
    const block = await files.readPart(path, offset, Math.min(BLOCK, size - offset));
    const newline = block.indexOf(0x0a);
    parts.push(newline < 0 ? block : block.subarray(0, newline));
    if (newline >= 0) break;
  }
  const line = concat(parts);
  if (trimLine(line).length > 0) return readEvent(line, path, "first line").event;
  return (await readEvents(folder, files))[0]; // blank lines, which nobody writes
}

function readEvent(bytes: Uint8Array<ArrayBuffer>, path: string, which = "last line") {
  const line = trimLine(bytes);
  const what = `${path}, ${which}`;
  const value = readJson(line, { what, numbers: "exact" });
  return { event: decode(jobEventSchema, value, what), line };
}

/** The lines of a log without the white space around them; blank ones are skipped. */
export function* linesOf(bytes: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = trimLine(bytes.subarray(start, end));
    if (line.length > 0) yield line;
    start = end + 1;
  }
}

/** The bytes after the last newline before a place, the end of the log, and their offset. */
async function unfinishedLine(
  path: string,
  size: number,
  files: Files,
): Promise<{ readonly offset: number; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const parts: Uint8Array[] = [];
  let offset = size;
  while (offset > 0) {
    const start = Math.max(0, offset - BLOCK);
    const block = await files.readPart(path, start, offset - start);
    const newline = block.lastIndexOf(0x0a);
    parts.unshift(block.subarray(newline + 1));
    offset = start + newline + 1;
    if (newline >= 0) break;
    if (size - offset > MAX_LINE_BYTES) {
      throw invalidInput(`Cannot read ${path}: its last line is longer than 10 MiB`, {
        detail: "event_log_invalid",
      });
    }
  }
  return { offset, bytes: concat(parts) };
}

const BLOCK = 65_536;

function isWholeEvent(bytes: Uint8Array): boolean {
  try {
    const value = readJson(bytes, { what: "event", numbers: "exact" });
    return decode(jobEventSchema, value, "event").job_id !== "";
  } catch (error) {
    if (error instanceof GaitError) return false;
    throw error;
  }
}

function logPath(folder: string): string {
  return joinPath(folder, EVENTS_FILE);
}
