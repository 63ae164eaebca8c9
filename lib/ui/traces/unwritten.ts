import type { Files } from "../../effects/types.ts";
import { GaitError } from "../../errors/mod.ts";
import { isJsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { baseName, joinPath } from "../../formats/path.ts";
import { readJournal } from "../../gate/trace/journal_line.ts";
import { JOURNAL_FOLDER } from "../../gate/trace/log.ts";
import { MAX_JOURNAL_BYTES } from "../../gate/trace/recover.ts";
import { letOthersRun } from "../let_others_run.ts";
import { TRACE_NAME } from "./trace_index.ts";

/** How many lines are read, and how many files are looked at, before other work gets its turn. */
const BATCH = 200;

/** Most journals of a folder that are looked at: a stream keeps no more. */
const MAX_JOURNALS = 65;

const NEWLINE = 0x0a;

/** What is only in the journals of streams. */
export interface Unwritten {
  /** Decisions without a file of their trace. */
  readonly decisions: number;
  /** Journals that can't be read: somebody changed them. */
  readonly damaged: readonly string[];
}

/** Finds decisions that a stream made durable in its journal, and whose traces were lost as files in a crash. */
export interface UnwrittenTraces {
  /** What was found last. */
  readonly found: () => Unwritten;
  /** Journals may be in these folders. */
  add(journalFolders: readonly string[]): void;
  /** Look again; whether something else is found. */
  look(): Promise<boolean>;
}

/**
 * The list of traces shows files. A stream writes each file after its journal, so a crash can leave decisions in a journal
 * alone, until a stream that opens the folder restores them. Nothing is restored here: looking
 * changes nothing.
 */
export function unwrittenTraces(files: Files): UnwrittenTraces {
  const folders = new Set<string>();
  let found: Unwritten = { decisions: 0, damaged: [] };
  return {
    found: () => found,
    add(journalFolders) {
      for (const folder of journalFolders) if (baseName(folder) === JOURNAL_FOLDER) folders.add(folder);
    },
    async look() {
      let decisions = 0;
      const damaged: string[] = [];
      for (const folder of folders) {
        for (const path of await journalsOf(folder, files)) {
          const missing = await countMissing(path, joinPath(folder, ".."), files);
          if (missing === "damaged") damaged.push(path);
          else decisions += missing;
        }
      }
      const isOther = decisions !== found.decisions || damaged.join("\n") !== found.damaged.join("\n");
      found = { decisions, damaged };
      return isOther;
    },
  };
}

async function journalsOf(folder: string, files: Files): Promise<string[]> {
  try {
    const entries = await files.entries(folder);
    return entries.filter(({ name, kind }) => kind === "file" && name.endsWith(".jsonl"))
      .slice(0, MAX_JOURNALS).map(({ name }) => joinPath(folder, name));
  } catch (error) {
    if (error instanceof GaitError) return []; // it is gone
    throw error;
  }
}

/** How many traces of a journal have no file of theirs in a folder. A torn file counts: it will be completed. */
async function countMissing(path: string, folder: string, files: Files): Promise<number | "damaged"> {
  try {
    let missing = 0;
    let looked = 0;
    for (const [name, size] of await tracesOf(await files.read(path, MAX_JOURNAL_BYTES), path)) {
      if (++looked % BATCH === 0) await letOthersRun();
      const info = await files.stat(joinPath(folder, name));
      if (info?.kind !== "file" || info.size !== size) missing++;
    }
    return missing;
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    // A stream that ends removes its journal.
    return await files.stat(path).catch(() => undefined) === undefined ? 0 : "damaged";
  }
}

/** The names of the traces in a journal, and how many bytes each has. Line by line: a journal may have 64 MiB. */
async function tracesOf(bytes: Uint8Array<ArrayBuffer>, path: string): Promise<ReadonlyMap<string, number>> {
  const what = `journal "${path}"`;
  const traces = new Map<string, number>();
  let start = 0;
  let read = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    if (++read % BATCH === 0) await letOthersRun();
    const line = bytes.slice(start, end + 1);
    const { decisions } = readJournal(line, what);
    for (const { name, content } of decisions.flat()) {
      if (TRACE_NAME.test(name)) traces.set(name, content.length);
    }
    if (decisions.length === 0) rename(traces, line, what);
    start = end + 1;
  }
  return traces;
}

function rename(traces: Map<string, number>, line: Uint8Array<ArrayBuffer>, what: string): void {
  const { renamed } = readJsonObject(line, { what });
  for (const [from, to] of isJsonObject(renamed) ? Object.entries(renamed) : []) {
    const size = traces.get(from);
    if (size === undefined || typeof to !== "string") continue;
    traces.delete(from);
    traces.set(to, size);
  }
}
