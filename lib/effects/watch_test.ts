import assert from "node:assert/strict";
import type { FolderChanges } from "./types.ts";
import { watchFolders } from "./watch.ts";

Deno.test("watched folders report files that come, below them only where that is asked for", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(`${folder}/deep/below`, { recursive: true });
  await Deno.mkdir(`${folder}/flat/below`, { recursive: true });
  const ended = new AbortController();
  const seen = new Set<string>();
  const watching = watchFolders(
    [{ path: `${folder}/deep`, recursive: true }, { path: `${folder}/flat`, recursive: false }],
    ended.signal,
  );
  const first = watching.next();
  await Deno.writeTextFile(`${folder}/flat/below/c`, "");
  await Deno.writeTextFile(`${folder}/deep/below/a`, "");
  await Deno.writeTextFile(`${folder}/flat/b`, "");
  const take = ({ paths }: FolderChanges) => paths.forEach((path) => seen.add(path.slice(folder.length + 1)));
  take((await first).value!);
  while (!seen.has("deep/below/a") || !seen.has("flat/b")) take((await watching.next()).value!);
  assert.ok(!seen.has("flat/below/c"));
  ended.abort();
  while (!(await watching.next()).done);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a folder that is absent can't be watched", async () => {
  const watching = watchFolders(
    [{ path: "/nowhere/at/all", recursive: false }],
    new AbortController().signal,
  );
  await assert.rejects(watching.next(), { code: "io_failure" });
});

Deno.test("changes that were lost are reported as that, and not as a change of the watched folder", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const ended = new AbortController();
  const watching = watchFolders([{ path: folder, recursive: true }], ended.signal);
  let next = watching.next();
  // Nobody takes the changes meanwhile, and no queue holds as many.
  for (let i = 0; i < 20_000; i++) Deno.writeTextFileSync(`${folder}/${i % 100}`, "");
  const named = new Set<string>();
  for (let lost = false; !lost; next = watching.next()) {
    const changes: FolderChanges = (await next).value!;
    changes.paths.forEach((path) => named.add(path));
    lost = changes.lost;
  }
  assert.ok(!named.has(folder));
  ended.abort();
  while (!(await next).done) next = watching.next();
  await Deno.remove(folder, { recursive: true });
});
