import assert from "node:assert/strict";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import type { FileInfo } from "../effects/mod.ts";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { watchFile } from "./watched_file.ts";

const CHANGED = 1_000_000;

/** A watched file with the metadata `info`; counts how often it is read. */
function watched(now: () => number) {
  const memory = memoryFiles({ p: "one" });
  const state = { info: { modified: CHANGED, version: "v" } as Partial<FileInfo>, reads: 0 };
  const files = {
    ...memory,
    stat: async (path: string) => ({ ...(await memory.stat(path))!, ...state.info }),
    read(path: string) {
      state.reads++;
      return memory.read(path);
    },
  };
  const file = watchFile("p", files, now);
  const changed = async () => {
    const content = await file.changed();
    return content && decodeUtf8(content);
  };
  return { state, changed, write: (text: string) => memory.writeAtomic("p", utf8(text)) };
}

Deno.test("watchFile() returns a content once, and does not read again while the metadata is unchanged", async () => {
  const { state, changed } = watched(() => CHANGED + 10_000);
  assert.deepEqual([await changed(), await changed(), await changed()], ["one", undefined, undefined]);
  assert.equal(state.reads, 1);
});

Deno.test("watchFile() sees a change that the metadata does not show, because it came right after another", async () => {
  let now = CHANGED;
  const { state, changed, write } = watched(() => now);
  assert.equal(await changed(), "one");
  await write("two");
  assert.equal(await changed(), "two");
  // Once the change is older than the resolution of file times, they are relied on.
  now += 10_000;
  assert.equal(await changed(), undefined);
  const { reads } = state;
  assert.equal(await changed(), undefined);
  assert.equal(state.reads, reads);
});

Deno.test("watchFile() returns every change that the metadata shows, and the old content again when it returns", async () => {
  const { state, changed, write } = watched(() => CHANGED + 10_000);
  for (const [version, text] of [["v", "one"], ["w", "two"], ["x", "one"]] as const) {
    state.info = { ...state.info, version };
    await write(text);
    assert.equal(await changed(), text);
  }
  state.info = { ...state.info, version: "touched" };
  assert.equal(await changed(), undefined);
});

Deno.test("watchFile() relies on no version but that of the content returned last", async () => {
  const { state, changed, write } = watched(() => CHANGED + 10_000);
  assert.equal(await changed(), "one");
  const old = state.info;
  state.info = { modified: CHANGED + 10_000, version: "w" };
  await write("two");
  assert.equal(await changed(), "two");
  state.info = old;
  await write("one");
  assert.equal(await changed(), "one");
});
