import { checkOutput, writeOutput } from "../effects/output.ts";
import type { FileInfo, Files } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { recordRun } from "../evidence/runpack/record.ts";
import { readRunpack, type Runpack } from "../evidence/runpack/read.ts";
import { compareBytewise, utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { cleanPath, folderOf } from "../formats/path.ts";
import { parseTime } from "../formats/time.ts";
import { openZip } from "../formats/zip/mod.ts";
import { writeZip } from "../formats/zip/write.ts";
import { decode } from "../schema/fields.ts";
import { recordInputSchema } from "../schema/runpack.ts";
import { memoryFiles as otherFiles } from "../../tests/support/memory_files.ts";

/** Files in memory, for tests. */
export interface MemoryFiles extends Files {
  readonly content: Map<string, Uint8Array<ArrayBuffer>>;
  /** Paths that can't be written. */
  readonly broken: Set<string>;
  text(path: string): string;
  // deno-lint-ignore no-explicit-any -- tests look into documents of many shapes
  json(path: string): any;
}

export function memoryFiles(initial: Readonly<Record<string, string | Uint8Array>> = {}): MemoryFiles {
  const content = new Map<string, Uint8Array<ArrayBuffer>>();
  const broken = new Set<string>();
  const folders = new Set<string>(["."]);
  const put = (path: string, bytes: Uint8Array) => {
    content.set(cleanPath(path), new Uint8Array(bytes));
    addFolder(folderOf(cleanPath(path)));
  };
  const addFolder = (path: string) => {
    for (let folder = cleanPath(path); !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
  };
  for (const [path, bytes] of Object.entries(initial)) {
    put(path, typeof bytes === "string" ? utf8(bytes) : bytes);
  }
  const need = (path: string) => {
    const bytes = content.get(cleanPath(path));
    if (!bytes) throw invalidInput(`Cannot read "${path}"`);
    return bytes;
  };
  const files: MemoryFiles = {
    ...otherFiles(), // for what these stories don't use
    writeOutput: (path, content, rules) => writeOutput(files, path, content, rules),
    checkOutput: (path, rules, content) => checkOutput(files, path, rules, content),
    content,
    broken,
    text: (path) => new TextDecoder().decode(need(path)),
    json: (path) => JSON.parse(files.text(path)),
    read: (path) => Promise.resolve().then(() => need(path)),
    isFile: (path) => Promise.resolve(content.has(cleanPath(path))),
    stat(path) {
      const info = (kind: FileInfo["kind"]): FileInfo => ({
        kind,
        size: kind === "file" ? need(path).length : 0,
        mode: 0,
        modified: 0,
        version: "",
      });
      const at = cleanPath(path);
      return Promise.resolve(
        content.has(at) ? info("file") : folders.has(at) ? info("folder") : undefined,
      );
    },
    list(folder) {
      const inside = [...content.keys(), ...folders].filter((path) =>
        folderOf(path) === folder && path !== "."
      );
      return Promise.resolve(inside.map((path) => path.slice(folder.length + 1)).sort(compareBytewise));
    },
    writeAtomic(path, bytes) {
      return Promise.resolve().then(() => {
        if (broken.has(path) || !folders.has(folderOf(cleanPath(path)))) {
          throw invalidInput(`Cannot write "${path}"`);
        }
        put(path, bytes);
      });
    },
    makeFolder(path) {
      addFolder(path);
      return Promise.resolve();
    },
    remove(path) {
      content.delete(cleanPath(path));
      return Promise.resolve();
    },
    appendLine: () => Promise.reject(invalidInput("Cannot append")),
    withLock: (_path, _options, step) => step(),
  };
  return files;
}

/** One call of a run in a test. */
export interface Call {
  readonly tool: string;
  readonly id?: string;
  readonly args?: JsonObject;
  readonly status?: string;
  readonly result?: JsonObject;
  /** The call never got a result. */
  readonly open?: true;
}

/** Bytes of a runpack of these calls. */
export async function runpackOf(
  runId: string,
  calls: readonly Call[],
  { refs = {}, captureMode = "raw", createdAt = "2026-03-01T10:00:00Z" }: {
    refs?: JsonObject;
    captureMode?: string;
    createdAt?: string;
  } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const named = calls.map((call, i) => ({ ...call, id: call.id ?? `${runId}-${i}` }));
  const input = {
    run: { run_id: runId, created_at: createdAt, timeline: [] },
    intents: named.map(({ id, tool, args = {} }) => ({ intent_id: id, tool_name: tool, args })),
    results: named.filter((call) => !call.open).map(({ id, status = "ok", result = {} }) => ({
      intent_id: id,
      status,
      result,
    })),
    refs,
    capture_mode: captureMode,
  };
  const packed = await recordRun(decode(recordInputSchema, input, "test run"), {
    now: parseTime(createdAt),
    os: "linux",
    arch: "amd64",
    producer: "0.1.0",
  }, { stripPayloads: captureMode === "reference" });
  return packed.bytes;
}

/** The same, read. */
export async function packOf(...parameters: Parameters<typeof runpackOf>): Promise<Runpack> {
  return await readRunpack(await runpackOf(...parameters));
}

/** A runpack in which the name of an entry occurs twice. */
export async function ambiguousRunpack(runId: string): Promise<Uint8Array<ArrayBuffer>> {
  const archive = openZip(await runpackOf(runId, []));
  const entries = [{ name: "rum.json", content: utf8("{}") }];
  for (const name of archive.names) entries.push({ name, content: await archive.read(name) });
  // The writer makes no archive with a name twice, so the name is changed behind its back.
  const bytes = await writeZip(entries);
  for (let at = 0; at < bytes.length - 3; at++) {
    if (bytes[at] === 0x72 && bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6d) bytes[at + 2] = 0x6e;
  }
  return bytes;
}
