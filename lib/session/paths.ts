import { invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { baseName, folderOf, outputPath, type SafePath } from "../formats/path.ts";

/** The files of one session (docs/spec/sessions.md section 1). */
export interface SessionPaths {
  readonly journal: SafePath;
  readonly state: string;
  readonly chain: string;
  /** The list of recoveries. */
  readonly recoveries: string;
}

/**
 * The files that belong to a journal.
 *
 * @throws {GaitError} `invalid_input` when the path names no file or leaves the working folder
 */
export function sessionPaths(given: string): SessionPaths {
  const journal = outputPath(given);
  const base = baseName(journal);
  const dot = base.lastIndexOf(".");
  const stem = (dot < 0 ? base : base.slice(0, dot)) || "session";
  return {
    journal,
    state: `${journal}.state.json`,
    chain: journal.slice(0, journal.length - base.length) + `${stem}_chain.json`,
    recoveries: `${journal}.recoveries.jsonl`,
  };
}

/** The path of the head file of a chain. */
export function headPath(chain: string): string {
  return `${chain.replace(/\.json$/, "")}.head.json`;
}

/** The chain whose head, or the journal whose recoveries, a file of this name tells of; `undefined` for any other name. */
export function subjectOf(name: string): string | undefined {
  const [, chain, journal] = /^(?:(.+)\.head\.json|(.+)\.recoveries\.jsonl)$/s.exec(name) ?? [];
  return chain === undefined ? journal : `${chain}.json`;
}

/**
 * Path of an output of a session command.
 *
 * @throws {GaitError} `invalid_input` when it, or the head beside a chain, leads to one of the session's own files
 * under any name: overwriting the journal would lose the session
 */
export async function sessionOutput(
  what: "runpack" | "chain" | "journal",
  given: string,
  paths: SessionPaths,
  files: Pick<Files, "realPath">,
): Promise<SafePath> {
  const path = outputPath(given);
  const records = [paths.journal, paths.state, `${paths.journal}.lock`, paths.recoveries];
  const chain = what === "chain" ? [] : [paths.chain];
  const torn = (await files.realPath(path)).startsWith(`${await files.realPath(paths.journal)}.torn-`);
  const taken = torn || await sameFileAmong(files, path, [...records, ...chain, headPath(paths.chain)]) ||
    what === "chain" && await sameFileAmong(files, headPath(path), records);
  if (taken) {
    throw invalidInput(`Cannot write the ${what} to "${given}": it is a file of this session itself`);
  }
  return path;
}

/** The path of another file in the same folder. */
export function siblingPath(path: string, name: string): string {
  const folder = folderOf(path);
  return folder === "." ? name : `${folder}/${name}`;
}

/**
 * The first of the other files that a path leads to, comparing real paths: writing to the path would replace that
 * file.
 */
export async function sameFileAmong(
  files: Pick<Files, "realPath">,
  path: string,
  others: readonly string[],
): Promise<string | undefined> {
  const real = await files.realPath(path);
  for (const other of others) if (await files.realPath(other) === real) return other;
  return undefined;
}
