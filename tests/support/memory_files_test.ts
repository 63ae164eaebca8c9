import assert from "node:assert/strict";
import type { Files } from "../../lib/effects/mod.ts";
import { makeFiles } from "../../lib/effects/files.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { decodeUtf8, utf8 } from "../../lib/formats/bytes.ts";
import { memoryFiles } from "./memory_files.ts";

/** What a step comes to: a value as text, or the code of the error. */
async function outcome(step: () => Promise<unknown>): Promise<string> {
  try {
    const value = await step();
    return value instanceof Uint8Array ? decodeUtf8(value) : JSON.stringify(value) ?? "done";
  } catch (error) {
    return error instanceof GaitError ? error.code : `${error}`;
  }
}

async function* partsOf(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(utf8(part));
}

// deno-lint-ignore require-await -- an error must come as a rejection
async function linesOf(files: Files, path: string, limit: number): Promise<unknown> {
  return [...files.readLines(path, limit)].map(({ bytes, ...place }) => ({
    ...place,
    text: decodeUtf8(bytes),
  }));
}

/** Everything that files can do, in an order in which each step sees the ones before. */
async function play(files: Files, root: string): Promise<string[]> {
  const at = (path: string) => `${root}/${path}`;
  const kindOf = async (path: string) => (await files.stat(at(path)))?.kind ?? "nothing";
  const steps: (() => Promise<unknown>)[] = [
    () => files.read(at("a.txt")),
    () => files.writeAtomic(at("sub/a.txt"), utf8("x")),
    () => files.makeFolder(at("sub/deep")),
    () => files.makeFolder(at("sub/deep")),
    () => files.writeAtomic(at("sub/a.txt"), utf8("one")),
    () => files.read(at("sub/./a.txt")),
    () => files.writeAtomic(at("sub/a.txt"), utf8("two"), { onlyNew: true }),
    () => files.read(at("sub/a.txt"), 3),
    () => files.read(at("sub/a.txt"), 2),
    () => files.writeAtomic(at("sub/b.key"), utf8("two"), { onlyNew: true, mode: 0o644 }),
    async () => [(await files.stat(at("sub/a.txt")))?.mode, (await files.stat(at("sub/b.key")))?.mode],
    () => files.list(at("sub")),
    () => files.list(at("nowhere")),
    async () => [await kindOf("sub"), await kindOf("sub/a.txt"), await kindOf("nowhere")],
    async () => [
      await files.isFile(at("sub/a.txt")),
      await files.isFile(at("sub")),
      await files.isFile(at("x")),
    ],
    () => files.writeAtomic(at("sub/deep"), utf8("x")),
    () => files.makeFolder(at("sub/a.txt")),
    () => files.appendLine(at("logs/new/log.jsonl"), "1"),
    () => files.appendLine(at("logs/new/log.jsonl"), "2"),
    () => files.read(at("logs/new/log.jsonl")),
    () => files.read(at("sub")),
    () => files.rename(at("sub/a.txt"), at("sub/c.txt")),
    () => files.rename(at("sub/a.txt"), at("sub/c.txt")),
    () => files.rename(at("sub/c.txt"), at("sub/b.key")),
    () => files.list(at("sub")),
    () => files.read(at("sub/b.key")),
    async () => (await files.stat(at("sub/b.key")))?.mode,
    () => files.rename(at("sub/b.key"), at("sub/deep")),
    () => files.rename(at("sub/b.key"), at("sub/a.txt")),
    () => files.remove(at("sub/a.txt")),
    () => files.remove(at("sub/a.txt")),
    () => files.read(at("sub/a.txt")),
    () => files.writeAtomicParts(at("sub/j"), partsOf("one\n\ntwo", " three\nfour")),
    () => files.writeAtomicParts(at("none/j"), partsOf("x")),
    () => files.read(at("sub/j")),
    () => files.readPart(at("sub/j"), 2, 6),
    () => files.readPart(at("sub/j"), 15, 100),
    () => files.readPart(at("sub/none"), 0, 1),
    () => linesOf(files, at("sub/j"), 9),
    () => linesOf(files, at("sub/j"), 8),
    () => linesOf(files, at("sub/none"), 8),
    () => files.appendAt(at("sub/j"), 19, utf8("\n")),
    () => files.appendAt(at("sub/j"), 18, utf8("never")),
    () => files.truncate(at("sub/j"), 5),
    () => linesOf(files, at("sub/j"), 8),
    () => files.writeAtomic("../outside.txt", utf8("x")),
    () => files.withLock(at("sub/b.key"), {}, () => Promise.resolve("in")),
    () => files.withLock(at("sub/b.key"), {}, () => Promise.reject(new Error("step"))),
    () => files.withLock(at("nowhere/x"), {}, () => Promise.resolve("in")),
  ];
  const outcomes = [];
  for (const step of steps) outcomes.push(await outcome(step));
  return outcomes;
}

Deno.test("memoryFiles() behaves as the real files do, step by step", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gait-files-" });
  try {
    const real = await play(makeFiles(), folder);
    assert.deepEqual(await play(memoryFiles(), "/root"), real);
    assert.equal(real.filter((outcome) => outcome === "invalid_input").length, 17);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("memoryFiles() fails writes where configured, and keeps what was there", async () => {
  const files = memoryFiles({ "a": "old" });
  files.breakWrites("./a");
  assert.equal(await outcome(() => files.writeAtomic("a", utf8("new"))), "io_failure");
  assert.equal(await outcome(() => files.appendLine("a", "new")), "io_failure");
  assert.equal(files.text("a"), "old");
});
