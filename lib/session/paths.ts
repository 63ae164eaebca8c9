import { invalidInput } from "../errors/mod.ts";
import type { Files } from "../effects/types.ts";
import { baseName, folderOf, outputPath, type SafePath } from "../formats/path.ts";

/** The files of one session (docs/spec/sessions.md section 1). */
export interface SessionPaths {
  readonly journal: SafePath;
  readonly state: string;
  readonly chain: string;
  /** Where recoveries are listed. */
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

/** The file beside a chain that holds its head. */
export function headPath(chain: string): string {
  return `${chain.replace(/\.json$/, "")}.head.json`;
}

/**
 * Path of an output of a session command.
 *
 * @throws {GaitError} `invalid_input` when it, or the head beside a chain, leads to one of the session's own files, by
 * whatever name: the journal would be replaced by something else and the session be lost
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

/** The folder of a path, and the path of another file in it. */
export function besides(path: string, name: string): string {
  const folder = folderOf(path);
  return folder === "." ? name : `${folder}/${name}`;
}

/**
 * Which of some files a path leads to, however either is spelled: absolute or not, through links or not. What is
 * written there would replace it.
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
