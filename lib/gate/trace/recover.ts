import { counted } from "../../formats/counted.ts";
import { append } from "../../formats/lists.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import type { Files, Journals, LeftJournal } from "../../effects/mod.ts";
import { type JournalContent, type NamedRecord, readJournal, type RecordTrust } from "./journal_line.ts";
import { JOURNAL_FOLDER } from "./log.ts";
import { equalBytes } from "../../formats/bytes.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { numberedPath } from "../../formats/path.ts";

/** The result of recovering the journals of terminated processes. */
export interface Recovered {
  /** Paths of the restored records. */
  readonly restored: readonly string[];
  /** How many of them belong to an intact trace that is signed with an unknown key. */
  readonly unverified: number;
  /** Files with the torn tails of journals: decisions that were never returned. */
  readonly torn: readonly string[];
}

/** The result without any journal. */
export const NOTHING_RECOVERED: Recovered = { restored: [], unverified: 0, torn: [] };

/** What to report about a process that died. */
export function recoveredWarnings({ restored, unverified, torn }: Recovered): string[] {
  return [
    ...(restored.length > 0 ? [`recovered ${counted(restored.length, "record")} after a crash`] : []),
    ...(unverified > 0 ? [`${unverified} of them belong to traces that are signed with an unknown key`] : []),
    ...torn.map((path) => `the unfinished end of a journal is kept in ${path}`),
  ];
}

/** Checks the records of one decision; throws when they can't be trusted. */
export type CheckDecision = (records: readonly NamedRecord[]) => Promise<RecordTrust>;

/** Larger than any journal that this program writes: 64 MiB. */
export const MAX_JOURNAL_BYTES = 1 << 26;

/**
 * Restore records that were lost in a crash of the machine, then remove their journals. Journals of running processes
 * are left alone.
 *
 * @param check called for every decision of a journal before any of its records is written
 * @throws {GaitError} `invalid_input` when a journal was changed: it is evidence, so a person must look at it first;
 * `unsafe_operation` when a journal is a link
 */
export async function recoverTraces(
  folder: string,
  files: Files,
  journals: Journals,
  check: CheckDecision,
): Promise<Recovered> {
  const restored: string[] = [];
  const torn: string[] = [];
  let unverified = 0;
  const restore = restorer(folder, files);
  const journalFolder = `${folder}/${JOURNAL_FOLDER}`;
  for (const name of await files.list(journalFolder)) {
    if (!name.endsWith(".jsonl")) continue;
    const path = `${journalFolder}/${name}`;
    const left = await journals.takeOver(path, MAX_JOURNAL_BYTES);
    if (!left) continue;
    let done = false;
    try {
      const { decisions, unknownKeyRecords, torn: tail } = await readChecked(left, path, check);
      const records: Restored[] = await restore(decisions.flat());
      const fresh = records.filter(({ written }) => written);
      append(restored, fresh.map((record) => record.path));
      unverified += fresh.filter(({ record }) => unknownKeyRecords.has(record)).length;
      if (tail.length > 0) {
        // A torn tail of an earlier recovery is evidence too, so it is never replaced.
        torn.push((await files.writeOutput(`${path}.torn`, tail, { ifTaken: "number" })).path);
      }
      // An existing record may not be durable yet.
      await journals.sync(records.map((record) => record.path));
      done = true;
    } finally {
      if (done) await left.discard();
      else left.close();
    }
  }
  return { restored, unverified, torn };
}

/** The content of a journal, with the records whose trace is signed with an unknown key. */
interface CheckedJournal extends JournalContent {
  readonly unknownKeyRecords: ReadonlySet<NamedRecord>;
}

async function readChecked(left: LeftJournal, path: string, check: CheckDecision): Promise<CheckedJournal> {
  try {
    const content = readJournal(left.content, `journal "${path}"`);
    const unknownKeyRecords = new Set<NamedRecord>();
    for (const decision of content.decisions) {
      if (await check(decision) === "unknown_key") {
        for (const record of decision) unknownKeyRecords.add(record);
      }
    }
    return { ...content, unknownKeyRecords };
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    throw invalidInput(`Cannot recover from journal "${path}": ${error.message}`, {
      hint: `Look at "${path}", move it aside, then start again`,
      cause: error,
    });
  }
}

/** The path of a record, and whether it was written. */
export interface Restored {
  readonly record: NamedRecord;
  readonly path: string;
  readonly written: boolean;
}

/**
 * Writes the records of journals into a folder unless they exist.
 *
 * INVARIANT: every record gets a file of its own, even when several have the same bytes. An intact file is never
 * replaced; one that a crash left empty or torn under the name of a record is completed.
 */
export function restorer(
  folder: string,
  files: Files,
): (records: readonly NamedRecord[]) => Promise<Restored[]> {
  const claimed = new Set<string>();

  async function writeAtName(record: NamedRecord): Promise<Restored | undefined> {
    const { name, content } = record;
    const path = `${folder}/${name}`;
    if (claimed.has(path)) return undefined;
    const info = await files.stat(path);
    if (info && info.kind !== "file") return undefined;
    const held = info && await files.read(path);
    if (held && equalBytes(held, content)) return claim(record, path, false);
    if (held && !isTorn(held, content)) return undefined;
    // No other record of a journal in this folder has this name, so a torn file under it is this record.
    await files.writeAtomic(path, content, { onlyNew: held === undefined });
    return claim(record, path, true);
  }

  /** Another process used the name before the crash: its file stays, and this record gets a numbered name. */
  async function writeAtNumber(record: NamedRecord): Promise<Restored> {
    const { name, content } = record;
    const stem = name.replace(/(?:_[1-9][0-9]*)?\.json$/, ".json");
    for (let n = 1;; n++) {
      const path = `${folder}/${numberedPath(stem, n)}`;
      if (claimed.has(path)) continue;
      const info = await files.stat(path);
      if (info === undefined) {
        await files.writeAtomic(path, content, { onlyNew: true });
        return claim(record, path, true);
      }
      // An interrupted recovery wrote it already.
      if (info.kind === "file" && equalBytes(await files.read(path), content)) {
        return claim(record, path, false);
      }
    }
  }

  function claim(record: NamedRecord, path: string, written: boolean): Restored {
    claimed.add(path);
    return { record, path, written };
  }

  return async (records) => {
    const found: (Restored | undefined)[] = [];
    for (const record of records) found.push(await writeAtName(record));
    // Numbered names are assigned only after every record tried its own name.
    const all: Restored[] = [];
    for (const [at, record] of records.entries()) all.push(found[at] ?? await writeAtNumber(record));
    return all;
  };
}

/** Whether a crash left only a part of a record, or bytes that are not JSON. */
function isTorn(held: Uint8Array<ArrayBuffer>, record: Uint8Array<ArrayBuffer>): boolean {
  if (held.length < record.length && equalBytes(held, record.subarray(0, held.length))) return true;
  try {
    readJsonObject(held, { what: "record" });
    return false;
  } catch {
    return true;
  }
}
