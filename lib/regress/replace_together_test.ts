import assert from "node:assert/strict";
import type { Files } from "../effects/mod.ts";
import { GaitError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { type MemoryFiles, memoryFiles } from "./_test_runs.ts";
import { finishReplacement, PENDING_FILE, replaceTogether } from "./replace_together.ts";

const OLD = { "fixtures/f/fixture.json": "old f", "fixtures/g/fixture.json": "old g", "gait.yaml": "old" };
const PATHS = Object.keys(OLD);
const NEW = PATHS.map((path) => ({ path, content: utf8(`new ${path}`) }));

/** Files of which the n-th change fails, before or after it was made; with `dead`, every later one as well. */
function failing(files: MemoryFiles, n: number, after: boolean, dead: boolean) {
  let calls = 0;
  const step = async <T>(act: () => Promise<T>): Promise<T> => {
    calls++;
    if (calls !== n && !(dead && calls > n)) return await act();
    if (calls === n && after) await act();
    throw new GaitError("io_failure", "No space left");
  };
  const wrapped: Files = {
    ...files,
    writeAtomic: (...args) => step(() => files.writeAtomic(...args)),
    remove: (path) => step(() => files.remove(path)),
  };
  return { files: wrapped, calls: () => calls };
}

const texts = (files: MemoryFiles) => PATHS.map((path) => files.text(path));
const isNew = (files: MemoryFiles) => texts(files).every((text) => text.startsWith("new"));

for (const dead of [false, true]) {
  for (const after of [false, true]) {
    Deno.test(`all files are replaced or none (dead: ${dead}, after: ${after})`, async () => {
      for (let n = 1;; n++) {
        const memory = memoryFiles(OLD);
        const disk = failing(memory, n, after, dead);
        const done = await replaceTogether(NEW, disk.files).then(() => true, () => false);
        if (disk.calls() < n) {
          assert(done && isNew(memory));
          assert.deepEqual((await memory.all()).size, PATHS.length);
          break;
        }
        if (!dead && !done) assert.deepEqual(texts(memory), Object.values(OLD));
        await finishReplacement(memory);
        assert(isNew(memory) || texts(memory).every((text) => text.startsWith("old")), `call ${n}`);
        if (done) assert(isNew(memory));
        assert.equal(await memory.stat(PENDING_FILE), undefined);
      }
    });
  }
}

Deno.test("a list that is not as it was written is refused, and nothing is changed", async () => {
  const entry = (path: string) => ({ path, sha256: "0".repeat(64) });
  const list = (value: unknown) => JSON.stringify(value);
  const schema_id = "gait.regress.pending_accept";
  for (
    const text of [
      list({ schema_id, files: [entry("gait.yaml")] }),
      list({ schema_id, files: [{ path: "gait.yaml" }] }),
      list({ schema_id: "other", files: [] }),
      ...["/etc/x", "../x", "a/../x", ".git/hooks/x", ".gait/config.yaml"].map((path) =>
        list({ schema_id, files: [entry(path)] })
      ),
      list({ schema_id }),
    ]
  ) {
    const memory = memoryFiles({ ...OLD, "gait.yaml.accept": "x", [PENDING_FILE]: text });
    await assert.rejects(finishReplacement(memory), { detail: "pending_accept_invalid" });
    assert.deepEqual(texts(memory), Object.values(OLD));
  }
});
