import assert from "node:assert/strict";
import { recordRun } from "../runpack/record.ts";
import { readRunpack, type Runpack } from "../runpack/read.ts";
import { utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { parseTime } from "../formats/time.ts";
import { openZip } from "../formats/zip/mod.ts";
import { writeZip } from "../formats/zip/write.ts";
import { decode } from "../schema/fields.ts";
import { recordInputSchema } from "../schema/runpack.ts";
import {
  type MemoryFiles as SharedMemoryFiles,
  memoryFiles as sharedMemoryFiles,
} from "../../tests/support/memory_files.ts";

/** Files in memory with helpers for regression tests. */
export interface MemoryFiles extends SharedMemoryFiles {
  text(path: string): string;
  // deno-lint-ignore no-explicit-any -- tests look into documents of many shapes
  json(path: string): any;
  /** The contents of all files by path. */
  all(): Promise<Map<string, Uint8Array>>;
}

export function memoryFiles(initial: Readonly<Record<string, string | Uint8Array>> = {}): MemoryFiles {
  const files = sharedMemoryFiles(initial);
  const text = (path: string) => {
    const found = files.text(path);
    assert.ok(found !== undefined, `no file "${path}"`);
    return found;
  };
  return {
    ...files,
    text,
    json: (path) => JSON.parse(text(path)),
    all: async () =>
      new Map(await Promise.all(files.paths().map(async (path) => [path, await files.read(path)] as const))),
  };
}

/** One call of a run in a test. */
export interface Call {
  readonly tool: string;
  readonly id?: string;
  readonly args?: JsonObject;
  readonly status?: string;
  readonly result?: JsonObject;
  /** The call has no result. */
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

/** The parsed runpack of these calls. */
export async function packOf(...parameters: Parameters<typeof runpackOf>): Promise<Runpack> {
  return await readRunpack(await runpackOf(...parameters));
}

/** A runpack with a duplicate entry name. */
export async function ambiguousRunpack(runId: string): Promise<Uint8Array<ArrayBuffer>> {
  const archive = openZip(await runpackOf(runId, []));
  const entries = [{ name: "rum.json", content: utf8("{}") }];
  for (const name of archive.names) entries.push({ name, content: await archive.read(name) });
  // The writer refuses duplicate names, so one is changed afterwards.
  const bytes = await writeZip(entries);
  for (let at = 0; at < bytes.length - 3; at++) {
    if (bytes[at] === 0x72 && bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6d) bytes[at + 2] = 0x6e;
  }
  return bytes;
}
