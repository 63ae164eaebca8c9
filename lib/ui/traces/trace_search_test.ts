/** Searches of the folders for traces whose changes were not reported. */
import assert from "node:assert/strict";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { countedIndex, trace } from "./_test_index.ts";
import { traceIndex } from "./trace_index.ts";

Deno.test("a search for what is new looks at no file that is known, and forgets what is gone", async () => {
  const { index, read, counted, files } = await countedIndex(20);
  await index.rescan();
  await index.idle();
  const looked: string[] = [];
  const { stat } = counted;
  counted.stat = (path) => (looked.push(path), stat(path));
  read.length = 0;
  await files.writeAtomic("gait-out/trace_new.json", trace());
  await files.writeAtomic("gait-out/trace_3.json", trace({ verdict: "block", violations: ["longer"] }));
  await files.remove("gait-out/trace_4.json");
  assert.equal(await index.findNew(), true);
  await index.idle();
  assert.deepEqual(read, ["gait-out/trace_new.json"]);
  assert.deepEqual([...new Set(looked)].sort(), ["gait-out/trace_4.json", "gait-out/trace_new.json"]);
  assert.ok(!index.has("gait-out/trace_4.json"));
  await index.lookAtKnown();
  await index.idle();
  assert.deepEqual(read, ["gait-out/trace_new.json", "gait-out/trace_3.json"], "written in place");
});

Deno.test("what a search has found is read, though nothing could be read yet when another one ended", async () => {
  const { index, counted, files } = await countedIndex(3);
  await index.rescan();
  await index.idle();
  await files.writeAtomic("gait-out/trace_new.json", trace());
  const { stat } = counted;
  const { promise: goOn, resolve: letGoOn } = Promise.withResolvers<void>();
  counted.stat = async (path) => {
    if (path === "gait-out/trace_new.json") await goOn;
    return await stat(path);
  };
  const searching = index.findNew();
  while (!index.has("gait-out/trace_new.json")) await new Promise((resolve) => setTimeout(resolve, 0));
  await index.lookAtKnown();
  letGoOn();
  await searching;
  for (let i = 0; i < 1_000 && index.pending() > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.equal(index.pending(), 0);
  assert.equal(index.rows.length, 4);
});

Deno.test("a search says whether files came or went that nobody had reported", async () => {
  const { index, files } = await countedIndex(3);
  await index.rescan();
  await index.idle();
  assert.equal(await index.findNew(), false);
  await files.writeAtomic("gait-out/trace_reported.json", trace());
  index.update(["gait-out/trace_reported.json"]);
  assert.equal(await index.findNew(), false);
  await files.writeAtomic("gait-out/trace_lost.json", trace());
  assert.equal(await index.findNew(), true);
  await index.idle();
  await files.remove("gait-out/trace_lost.json");
  assert.equal(await index.findNew(), true);
  await index.idle();
  assert.equal(await index.findNew(), false);
});

for (const search of ["rescan", "findNew"] as const) {
  Deno.test(`${search}() loses no trace that was read after its folder was listed`, async () => {
    const memory = memoryFiles();
    await memory.makeFolder("gait-out");
    await memory.makeFolder("later");
    let meanwhile = async () => {};
    const files = {
      ...memory,
      async entries(folder: string) {
        if (folder === "later") await meanwhile();
        return await memory.entries(folder);
      },
    };
    const index = traceIndex(["gait-out", "later"], files, { now: () => 0, onChange: () => {} });
    await index.rescan();
    meanwhile = async () => {
      await memory.writeAtomic("gait-out/trace_1.json", trace());
      index.update(["gait-out/trace_1.json"]);
      while (index.rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    };
    await index[search]();
    await index.idle();
    assert.deepEqual([...index.rows].map(({ path }) => path), ["gait-out/trace_1.json"]);
  });
}

Deno.test("what was forgotten beyond the limit is not found again, whatever the order of files and times", async () => {
  const files = memoryFiles();
  const modified = new Map<string, number>();
  const put = async (name: string, at: number, age: number) => {
    const path = `gait-out/trace_${name}.json`;
    await files.writeAtomic(
      path,
      trace({ observed_at: new Date(Date.UTC(2026, 10, 20) + at * 1000).toISOString() }),
    );
    modified.set(path, age);
    return path;
  };
  await files.makeFolder("gait-out");
  // As copied or unpacked files have them.
  for (let i = 0; i < 100; i++) await put(`${i}`, i, 1_000 + (i * 37) % 100);
  const aged = {
    ...files,
    async stat(path: string) {
      const info = await files.stat(path);
      return info && { ...info, modified: modified.get(path) ?? info.modified };
    },
  };
  const index = traceIndex(["gait-out"], aged, { now: () => 0, onChange: () => {}, limit: 100 });
  await index.rescan();
  await index.idle();
  const reported: string[] = [];
  for (let i = 0; i < 12; i++) reported.push(await put(`new_${i}`, 200 + i, 2_000 + i));
  index.update(reported);
  await index.idle();
  assert.equal(index.rows.length, 100);
  assert.equal(await index.findNew(), false);
});
