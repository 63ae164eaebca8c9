import type { Files } from "../../../effects/types.ts";
import { nameOfTemporary } from "../../../formats/temporary_name.ts";
import { PACKS, RUNPACKS } from "./seal.ts";

/** The name of an archive: session, part, and number of the name. */
const ARCHIVE = /^(?:runpack|pack)_([0-9a-f]{16})(?:_[0-9]{1,9}){0,2}\.zip$/;

/**
 * Remove what a gateway that was killed while it sealed had written of its archives. The caller holds the log of the
 * session, so nobody else is sealing it.
 *
 * @param log the name of the log
 */
export async function removeTemporaries(
  log: string,
  { files, folder }: { readonly files: Pick<Files, "list" | "remove">; readonly folder: string },
): Promise<void> {
  for (const inside of [RUNPACKS, PACKS]) {
    for (const name of await files.list(`${folder}/${inside}`)) {
      const session = ARCHIVE.exec(nameOfTemporary(name) ?? "")?.[1];
      if (session !== undefined && log.startsWith(session)) await files.remove(`${folder}/${inside}/${name}`);
    }
  }
}
