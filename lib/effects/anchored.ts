import { rootOf } from "../formats/path_style.ts";
import { PATH_STYLE } from "./platform.ts";
import type { ChildRequest, ChildResult, Files, Journal, Journals } from "./types.ts";

/** The effects that take paths, as far as a program uses them that Gait is a part of. */
interface PathEffects {
  readonly files: Files;
  readonly journals: () => Promise<Journals>;
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
}

/**
 * Effects whose relative paths count from a folder for good. What a program holds open must not move with its working
 * folder: a tool that may change that would choose the policy that decides its next call, and start the counters of its
 * limits anew.
 */
export function anchored<T extends PathEffects>(effects: T, folder = Deno.cwd()): T {
  // Not cleaned: behind a link, `..` leads elsewhere.
  const at = (path: string) => rootOf(path, PATH_STYLE) === "" ? `${folder}/${path}` : path;
  const { files, journals, runChild } = effects;
  const own = {
    files: anchoredFiles(files, at),
    journals: async () => anchoredJournals(await journals(), at),
    // A bare name is looked for in PATH.
    runChild: (request: ChildRequest) =>
      runChild(request.command.includes("/") ? { ...request, command: at(request.command) } : request),
  };
  // No copy: what a platform lacks says so when it is asked for.
  return new Proxy(effects, {
    get: (target, name) => name in own ? own[name as keyof typeof own] : Reflect.get(target, name),
  });
}

type At = (path: string) => string;

function anchoredFiles(files: Files, at: At): Files {
  return {
    read: (path, limit) => files.read(at(path), limit),
    stat: (path) => files.stat(at(path)),
    isFile: (path) => files.isFile(at(path)),
    realPath: (path) => files.realPath(at(path)),
    list: (folder) => files.list(at(folder)),
    entries: (folder) => files.entries(at(folder)),
    writeAtomic: (path, content, options) => files.writeAtomic(at(path), content, options),
    writeAtomicParts: (path, parts, options) => files.writeAtomicParts(at(path), parts, options),
    writeOutput: (path, content, rules) => files.writeOutput(at(path), content, rules),
    checkOutput: (path, rules, content) => files.checkOutput(at(path), rules, content),
    readChunks: (path, size) => files.readChunks(at(path), size),
    readPart: (path, offset, length) => files.readPart(at(path), offset, length),
    readLines: (path, limit) => files.readLines(at(path), limit),
    appendAt: (path, size, content, sync) => files.appendAt(at(path), size, content, sync),
    openAppender: (path) => files.openAppender(at(path)),
    appendLine: (path, line) => files.appendLine(at(path), line),
    truncate: (path, size) => files.truncate(at(path), size),
    makeFolder: (path) => files.makeFolder(at(path)),
    remove: (path) => files.remove(at(path)),
    rename: (from, to) => files.rename(at(from), at(to)),
    setMode: (path, mode) => files.setMode(at(path), mode),
    withLock: (path, options, step) => files.withLock(at(path), options, step),
  };
}

function anchoredJournals(journals: Journals, at: At): Journals {
  return {
    create: async (path) => anchoredJournal(await journals.create(at(path)), at),
    takeOver: (path, limit) => journals.takeOver(at(path), limit),
    isFree: (path) => journals.isFree(at(path)),
    place: (path, content) => journals.place(at(path), content),
    letGo: (path) => journals.letGo(at(path)),
    sync: (paths) => journals.sync(paths.map(at)),
  };
}

function anchoredJournal(journal: Journal, at: At): Journal {
  const moved = <T extends { readonly path: string }>(one: T): T => ({ ...one, path: at(one.path) });
  return {
    path: journal.path,
    append: (bytes, options) => journal.append(bytes, options),
    appendAndPlace: (line, files, { early, extensions }) =>
      journal.appendAndPlace(line, files.map(moved), {
        early,
        ...(extensions && { extensions: extensions.map(moved) }),
      }),
    close: () => journal.close(),
    discard: () => journal.discard(),
  };
}
