import assert from "node:assert/strict";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { fileList } from "./file_list.ts";

async function listOf(others: number) {
  const files = memoryFiles();
  await files.makeFolder("runs");
  for (let i = 0; i < others; i++) await files.writeAtomic(`runs/trace_${i}.json`, new Uint8Array());
  let searches = 0;
  const counted = { ...files, entries: (folder: string) => (searches++, files.entries(folder)) };
  const list = fileList(["runs"], /\.zip$/, counted, 10);
  await files.writeAtomic("runs/b.zip", new Uint8Array());
  assert.deepEqual(await list.paths(), ["runs/b.zip"]);
  await files.writeAtomic("runs/a.zip", new Uint8Array());
  return { list, searches: () => searches };
}

Deno.test("a folder with few files is searched each time", async () => {
  const { list } = await listOf(5);
  assert.deepEqual(await list.paths(), ["runs/a.zip", "runs/b.zip"]);
});

Deno.test("a folder with very many files is searched again only after something was noticed", async () => {
  const { list, searches } = await listOf(2_500);
  assert.deepEqual(await list.paths(), ["runs/b.zip"]);
  assert.equal(searches(), 1);
  list.forget();
  assert.deepEqual(await list.paths(), ["runs/a.zip", "runs/b.zip"]);
  assert.equal(searches(), 2);
});
