import type { Files } from "../../effects/mod.ts";
import { equalBytes } from "../../formats/bytes.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { numberedPath } from "../../formats/path.ts";
import type { NamedRecord } from "./journal_line.ts";

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
