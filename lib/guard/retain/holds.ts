import type { Effects, Files } from "../../effects/types.ts";
import { invalidInput, unsafeOperation } from "../../errors/mod.ts";
import { hex } from "../../formats/bytes.ts";
import { canonicalBytes, readJsonObject } from "../../formats/json/mod.ts";
import { cleanPath, folderOf, hasControl, joinPath } from "../../formats/path.ts";
import { trim } from "../../formats/text.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { decode, omitEmpty } from "../../schema/fields.ts";
import { GUARD_SCHEMA_ID, type Hold, holdsSchema } from "../../schema/guard.ts";
import { RECORD_VERSION } from "../../schema/runpack_layout.ts";

export type { Hold };

/** Path of the holds file in a folder. */
export const HOLDS_PATH = ".gait/holds.json";

const MAX_HOLDS_BYTES = 16 << 20;

/** What is put on hold, and why. */
export interface AddHoldOptions {
  readonly path: string;
  readonly reason?: string | undefined;
  readonly caseId?: string | undefined;
}

/**
 * Read the holds of a folder; without a holds file there are none.
 *
 * @throws {GaitError} `invalid_input` if they can't be read, `unsafe_operation` if the file is a link: an error must
 * never lead to the deletion of evidence on hold
 */
export async function readHolds(
  folder: string,
  files: Pick<Files, "stat" | "read">,
): Promise<readonly Hold[]> {
  const path = joinPath(folder, HOLDS_PATH);
  const info = await files.stat(path);
  if (info === undefined) return [];
  if (info.kind === "symlink") {
    throw unsafeOperation(`Cannot read holds: "${path}" is a symbolic link`, {
      hint: "Replace the link with the file itself",
    });
  }
  const document = readJsonObject(await files.read(path, MAX_HOLDS_BYTES), {
    what: `holds "${path}"`,
    duplicates: "refuse",
  });
  const { schema_id, schema_version, holds } = decode(holdsSchema, document, `holds "${path}"`);
  if (schema_id === GUARD_SCHEMA_ID.holds && schema_version === RECORD_VERSION) return holds;
  throw invalidInput(`Cannot read holds "${path}": they are "${schema_id}" ${schema_version}`);
}

/**
 * Put a file, or everything in a folder, on hold; the hold is recorded in the working folder.
 *
 * @throws {GaitError} `invalid_input` if the path does not exist: a mistyped path would protect nothing
 */
export async function addHold(
  { path, reason, caseId }: AddHoldOptions,
  { files, now, random }: Pick<Effects, "files" | "now" | "random">,
): Promise<Hold> {
  const cleaned = cleanPath(trim(path));
  if (await files.stat(cleaned) === undefined) {
    throw invalidInput(`Cannot hold "${path}": it does not exist`, {
      hint: "Check the path; a relative path is relative to the working folder",
    });
  }
  const hold: Hold = {
    hold_id: `hold_${hex(random(6))}`,
    path: cleaned,
    reason: printable(reason, "reason"),
    case_id: printable(caseId, "case id"),
    created_at: timeOfMillis(now()),
  };
  await files.makeFolder(folderOf(HOLDS_PATH));
  return await lockingHolds(files, async () => {
    await writeHolds([...await readHolds(".", files), hold], files);
    return hold;
  });
}

/**
 * Remove a hold, by its id or by the path that it is for.
 *
 * @throws {GaitError} `invalid_input` if there is no such hold, or several for that path: each has a reason of its own
 */
export async function removeHold(given: string, files: Files): Promise<Hold> {
  return await lockingHolds(files, async () => {
    const holds = await readHolds(".", files);
    const wanted = trim(given);
    const byPath = wanted === "" ? [] : holds.filter(({ path }) => path === cleanPath(wanted));
    const found = holds.find(({ hold_id }) => hold_id === wanted) ?? byPath[0];
    if (found === undefined) {
      throw invalidInput(`Cannot remove hold "${given}": there is no hold with that id or path`, {
        hint: "List all holds: gait guard hold list",
      });
    }
    if (found.hold_id !== wanted && byPath.length > 1) {
      throw invalidInput(`Cannot remove the hold of "${given}": it has ${byPath.length}`, {
        hint: `Give one of their ids: ${byPath.map(({ hold_id }) => hold_id).join(", ")}`,
      });
    }
    await writeHolds(holds.filter((hold) => hold !== found), files);
    return found;
  });
}

/** Run a step under the lock that prevents holds of the working folder from being added or removed. */
export async function lockingHolds<T>(files: Files, step: () => Promise<T>): Promise<T> {
  if (await files.stat(folderOf(HOLDS_PATH)) === undefined) return await step(); // so there are none
  return await files.withLock(HOLDS_PATH, {}, step);
}

/**
 * Return a test for whether a path (with links resolved) or one of its parent folders is on hold. Holds are read from
 * the working folder, from the root and from all their parent folders, so a hold applies no matter where retention is
 * run.
 *
 * @param also folders below the root that have holds of their own
 */
export async function heldPaths(
  root: string,
  also: readonly string[],
  files: Files,
): Promise<(realPath: string) => boolean> {
  const held = new Set<string>();
  const folders = new Set<string>(also);
  for (const start of [await files.realPath("."), await files.realPath(root)]) {
    for (let at = start; !folders.has(at); at = folderOf(at)) folders.add(at);
  }
  for (const folder of folders) {
    for (const { path } of await readHolds(folder, files)) {
      const full = joinPath(folder, path);
      held.add(full);
      held.add(await files.realPath(full)); // it may have been named through a link
    }
  }
  return (realPath) => {
    if (held.size === 0) return false;
    for (let at = realPath;; at = folderOf(at)) {
      if (held.has(at)) return true;
      if (at === folderOf(at)) return false;
    }
  };
}

async function writeHolds(holds: readonly Hold[], files: Files): Promise<void> {
  await files.writeAtomic(
    HOLDS_PATH,
    canonicalBytes({
      schema_id: GUARD_SCHEMA_ID.holds,
      schema_version: RECORD_VERSION,
      holds: holds.map((hold) => omitEmpty(hold, "reason", "case_id")),
    }),
  );
}

function printable(given: string | undefined, what: string): string {
  const text = trim(given ?? "");
  if (hasControl(text)) throw invalidInput(`Cannot use ${what}: it contains control characters`);
  return text;
}
