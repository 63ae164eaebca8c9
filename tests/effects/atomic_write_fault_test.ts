/** Atomic writes on a disk that fails at every possible moment (docs/threat_model.md 21 and 22). */
import assert from "node:assert/strict";
import { makeFiles } from "../../lib/effects/mod.ts";
import type { Disk } from "../../lib/effects/disk.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { failingDisk, type Failure, slowDisk } from "../support/failing_disk.ts";
import { inFolder } from "../support/folder.ts";

const OLD = utf8("old content");
const NEW = utf8("new content, which is longer than the old one");
/** More than any write takes; the tests check that the last runs were not reached by the fault. */
const MANY_CALLS = 12;
const FAILURES: Failure[] = ["before", "after", "half"];

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

async function contentOf(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(() => undefined);
}

async function attempt(disk: Disk, path: string, onlyNew: boolean): Promise<{ code?: string } | undefined> {
  return await makeFiles(disk).writeAtomic(path, NEW, { onlyNew }).then(() => undefined, (error) => error);
}

for (const failure of FAILURES) {
  Deno.test(`writeAtomic() leaves old or new content and no other file when the n-th call fails ${failure} it acts`, async () => {
    let succeeded = 0;
    for (let n = 1; n <= MANY_CALLS; n++) {
      await inFolder(async (folder) => {
        const path = `${folder}/file`;
        await Deno.writeFile(path, OLD);
        const { disk, calls } = failingDisk(n, failure);
        const error = await attempt(disk, path, false);
        const reached = calls() >= n;
        assert.equal(error !== undefined, reached, `call ${n}: the fault must be reported`);
        if (error) assert.equal(error.code, "io_failure");
        else succeeded++;
        const content = await contentOf(path);
        assert.ok(
          content === "old content" || content === new TextDecoder().decode(NEW),
          `call ${n}: ${content}`,
        );
        if (!error) assert.equal(content, new TextDecoder().decode(NEW));
        // A file that was created although the call failed is unknown to the writer: only then may it stay.
        const left = names(folder).filter((name) => name !== "file");
        assert.deepEqual(left.length, n === 1 && failure === "after" ? 1 : 0, `call ${n}: ${left}`);
      });
    }
    assert.ok(succeeded > 0, "some runs must be beyond the last call");
  });

  Deno.test(`writeAtomic() with onlyNew gives nothing or all of it when the n-th call fails ${failure} it acts`, async () => {
    for (let n = 1; n <= MANY_CALLS; n++) {
      await inFolder(async (folder) => {
        const { disk, calls } = failingDisk(n, failure);
        const error = await attempt(disk, `${folder}/file`, true);
        assert.equal(error !== undefined, calls() >= n);
        const content = await contentOf(`${folder}/file`);
        assert.ok(
          content === undefined || content === new TextDecoder().decode(NEW),
          `call ${n}: ${content}`,
        );
        const left = names(folder).filter((name) => name !== "file");
        assert.deepEqual(left.length, n === 1 && failure === "after" ? 1 : 0, `call ${n}: ${left}`);
      });
    }
  });

  Deno.test(`writeAtomic() shows old or new content after a crash ${failure} any call`, async () => {
    for (const onlyNew of [false, true]) {
      for (let n = 1; n <= MANY_CALLS; n++) {
        await inFolder(async (folder) => {
          const path = `${folder}/file`;
          if (!onlyNew) await Deno.writeFile(path, OLD);
          await attempt(failingDisk(n, failure, true).disk, path, onlyNew);
          const content = await contentOf(path);
          const before = onlyNew ? undefined : "old content";
          assert.ok(content === before || content === new TextDecoder().decode(NEW), `call ${n}: ${content}`);
          // What a crash leaves behind is no obstacle for the next write.
          await makeFiles().writeAtomic(path, OLD);
          assert.equal(await contentOf(path), "old content");
        });
      }
    }
  });
}

Deno.test("writeAtomic() makes content durable before it gets its name", async () => {
  await inFolder(async (folder) => {
    const order: string[] = [];
    const { disk } = failingDisk(0, "before");
    const logged = new Proxy(disk, {
      get: (target, name: keyof Disk) => async (...args: [never, never]) => {
        order.push(name);
        const result = await (target[name] as (...given: unknown[]) => Promise<unknown>)(...args);
        if (name !== "create") return result;
        const file = result as {
          write(b: Uint8Array): Promise<number>;
          sync(): Promise<void>;
          close(): void;
        };
        return {
          write: (bytes: Uint8Array) => (order.push("write"), file.write(bytes)),
          sync: () => (order.push("sync"), file.sync()),
          close: () => (order.push("close"), file.close()),
        };
      },
    });
    await makeFiles(logged).writeAtomic(`${folder}/file`, NEW);
    assert.deepEqual(order, ["create", "write", "sync", "close", "chmod", "rename", "syncFolder"]);
    order.length = 0;
    await makeFiles(logged).writeAtomic(`${folder}/other`, NEW, { onlyNew: true });
    assert.deepEqual(order, ["create", "write", "sync", "close", "chmod", "link", "remove", "syncFolder"]);
  });
});

Deno.test("writeAtomic() writes everything on a disk that takes one byte at a time", async () => {
  await inFolder(async (folder) => {
    await makeFiles(slowDisk(1)).writeAtomic(`${folder}/file`, NEW);
    assert.deepEqual(await Deno.readFile(`${folder}/file`), NEW);
  });
});

Deno.test("writeAtomic() gives up on a disk that takes no bytes", async () => {
  await inFolder(async (folder) => {
    const error = await attempt(slowDisk(0), `${folder}/file`, false);
    assert.equal(error?.code, "io_failure");
    assert.deepEqual(names(folder), []);
  });
});

Deno.test("appendLine() reports every fault, and keeps the lines that were there", async () => {
  for (const failure of FAILURES) {
    for (let n = 1; n <= 4; n++) {
      await inFolder(async (folder) => {
        const path = `${folder}/log.jsonl`;
        await makeFiles().appendLine(path, "first");
        const { disk, calls } = failingDisk(n, failure);
        const error = await makeFiles(disk).appendLine(path, "second").then(() => undefined, (e) => e);
        assert.equal(error !== undefined, calls() >= n);
        if (error) assert.equal(error.code, "io_failure");
        assert.ok((await Deno.readTextFile(path)).startsWith("first\n"));
        assert.deepEqual(names(folder), ["log.jsonl"], "the lock must be released");
      });
    }
  }
});
