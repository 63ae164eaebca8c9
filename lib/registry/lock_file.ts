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

/** Path of a project's lock file. */
export const LOCK_PATH = ".gait/registry.lock.json";

const MAX_LOCK_BYTES = 16 << 20;

/**
 * The packs of a lock file, by name; `undefined` if there is no lock file.
 *
 * @throws {GaitError} `invalid_input` if it can't be read, or lists a pack twice
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

/** Record a pack in a lock file, replacing an older entry of the same name. */
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
 * Check that a lock file lists exactly this pack.
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
      : `The lock file has a different "${pack.pack_name}": ${held.pack_version} sha256:${held.digest}`,
    "Install it without --frozen, review what changed, and commit the lock file",
  );
}
