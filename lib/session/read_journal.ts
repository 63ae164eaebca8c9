import { invalidInput, unsafeOperation } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { encodeRecovery, type JournalHeader, type Recovery } from "../schema/session_journal.ts";
import { beforeAll, type Fold, takeLine } from "./fold.ts";
import { type JournalRecord, lineHasher, MAX_JOURNAL_LINE } from "./records.ts";
import { pathArgument } from "../formats/shell.ts";
import { compactJson } from "../formats/json/mod.ts";
import type { SessionPaths } from "./paths.ts";

/** A completely read journal. */
export type Journal = Fold & { readonly header: JournalHeader };

/**
 * Read a journal line by line and check every rule and every running digest (docs/spec/sessions.md 2.5). Memory is
 * bounded by the checkpoints and one line, whatever the size of the journal.
 *
 * @param visit called with each record and the state after it
 * @throws {GaitError} `invalid_input`
 */
export async function readJournal(
  files: Files,
  path: string,
  visit: (record: JournalRecord, fold: Fold) => void | Promise<void> = () => {},
): Promise<Journal> {
  const what = `journal "${path}"`;
  const size = await journalSize(files, path);
  const hash = await lineHasher(size);
  let fold = beforeAll();
  for (const line of files.readLines(path, MAX_JOURNAL_LINE)) {
    const taken = await takeLine(fold, line, what, hash);
    fold = taken.fold;
    if (taken.record) await visit(taken.record, fold);
  }
  const { header } = fold;
  if (!header) throw invalidInput(`Cannot read ${what}: it has no header`);
  return { ...fold, header };
}

/**
 * Size of a journal.
 *
 * @throws {GaitError} `invalid_input` when there is none, `unsafe_operation` when a link stands in its place
 * (docs/threat_model.md 17)
 */
export async function journalSize(files: Files, path: string): Promise<number> {
  const info = await files.stat(path);
  if (!info) {
    throw invalidInput(`Cannot read journal "${path}": no such file`, {
      hint: `Begin one: gait run session start --journal ${
        pathArgument(path)
      } --session-id <id> --run-id <id>`,
    });
  }
  if (info.kind === "symlink") throw unsafeOperation(`Cannot use journal "${path}": it is a symbolic link`);
  if (info.kind !== "file") throw invalidInput(`Cannot read journal "${path}": it is not a file`);
  return info.size;
}

/** How often the journal was recovered, according to its list of recoveries. */
export async function countRecoveries(files: Files, { recoveries }: SessionPaths): Promise<number> {
  if (!await files.isFile(recoveries)) return 0;
  let count = 0;
  for (const line of files.readLines(recoveries, MAX_JOURNAL_LINE)) {
    if (line.bytes.length > 0) count++;
  }
  return count;
}

/** Add an entry to the list of recoveries. */
export async function noteRecovery(
  files: Files,
  { recoveries }: SessionPaths,
  recovery: Recovery,
): Promise<void> {
  await files.appendLine(recoveries, compactJson(encodeRecovery(recovery)));
}
