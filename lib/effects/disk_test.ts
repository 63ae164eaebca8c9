import assert from "node:assert/strict";
import { disk, writeAll } from "./disk.ts";

Deno.test("disk answers with a rejection, never throws, though it works at once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [taken, missing] = [`${folder}/taken`, `${folder}/missing/file`];
    await Deno.writeTextFile(taken, "x");
    const calls = [
      () => disk.create(taken, 0o600),
      () => disk.openAppend(missing, 0o600),
      () => disk.truncate(missing, 0),
      () => disk.chmod(missing, 0o600),
      () => disk.rename(missing, taken),
      () => disk.link(taken, taken),
      () => disk.remove(missing),
      () => disk.syncFile(missing),
      () => disk.syncFolder(missing),
    ];
    for (const call of calls) {
      const answer = call();
      assert.ok(answer instanceof Promise, String(call));
      await assert.rejects(answer, Error, String(call));
    }
    assert.equal(await Deno.readTextFile(taken), "x");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("disk writes small and large contents whole", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const size of [0, 1, 65_536, 65_537, 300_000]) {
      const content = Uint8Array.from({ length: size }, (_, i) => i % 251);
      const file = await disk.create(`${folder}/${size}`, 0o600);
      await writeAll(file, content);
      await file.sync();
      file.close();
      assert.deepEqual(await Deno.readFile(`${folder}/${size}`), content);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
