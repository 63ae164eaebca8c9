import type { FileInfo, Files, WriteOptions } from "../../lib/effects/mod.ts";
import { checkOutput, writeOutput } from "../../lib/effects/output.ts";
import { GaitError, invalidInput } from "../../lib/errors/mod.ts";
import { compareBytewise, concat, decodeUtf8, utf8 } from "../../lib/formats/bytes.ts";
import { cleanPath, folderOf, insideWorkingFolder, joinPath } from "../../lib/formats/path.ts";

/** Files in memory that behave like the real ones: same refusals, same error codes. */
export interface MemoryFiles extends Files {
  /** Paths of all files, sorted. */
  readonly paths: () => string[];
  /** Content of a file as text, `undefined` when there is none. */
  readonly text: (path: string) => string | undefined;
  /** Permission bits of a file. */
  readonly modeOf: (path: string) => number | undefined;
  /** Make every later write to this path fail like a full disk. */
  readonly breakWrites: (path: string) => void;
}

/** Create files in memory with initial contents. */
export function memoryFiles(given: Readonly<Record<string, string | Uint8Array>> = {}): MemoryFiles {
  const files = new Map<string, { content: Uint8Array<ArrayBuffer>; mode: number }>();
  const folders = new Set([".", "/"]);
  const broken = new Set<string>();
  const writes = new WeakMap<Uint8Array, number>();
  let written = 0;
  const locks = new Map<string, Promise<unknown>>();

  function put(path: string, content: Uint8Array, mode: number): void {
    if (broken.has(path)) {
      throw new GaitError("io_failure", `Cannot write "${path}": no space left on device`);
    }
    if (folders.has(path)) throw invalidInput(`Cannot write "${path}": it is a folder`);
    const kept = concat([content]);
    writes.set(kept, ++written);
    files.set(path, { content: kept, mode });
  }
  function makeFolders(path: string): void {
    if (files.has(path)) throw invalidInput(`Cannot create folder "${path}": a file stands there`);
    if (folders.has(path)) return;
    makeFolders(folderOf(path));
    folders.add(path);
  }
  function get(action: string, path: string): Uint8Array<ArrayBuffer> {
    const file = files.get(path);
    if (!file) throw invalidInput(`Cannot ${action} "${path}": no such file`);
    return file.content;
  }
  for (const [path, content] of Object.entries(given)) {
    makeFolders(folderOf(cleanPath(path)));
    put(cleanPath(path), typeof content === "string" ? utf8(content) : content, 0o600);
  }

  const memory: MemoryFiles = {
    // deno-lint-ignore require-await -- an error must come as a rejection
    async read(path, limit = Infinity) {
      const content = get("read", cleanPath(path));
      if (content.length > limit) throw invalidInput(`Cannot read "${path}": larger than ${limit} bytes`);
      return content.slice();
    },
    stat(path): Promise<FileInfo | undefined> {
      const file = files.get(cleanPath(path));
      const at = { modified: 0, version: file ? String(writes.get(file.content)) : "" };
      if (file) return Promise.resolve({ kind: "file", size: file.content.length, mode: file.mode, ...at });
      const folder: FileInfo = { kind: "folder", size: 0, mode: 0o750, ...at };
      return Promise.resolve(folders.has(cleanPath(path)) ? folder : undefined);
    },
    isFile: (path) => Promise.resolve(files.has(cleanPath(path))),
    realPath: (path) => Promise.resolve(joinPath("/", path)),
    list(folder) {
      const inside = [...files.keys(), ...folders].filter((path) =>
        path !== cleanPath(folder) && folderOf(path) === cleanPath(folder)
      );
      return Promise.resolve(
        inside.map((path) => path.slice(path.lastIndexOf("/") + 1)).sort(compareBytewise),
      );
    },
    async entries(folder) {
      if (!folders.has(cleanPath(folder))) throw invalidInput(`Cannot list "${folder}": no such folder`);
      const names = await memory.list(folder);
      return names.map((name) => ({ name, kind: files.has(joinPath(folder, name)) ? "file" : "folder" }));
    },
    // deno-lint-ignore require-await -- as above
    async writeAtomic(path, content, { mode = 0o600, onlyNew = false, anywhere = false }: WriteOptions = {}) {
      const target = anywhere ? cleanPath(path) : insideWorkingFolder(path);
      if (!folders.has(folderOf(target))) throw invalidInput(`Cannot write "${path}": no such folder`);
      if (onlyNew && files.has(target)) {
        throw invalidInput(`Cannot write "${path}": it exists already`, { detail: "already_exists" });
      }
      put(target, content, mode);
    },
    async writeAtomicParts(path, parts, options) {
      const all: Uint8Array[] = [];
      for await (const part of parts) all.push(part);
      await memory.writeAtomic(path, concat(all), options);
    },
    async *readChunks(path, size) {
      const content = await memory.read(path);
      for (let at = 0; at < content.length; at += size) yield content.slice(at, at + size);
    },
    // deno-lint-ignore require-await -- as above
    async readPart(path, offset, length) {
      if (length < 0) throw new RangeError(`Invalid length ${length}`); // as the real one does
      return get("read", cleanPath(path)).slice(offset, offset + length);
    },
    *readLines(path, limit) {
      const content = get("read", cleanPath(path));
      for (let offset = 0; offset < content.length;) {
        const newline = content.indexOf(0x0a, offset);
        const end = newline < 0 ? content.length : newline;
        if (end - offset > limit) throw invalidInput(`Cannot read "${path}": a line is too long`);
        yield { bytes: content.slice(offset, end), offset, ended: newline >= 0 };
        offset = end + 1;
      }
    },
    // deno-lint-ignore require-await -- as above
    async appendAt(path, size, content) {
      const before = get("append to", cleanPath(path));
      if (before.length !== size) throw new GaitError("io_failure", `Cannot append to "${path}": it changed`);
      put(cleanPath(path), concat([before, content]), 0o600);
    },
    openAppender: (path) => ({
      async append(size, content, sync) {
        await memory.appendAt(path, size, content, sync);
        return (await memory.stat(path))?.version;
      },
      close: () => {},
    }),
    // deno-lint-ignore require-await -- as above
    async truncate(path, size) {
      put(cleanPath(path), get("cut", cleanPath(path)).slice(0, size), 0o600);
    },
    // deno-lint-ignore require-await -- as above
    async makeFolder(path) {
      makeFolders(cleanPath(path));
    },
    // deno-lint-ignore require-await -- as above
    async setMode(path, mode) {
      const content = get("change", cleanPath(path));
      files.set(cleanPath(path), { content, mode });
    },
    // deno-lint-ignore require-await -- as above
    async remove(path) {
      get("remove", cleanPath(path));
      files.delete(cleanPath(path));
    },
    // deno-lint-ignore require-await -- as above
    async rename(from, to) {
      const file = get("write", cleanPath(from));
      put(cleanPath(to), file, files.get(cleanPath(from))!.mode);
      files.delete(cleanPath(from));
    },
    // deno-lint-ignore require-await -- as above
    async appendLine(path, line) {
      const target = cleanPath(path);
      makeFolders(folderOf(target));
      put(target, concat([files.get(target)?.content ?? new Uint8Array(), utf8(line + "\n")]), 0o600);
    },
    async withLock(path, _options, step) {
      const target = cleanPath(path);
      if (!folders.has(folderOf(target))) throw invalidInput(`Cannot lock "${path}": no such folder`);
      const before = locks.get(target) ?? Promise.resolve();
      const mine = before.then(step);
      locks.set(target, mine.catch(() => {}));
      return await mine;
    },
    writeOutput: (path, content, rules) => writeOutput(memory, path, content, rules),
    checkOutput: (path, rules, content) => checkOutput(memory, path, rules, content),
    paths: () => [...files.keys()].sort(compareBytewise),
    text: (path) => files.has(cleanPath(path)) ? decodeUtf8(files.get(cleanPath(path))!.content) : undefined,
    modeOf: (path) => files.get(cleanPath(path))?.mode,
    breakWrites: (path) => void broken.add(cleanPath(path)),
  };
  return memory;
}
