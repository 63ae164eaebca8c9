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

/** Where the holds of a folder stand. */
export const HOLDS_PATH = ".gait/holds.json";

const MAX_HOLDS_BYTES = 16 << 20;

/** What is put on hold, and why. */
export interface HoldRequest {
  readonly path: string;
  readonly reason?: string | undefined;
  readonly caseId?: string | undefined;
}

/**
 * The holds of a folder; none where there is no file of them.
 *
 * @throws {GaitError} `invalid_input` when they can't be read, `unsafe_operation` behind a link: evidence that is on hold must
 * not be deleted because of an error
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
      hint: "Put the file itself there",
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
 * Put a file, or all that a folder holds, on hold in the working folder.
 *
 * @throws {GaitError} `invalid_input` when nothing stands there: a typing error would hold nothing
 */
export async function addHold(
  { path, reason, caseId }: HoldRequest,
  { files, now, random }: Pick<Effects, "files" | "now" | "random">,
): Promise<Hold> {
  const cleaned = cleanPath(trim(path));
  if (await files.stat(cleaned) === undefined) {
    throw invalidInput(`Cannot hold "${path}": nothing stands there`, {
      hint: "Check the path; a relative one counts from the working folder",
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
 * Take a hold away.
 *
 * @throws {GaitError} `invalid_input` when there is none of that id
 */
export async function removeHold(id: string, files: Files): Promise<Hold> {
  return await lockingHolds(files, async () => {
    const holds = await readHolds(".", files);
    const found = holds.find(({ hold_id }) => hold_id === trim(id));
    if (found === undefined) {
      throw invalidInput(`Cannot remove hold "${id}": there is none of that id`, {
        hint: "See all with: gait guard hold list",
      });
    }
    await writeHolds(holds.filter((hold) => hold !== found), files);
    return found;
  });
}

/** Run a step while no hold of the working folder is added or removed. */
export async function lockingHolds<T>(files: Files, step: () => Promise<T>): Promise<T> {
  if (await files.stat(folderOf(HOLDS_PATH)) === undefined) return await step(); // so there are none
  return await files.withLock(HOLDS_PATH, {}, step);
}

/**
 * Whether a path, as it is without links, is on hold: itself, or a folder above it. Holds are taken from the working folder,
 * from the root and from every folder above these, so that a hold counts from wherever retention is run.
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
  if (hasControl(text)) throw invalidInput(`Cannot use ${what}: it holds control characters`);
  return text;
}
