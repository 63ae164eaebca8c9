import { compareBytewise } from "../formats/bytes.ts";
import { invalidInput } from "../errors/mod.ts";
import { cleanPath, joinPath, leavesFolder } from "../formats/path.ts";
import { trim } from "../formats/text.ts";
import { locateRunpack, type PackPlaces } from "../runpack/locate.ts";

/** The files of runs and traces to rank: cleaned, sorted and unique. */
export interface ReportSources {
  readonly runs: readonly string[];
  readonly traces: readonly string[];
}

/**
 * Find the sources that the user named (docs/spec/regress.md section 4): files, folders to search, and run ids.
 * Symbolic links to folders are not followed.
 *
 * @throws {GaitError} `invalid_input` when a named source doesn't exist, or nothing is found at all
 */
export async function findSources(
  runs: readonly string[],
  traces: readonly string[],
  places: PackPlaces,
): Promise<ReportSources> {
  const named = (texts: readonly string[]) => texts.map(trim).filter((text) => text !== "");
  const [runTargets, traceTargets] = [named(runs), named(traces)];
  if (runTargets.length + traceTargets.length === 0) {
    throw invalidInput("Missing source: give runs, or traces with --traces", {
      hint: "For example: gait report top gait-out --traces traces",
    });
  }
  const found = {
    runs: await expand(runTargets, (target) => runFiles(target, places)),
    traces: await expand(traceTargets, (target) => traceFiles(target, places)),
  };
  if (found.runs.length + found.traces.length === 0) {
    throw invalidInput("Cannot rank actions: no runpack_*.zip and no trace_*.json in the given folders", {
      hint: traceTargets.length === 0
        ? "Traces are given by --traces <folder>; if the runpacks have other names, give their paths"
        : "If the files have other names, give their paths",
    });
  }
  return found;
}

async function expand(
  targets: readonly string[],
  find: (target: string) => Promise<readonly string[]>,
): Promise<string[]> {
  const paths = new Set<string>();
  for (const target of targets) for (const path of await find(target)) paths.add(cleanPath(path));
  return [...paths].sort(compareBytewise);
}

async function runFiles(target: string, { files, home }: PackPlaces): Promise<readonly string[]> {
  const path = checkTarget(target);
  if ((await files.stat(path))?.kind === "folder") {
    return await search(path, /^runpack_.*\.zip$/is, { files, home });
  }
  if (await files.isFile(path)) return [path];
  if (await isLinkedFolder(path, { files, home })) return [];
  return [await locateRunpack(target, { files, home })];
}

async function traceFiles(target: string, places: PackPlaces): Promise<readonly string[]> {
  const path = checkTarget(target);
  const kind = (await places.files.stat(path))?.kind;
  if (kind === "folder") return await search(path, /^trace_.*\.json$/is, places);
  if (await isLinkedFolder(path, places)) return [];
  if (!await places.files.isFile(path)) {
    throw invalidInput(`Cannot find trace: no file at "${target}"`, {
      hint: "Check the path; a relative path starts at the working folder",
    });
  }
  if (/\.json$/i.test(path)) return [path];
  throw invalidInput(`Cannot use "${target}" as a trace: its name does not end in .json`, {
    hint: "Runs are given without --traces",
  });
}

async function isLinkedFolder(path: string, { files }: PackPlaces): Promise<boolean> {
  return (await files.stat(path))?.kind === "symlink" && !await files.isFile(path);
}

/** Refuse to search a whole file system, or a relative path outside of the working folder. */
function checkTarget(target: string): string {
  const path = cleanPath(target);
  if (path !== "." && path !== "/" && !leavesFolder(target)) return path;
  const what = path === "."
    ? "it is the whole working folder"
    : path === "/"
    ? "it is every file"
    : undefined;
  throw invalidInput(`Cannot rank actions of "${target}": ${what ?? "it leaves the working folder"}`, {
    hint: what === undefined
      ? "Give an absolute path for a folder elsewhere"
      : "Give the folder of the runs: gait report top gait-out",
  });
}

/**
 * All files below a folder whose name matches. Symbolic links with such a name are included: reading reports dangling
 * ones.
 */
async function search(folder: string, name: RegExp, places: PackPlaces): Promise<string[]> {
  const found: string[] = [];
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of await places.files.list(at)) {
      const path = joinPath(at, entry);
      const kind = (await places.files.stat(path))?.kind;
      if (kind === "folder") folders.push(path);
      else if (name.test(entry)) found.push(path);
    }
  }
  return found;
}
