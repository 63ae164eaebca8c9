import { lstatSync, readdirSync, renameSync } from "node:fs";
import { makeJournals } from "../../../../lib/effects/journals.ts";
import type { Journals } from "../../../../lib/effects/types.ts";
import { isGone, OWNER, OWNER_FORM } from "./owner.ts";

/*
 * Journals in Node and Bun. That of an executable belongs to it by a lock of the system, which Node lacks; so a journal of
 * Node has a name of its own, by which executables leave it alone, and which says whose it is.
 */

const OURS = new RegExp(`^([^.]+\\.jsonl)\\.(${OWNER_FORM})\\.node$`);

/**
 * Name the journals that processes of Node left here in a folder like those of an executable: whoever opens the
 * folder next, this process or an executable, restores from them what a crash of the machine lost.
 *
 * @returns their paths
 */
export function adoptJournals(folder: string): string[] {
  return namesIn(folder).flatMap((name) => {
    const [, plain, owner] = OURS.exec(name) ?? [];
    if (plain === undefined || owner === undefined || !isGone(owner)) return [];
    try {
      renameSync(`${folder}/${name}`, `${folder}/${plain}`);
      return [`${folder}/${plain}`];
    } catch {
      return []; // another process was faster, or may do it
    }
  });
}

/** @param adopted journals that this process may take over; those of executables may be in use */
export function nodeJournals(adopted: readonly string[]): Journals {
  const journals = makeJournals();
  return {
    ...journals,
    create: (path) => journals.create(`${path}.${OWNER}.node`),
    takeOver: (path, limit) =>
      adopted.includes(path) ? journals.takeOver(path, limit) : Promise.resolve(undefined),
  };
}

/** None behind a link: whoever placed it would choose what is renamed. The gate then refuses the folder. */
function namesIn(folder: string): string[] {
  try {
    return lstatSync(folder).isDirectory() ? readdirSync(folder) : [];
  } catch {
    return []; // whoever needs the folder says what is wrong with it
  }
}
