import type { Files } from "../../effects/types.ts";
import { GaitError } from "../../errors/mod.ts";
import { heldPaths, lockingHolds } from "../../guard/retain/holds.ts";
import { compareBytewise } from "../../formats/bytes.ts";
import { subjectOf } from "../../session/paths.ts";
import { insideOf } from "./inputs.ts";
import { EVIDENCE_CLASSES, type EvidenceClass, type Retention, type ServeOptions } from "./settings.ts";

/** Which files belong to a class, by their names in lower case. */
const IS_OF_CLASS: Readonly<Record<EvidenceClass, (name: string) => boolean>> = {
  trace: (name) => name.includes("trace") && name.endsWith(".json"),
  runpack: (name) => name.endsWith(".zip") && (name.startsWith("runpack_") || name.includes("_cp_")),
  pack: (name) => name.endsWith(".zip") && name.startsWith("pack_"),
  session: (name) => [".json", ".jsonl", ".state"].some((end) => name.endsWith(end)),
};

/** Whether files of any class are ever removed. */
export function hasRetention({ folders, retention }: Pick<ServeOptions, "folders" | "retention">): boolean {
  return EVIDENCE_CLASSES.some((kind) => folders[kind] !== undefined && isLimited(retention[kind]));
}

function isLimited({ maxAge, maxCount }: Retention): boolean {
  return maxAge > 0n || maxCount > 0;
}

/**
 * Remove files that exceed the maximum age or the maximum count of their class (docs/spec/mcp.md 6.6). Files on hold
 * stay (docs/spec/guard.md, holds); if the holds can't be read, nothing is removed. Files that the server decides by, and
 * the logs that it exports to, stay as well, whatever their names.
 *
 * @returns lines for the warnings of the answer, one for each class
 */
export async function retain(
  { folders, retention, inputs, log, otel }: Pick<
    ServeOptions,
    "folders" | "retention" | "inputs" | "log" | "otel"
  >,
  files: Files,
  now: number,
): Promise<string[]> {
  const reported: string[] = [];
  const spared = [...inputs, ...[log, otel].filter((path) => path !== undefined)];
  for (const kind of EVIDENCE_CLASSES) {
    const folder = folders[kind];
    const keep = retention[kind];
    if (folder === undefined || !isLimited(keep)) continue;
    try {
      const { aged, surplus } = await lockingHolds(
        files,
        () => clear(folder, kind, spared, keep, files, now),
      );
      if (aged + surplus > 0) reported.push(`retention_${kind}_removed_age=${aged} removed_count=${surplus}`);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      reported.push(`retention_${kind}_error=${error.message}`);
    }
  }
  return reported;
}

async function clear(
  folder: string,
  kind: EvidenceClass,
  spared: readonly string[],
  { maxAge, maxCount }: Retention,
  files: Files,
  now: number,
): Promise<{ aged: number; surplus: number }> {
  const isHeld = await heldPaths(folder, [], files);
  const isInput = await insideOf(spared, files);
  const found: { path: string; modified: number }[] = [];
  const names = (await files.list(folder)).filter((name) => IS_OF_CLASS[kind](name.toLowerCase()));
  const known = new Set(names);
  // The head of a chain and the recoveries of a journal go with what they tell of, and take no place of their own: the
  // existing program has neither, so that a count that keeps a session there keeps it here.
  const goingWith = new Map<string, string[]>();
  for (const name of names) {
    const subject = kind === "session" ? subjectOf(name) : undefined;
    const path = `${folder}/${name}`;
    const info = await files.stat(path);
    // It takes no place among the newest, either.
    if (info?.kind !== "file" || isInput(await files.realPath(path))) continue;
    if (subject === undefined || !known.has(subject)) found.push({ path, modified: info.modified });
    else {
      const owner = `${folder}/${subject}`;
      goingWith.set(owner, [...goingWith.get(owner) ?? [], path]);
    }
  }
  found.sort((a, b) => b.modified - a.modified || compareBytewise(b.path, a.path));
  const oldest = now - Number(maxAge / 1_000_000n);
  let aged = 0;
  let surplus = 0;
  for (const [i, { path, modified }] of found.entries()) {
    const isAged = maxAge > 0n && modified < oldest;
    const isSurplus = maxCount > 0 && i >= maxCount;
    if (!isAged && !isSurplus || isHeld(await files.realPath(path))) continue;
    await files.remove(path);
    for (const other of goingWith.get(path) ?? []) {
      if (!isHeld(await files.realPath(other))) await files.remove(other);
    }
    if (isAged) aged++;
    if (isSurplus) surplus++;
  }
  return { aged, surplus };
}
