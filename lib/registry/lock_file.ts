import type { Files } from "../effects/types.ts";
import { invalidInput } from "../errors/mod.ts";
import { compareBytewise } from "../formats/bytes.ts";
import { prettyJson, readJsonObject } from "../formats/json/mod.ts";
import { folderOf } from "../formats/path.ts";
import { decode } from "../schema/fields.ts";
import { type LockedPack, REGISTRY_LOCK_SCHEMA_ID, registryLockSchema } from "../schema/registry.ts";
import { untrusted } from "./failure.ts";
import type { Manifest } from "./manifest.ts";
import { nameFault } from "./pack_name.ts";

/** Where the lock file of a project stands. */
export const LOCK_PATH = ".gait/registry.lock.json";

const MAX_LOCK_BYTES = 16 << 20;

/**
 * The packs of a lock file, by name; `undefined` when there is none.
 *
 * @throws {GaitError} `invalid_input` when it can't be read, or names a pack twice
 */
export async function readLock(
  files: Files,
  path: string,
): Promise<ReadonlyMap<string, LockedPack> | undefined> {
  if (await files.stat(path) === undefined) return undefined;
  const what = `lock file "${path}"`;
  const document = readJsonObject(await files.read(path, MAX_LOCK_BYTES), { what, duplicates: "refuse" });
  const packs = new Map<string, LockedPack>();
  for (const pack of decode(registryLockSchema, document, what).packs) {
    const fault = packs.has(pack.pack_name)
      ? "it is listed twice"
      : nameFault(pack.pack_name) ?? nameFault(pack.pack_version);
    if (fault !== undefined) {
      throw invalidInput(`Cannot read ${what}: pack "${pack.pack_name}" is refused: ${fault}`, {
        hint: "Restore the lock file from your version control",
      });
    }
    packs.set(pack.pack_name, pack);
  }
  return packs;
}

/** Write a pack into a lock file, in the place of an older one of its name. */
export async function recordLocked(files: Files, path: string, pack: LockedPack): Promise<void> {
  await files.makeFolder(folderOf(path));
  await files.withLock(path, {}, async () => {
    const packs = new Map(await readLock(files, path)).set(pack.pack_name, pack);
    const document = {
      schema_id: REGISTRY_LOCK_SCHEMA_ID,
      schema_version: "1.0.0",
      packs: [...packs.values()].sort((left, right) => compareBytewise(left.pack_name, right.pack_name)),
    };
    await files.writeAtomic(path, prettyJson(document));
  });
}

/**
 * Check that a lock file holds this very pack.
 *
 * @throws {InstallError}
 */
export function checkLocked({ pack, digest }: Manifest, locked: ReadonlyMap<string, LockedPack>): void {
  const held = locked.get(pack.pack_name);
  if (held?.digest === digest && held.pack_version === pack.pack_version) return;
  throw untrusted(
    "not_locked",
    held === undefined
      ? `The lock file has no pack "${pack.pack_name}"`
      : `The lock file has another "${pack.pack_name}": ${held.pack_version} sha256:${held.digest}`,
    "Install it without --frozen, look at what changed, and commit the lock file",
  );
}
