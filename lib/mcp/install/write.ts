import type { Files } from "../../effects/types.ts";
import { GaitError, invalidInput } from "../../errors/mod.ts";
import { decodeUtf8Strict, equalBytes, utf8 } from "../../formats/bytes.ts";

/** A larger file is no configuration. Claude Code keeps more than its servers in one. */
const MAX_BYTES = 64 << 20;

/** A configuration on the disk. */
export interface ConfigurationFile {
  /** The file itself, where links lead to it. */
  readonly path: string;
  readonly text: string;
  readonly backupPath: string;
  readonly backup: string | undefined;
}

/** Read a client's configuration, and what it was before the gateway was installed. */
export async function readConfiguration(files: Files, given: string): Promise<ConfigurationFile> {
  // Settings are often links into a repository; the file behind one is written, not the link replaced.
  const path = await files.realPath(given);
  const backupPath = `${path}.before-gait`;
  const backup = await files.stat(backupPath) === undefined ? undefined : await readText(files, backupPath);
  return { path, text: await readText(files, path), backupPath, backup };
}

async function readText(files: Files, path: string): Promise<string> {
  const text = decodeUtf8Strict(await files.read(path, MAX_BYTES));
  if (text === undefined) throw invalidInput(`Cannot read "${path}": it is no UTF-8`);
  return text;
}

/**
 * Write a changed configuration. The backup is written first: at no time is the original text lost.
 *
 * @param original the backup from then on; `undefined` removes it
 * @throws {GaitError} `state_contention` when the client, or another installation, changed the file in between
 */
export async function writeConfiguration(
  files: Files,
  file: ConfigurationFile,
  next: string,
  original: string | undefined,
): Promise<void> {
  const { path, text, backupPath, backup } = file;
  await whileUnchanged(files, file, async () => {
    // It may hold credentials, so nobody else may read the copy either.
    if (original !== undefined && original !== backup) {
      await files.writeAtomic(backupPath, utf8(original), { anywhere: true });
    }
    if (next !== text) {
      const mode = (await files.stat(path))?.mode ?? 0o600;
      await refuseChanged(files, path, text); // the client takes no lock
      await files.writeAtomic(path, utf8(next), { anywhere: true, mode });
    }
    if (original === undefined && backup !== undefined) await files.remove(backupPath);
  });
}

/**
 * Take a step only if a file and its backup are what they were when the change was planned, and as the only
 * installation. Two that both found no backup would keep each other's gateway as the original text.
 *
 * @throws {GaitError} `state_contention` otherwise
 */
export async function whileUnchanged(
  files: Files,
  { path, text, backupPath, backup }: ConfigurationFile,
  step: () => Promise<void>,
): Promise<void> {
  await files.withLock(path, {}, async () => {
    await refuseChanged(files, path, text);
    await refuseChanged(files, backupPath, backup ?? "");
    await step();
  });
}

/** A file that is not there is like an empty one. */
async function refuseChanged(files: Files, path: string, text: string): Promise<void> {
  const there = await files.stat(path) !== undefined;
  if (equalBytes(there ? await files.read(path, MAX_BYTES) : utf8(""), utf8(text))) return;
  throw new GaitError("state_contention", `Cannot change "${path}": it was changed meanwhile`, {
    hint: "Close the client, and try again",
  });
}
