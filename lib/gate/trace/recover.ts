import { GaitError } from "../../errors/mod.ts";
import type { Files, Journals } from "../../effects/mod.ts";
import { decodeUtf8 } from "../../formats/bytes.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { type NamedRecord, readJournal } from "./journal_line.ts";
import { JOURNAL_FOLDER, numbered } from "./log.ts";

/** What was found in the journals of processes that are gone. */
export interface Recovered {
  /** Paths of the records that were written again. */
  readonly restored: readonly string[];
  /** Files that keep the torn ends of journals: decisions that were never released. */
  readonly torn: readonly string[];
}

/** Larger than a journal ever gets: 64 MiB. */
const MAX_JOURNAL_BYTES = 1 << 26;

/**
 * Write the records again that a crash of the machine took, and remove the journals that held them. Journals of
 * living processes are left alone.
 *
 * @throws {GaitError} `invalid_input` when a journal was changed: it is evidence, so nothing goes on without a person
 */
export async function recoverTraces(folder: string, files: Files, journals: Journals): Promise<Recovered> {
  const restored: string[] = [];
  const torn: string[] = [];
  const restore = restorer(folder, files);
  const journalFolder = `${folder}/${JOURNAL_FOLDER}`;
  for (const name of await files.list(journalFolder)) {
    if (!name.endsWith(".jsonl")) continue;
    const path = `${journalFolder}/${name}`;
    const left = await journals.takeOver(path, MAX_JOURNAL_BYTES);
    if (!left) continue;
    let done = false;
    try {
      const content = readJournal(left.content, `journal "${path}"`);
      const paths: string[] = [];
      for (const record of content.records) {
        const { path, written } = await restore(record);
        paths.push(path);
        if (written) restored.push(path);
      }
      if (content.torn.length > 0) {
        torn.push(`${path}.torn`);
        await files.writeAtomic(`${path}.torn`, content.torn);
      }
      // A record that was there may still be on its way to the disk.
      await journals.settle(paths);
      done = true;
    } catch (error) {
      if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
      throw new GaitError("invalid_input", error.message, {
        hint: `Look at "${path}", keep it elsewhere, then start again`,
        cause: error,
      });
    } finally {
      if (done) await left.discard();
      else left.close();
    }
  }
  return { restored, torn };
}

/** What stands under the names of one record: the name itself, and the numbered ones. */
interface Family {
  /** Paths of whole records, by what they hold. */
  readonly whole: Map<string, string>;
  /** Names of files that a crash tore. */
  readonly torn: string[];
}

/** Writes records unless they are there; a whole record is never replaced. */
function restorer(
  folder: string,
  files: Files,
): (record: NamedRecord) => Promise<{ path: string; written: boolean }> {
  const families = new Map<string, Family>();
  let names: Set<string> | undefined;
  return async ({ name, content }) => {
    names ??= new Set(await files.list(folder));
    const family = families.get(name) ?? await readFamily(folder, name, names, files);
    families.set(name, family);
    const text = decodeUtf8(content);
    const there = family.whole.get(text);
    if (there !== undefined) return { path: there, written: false };
    const member = family.torn.shift() ?? freeName(name, names);
    const path = `${folder}/${member}`;
    await files.writeAtomic(path, content);
    names.add(member);
    family.whole.set(text, path);
    return { path, written: true };
  };
}

async function readFamily(
  folder: string,
  name: string,
  names: ReadonlySet<string>,
  files: Files,
): Promise<Family> {
  const family: Family = { whole: new Map(), torn: [] };
  const stem = name.slice(0, -".json".length);
  for (const member of names) {
    if (!member.startsWith(stem) || !/^(_[0-9]+)?\.json$/.test(member.slice(stem.length))) continue;
    const path = `${folder}/${member}`;
    const text = decodeUtf8(await files.read(path));
    if (isWhole(text)) family.whole.set(text, path);
    else family.torn.push(member);
  }
  return family;
}

function freeName(name: string, names: ReadonlySet<string>): string {
  let n = 1;
  while (names.has(numbered(name, n))) n++;
  return numbered(name, n);
}

function isWhole(text: string): boolean {
  try {
    readJsonObject(text, { what: "record" });
    return true;
  } catch {
    return false;
  }
}
