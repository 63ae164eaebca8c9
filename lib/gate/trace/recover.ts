import { append } from "../../formats/lists.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import type { Files, Journals, LeftJournal } from "../../effects/mod.ts";
import { type JournalContent, type NamedRecord, readJournal, type RecordTrust } from "./journal_line.ts";
import { JOURNAL_FOLDER } from "./log.ts";
import { equalBytes } from "../../formats/bytes.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { numberedPath } from "../../formats/path.ts";

/** What was found in the journals of processes that are gone. */
export interface Recovered {
  /** Paths of the records that were written again. */
  readonly restored: readonly string[];
  /** How many of them belong to a trace that is whole, but signed with a key that nobody here knows. */
  readonly unverified: number;
  /** Files that keep the torn ends of journals: decisions that were never released. */
  readonly torn: readonly string[];
}

/** Nothing was found. */
export const NOTHING_RECOVERED: Recovered = { restored: [], unverified: 0, torn: [] };

/** Checks the records of one decision; throws when they are not to be trusted. */
export type CheckDecision = (records: readonly NamedRecord[]) => Promise<RecordTrust>;

/** Larger than a journal ever gets: 64 MiB. */
const MAX_JOURNAL_BYTES = 1 << 26;

/**
 * Write the records again that a crash of the machine took, and remove the journals that held them. Journals of
 * living processes are left alone.
 *
 * @param check asked about every decision of a journal before any of its records is written
 * @throws {GaitError} `invalid_input` when a journal was changed: it is evidence, so nothing goes on without a
 * person; `unsafe_operation` when a journal is a link
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
      const { decisions, strangers, torn: tail } = await readChecked(left, path, check);
      const records: Restored[] = await restore(decisions.flat());
      const fresh = records.filter(({ written }) => written);
      append(restored, fresh.map((record) => record.path));
      unverified += fresh.filter(({ record }) => strangers.has(record)).length;
      if (tail.length > 0) {
        // A torn end that was kept earlier is evidence, too: it is never replaced.
        torn.push((await files.writeOutput(`${path}.torn`, tail, { ifTaken: "number" })).path);
      }
      // A record that was there may still be on its way to the disk.
      await journals.settle(records.map((record) => record.path));
      done = true;
    } finally {
      if (done) await left.discard();
      else left.close();
    }
  }
  return { restored, unverified, torn };
}

/** The content of a journal, with the records of decisions that an unknown key signed. */
interface CheckedJournal extends JournalContent {
  readonly strangers: ReadonlySet<NamedRecord>;
}

async function readChecked(left: LeftJournal, path: string, check: CheckDecision): Promise<CheckedJournal> {
  try {
    const content = readJournal(left.content, `journal "${path}"`);
    const strangers = new Set<NamedRecord>();
    for (const decision of content.decisions) {
      if (await check(decision) === "unknown_key") { for (const record of decision) strangers.add(record); }
    }
    return { ...content, strangers };
  } catch (error) {
    if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
    throw invalidInput(`Cannot recover from journal "${path}": ${error.message}`, {
      hint: `Look at "${path}", keep it elsewhere, then start again`,
      cause: error,
    });
  }
}

/** Where a record stands, and whether it had to be written. */
export interface Restored {
  readonly record: NamedRecord;
  readonly path: string;
  readonly written: boolean;
}

/**
 * Writes the records of journals into a folder unless they are there.
 *
 * INVARIANT: every record counts. One file stands for one record only, so records with the same bytes get as many
 * files as there are of them. A whole file is never replaced by anything else; one that a crash left empty or torn
 * under the name of a record is made whole.
 */
export function restorer(
  folder: string,
  files: Files,
): (records: readonly NamedRecord[]) => Promise<Restored[]> {
  const claimed = new Set<string>();

  async function atItsName(record: NamedRecord): Promise<Restored | undefined> {
    const { name, content } = record;
    const path = `${folder}/${name}`;
    if (claimed.has(path)) return undefined;
    const there = await files.stat(path);
    if (there && there.kind !== "file") return undefined;
    const held = there && await files.read(path);
    if (held && equalBytes(held, content)) return claim(record, path, false);
    if (held && !isTorn(held, content)) return undefined;
    // Nobody else has this name in a journal of this folder, so what is torn under it is this record.
    await files.writeAtomic(path, content, { onlyNew: held === undefined });
    return claim(record, path, true);
  }

  /** Another process took the name before the power went: it has its file, and this record gets another. */
  async function elsewhere(record: NamedRecord): Promise<Restored> {
    const { name, content } = record;
    const stem = name.replace(/(?:_[1-9][0-9]*)?\.json$/, ".json");
    for (let n = 1;; n++) {
      const path = `${folder}/${numberedPath(stem, n)}`;
      if (claimed.has(path)) continue;
      const there = await files.stat(path);
      if (there === undefined) {
        await files.writeAtomic(path, content, { onlyNew: true });
        return claim(record, path, true);
      }
      // A recovery that a crash interrupted wrote it already.
      if (there.kind === "file" && equalBytes(await files.read(path), content)) {
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
    for (const record of records) found.push(await atItsName(record));
    // Only when every record had its own name may one look for another.
    const all: Restored[] = [];
    for (const [at, record] of records.entries()) all.push(found[at] ?? await elsewhere(record));
    return all;
  };
}

/** What a crash leaves of a record: a part of it, or bytes that are no JSON. */
function isTorn(held: Uint8Array<ArrayBuffer>, record: Uint8Array<ArrayBuffer>): boolean {
  if (held.length < record.length && equalBytes(held, record.subarray(0, held.length))) return true;
  try {
    readJsonObject(held, { what: "record" });
    return false;
  } catch {
    return true;
  }
}
