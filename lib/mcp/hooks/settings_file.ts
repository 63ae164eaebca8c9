import type { Files } from "../../effects/types.ts";
import {
  type ConfigurationFile,
  readConfiguration,
  whileUnchanged,
  writeConfiguration,
} from "../install/write.ts";
import { folderOf } from "../../formats/path.ts";
import { utf8 } from "../../formats/bytes.ts";

/** Settings on the disk; the text is empty when there are none. */
export interface SettingsFile extends ConfigurationFile {
  readonly exists: boolean;
}

/** Read settings, and what they were before the hook was put in. */
export async function readSettings(files: Files, given: string): Promise<SettingsFile> {
  const path = await files.realPath(given);
  if (await files.stat(path) !== undefined) {
    return { ...await readConfiguration(files, given), exists: true };
  }
  return { path, text: "", backupPath: `${path}.before-gait`, backup: undefined, exists: false };
}

/**
 * Write changed settings; an empty text removes the file.
 *
 * @param original the backup from then on; `undefined` removes it
 */
export async function writeSettings(
  files: Files,
  file: SettingsFile,
  next: string,
  original: string | undefined,
): Promise<void> {
  if (file.exists && next !== "") return await writeConfiguration(files, file, next, original);
  await files.makeFolder(folderOf(file.path));
  await whileUnchanged(files, file, async () => {
    if (file.exists) {
      await files.remove(file.path);
      if (file.backup !== undefined) await files.remove(file.backupPath);
      return;
    }
    if (original !== undefined) {
      await files.writeAtomic(file.backupPath, utf8(original), { anywhere: true });
    }
    await files.writeAtomic(file.path, utf8(next), { anywhere: true, onlyNew: true });
  });
}
