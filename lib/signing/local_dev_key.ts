import type { Files } from "../effects/mod.ts";
import { GaitError, unsafeOperation } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import {
  addTrustedKey,
  formatPrivateKey,
  keyFromSeed,
  LOCAL_DEV,
  parsePrivateKey,
  type PrivateKey,
  readKeyFile,
} from "./mod.ts";

/** Folder of the private half; its `.gitignore` covers all of it. */
const FOLDER = ".gait/keys";
const PATH = `${FOLDER}/${LOCAL_DEV}_private.key`;

/** With this environment variable the demo makes no key, and its run is unsigned. */
export const DEMO_UNSIGNED = "GAIT_DEMO_UNSIGNED";

/** Effects for creating a key. */
export interface LocalKeyEffects {
  readonly files: Files;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
}

/**
 * The development key of this folder, created at the first call: private half 0600 and ignored by git, public half
 * trusted as `local_dev`. Its signature proves that a pack was made here and not changed since, but nothing about who
 * made it.
 *
 * @throws {GaitError} `invalid_input` when another key is trusted under that name, `unsafe_operation` when its folder
 * is a symbolic link
 */
export async function localDevKey({ files, random }: LocalKeyEffects): Promise<PrivateKey> {
  for (const folder of [".gait", FOLDER]) {
    // A link could lead the private key into a folder that others read (docs/threat_model.md 17).
    if ((await files.stat(folder))?.kind === "symlink") {
      throw unsafeOperation(`Cannot keep a development key in "${folder}": it is a symbolic link`);
    }
  }
  const key = await existing(files) ?? await create(files, random);
  await addTrustedKey(files, LOCAL_DEV, key.public);
  return key;
}

async function existing(files: Files): Promise<PrivateKey | undefined> {
  const info = await files.stat(PATH);
  if (!info) return undefined;
  if (info.kind !== "file") {
    throw unsafeOperation(`Cannot use development key "${PATH}": it is not a regular file`);
  }
  return await parsePrivateKey(
    await readKeyFile(files, PATH, "private key"),
    `development key "${PATH}"`,
  );
}

async function create(files: Files, random: LocalKeyEffects["random"]): Promise<PrivateKey> {
  const key = await keyFromSeed(random(32));
  await files.makeFolder(FOLDER);
  await files.writeAtomic(`${FOLDER}/.gitignore`, utf8("*\n"));
  try {
    await files.writeAtomic(PATH, utf8(formatPrivateKey(key)), { onlyNew: true });
    return key;
  } catch (error) {
    // Another process created the key in the meantime: use that one.
    const winner = error instanceof GaitError && error.code === "invalid_input"
      ? await existing(files)
      : undefined;
    if (winner) return winner;
    throw error;
  }
}
