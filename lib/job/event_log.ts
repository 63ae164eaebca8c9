import type { Files } from "../effects/mod.ts";
import { GaitError, invalidInput } from "../errors/mod.ts";
import { concat, utf8 } from "../formats/bytes.ts";
import { canonicalize, compactJson, MAX_LINE_BYTES, readJson, readJsonLines } from "../formats/json/mod.ts";
import { joinPath } from "../formats/path.ts";
import { decode } from "../schema/fields.ts";
import { encodeJobEvent, type JobEvent, jobEventSchema } from "../schema/job.ts";
import { EVENTS_FILE } from "./folder.ts";
import { withLogLock } from "./lock.ts";

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
  const path = logPath(folder);
  if (await files.stat(path) === undefined) return [];
  try {
    return eventsOf(await files.read(path), path);
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    throw invalidInput(error.message, {
      detail: error.detail ?? "event_log_invalid",
      hint: `Repair this line or restore the log from a copy; ${without}`,
      cause: error,
    });
  }
}

function eventsOf(bytes: Uint8Array, path: string): JobEvent[] {
  const events: JobEvent[] = [];
  for (const { line, value } of readJsonLines(bytes, path, { numbers: "exact" })) {
    events.push(decode(jobEventSchema, value, `${path}, line ${line}`));
  }
  return events;
}

/** Whether two events agree in every member, regardless of how their JSON is formatted. */
export function isSameEvent(left: JobEvent, right: JobEvent): boolean {
  return canonicalize(encodeJobEvent(left)) === canonicalize(encodeJobEvent(right));
}

/**
 * Append an event durably. The caller holds the lock of the job and has repaired the end of the log with {@linkcode
 * endLog}.
 */
export async function appendEvent(folder: string, event: JobEvent, files: Files): Promise<void> {
  const path = logPath(folder);
  const line = utf8(compactJson(encodeJobEvent(event)) + "\n");
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

/** The bytes after the last newline, and their offset. */
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
