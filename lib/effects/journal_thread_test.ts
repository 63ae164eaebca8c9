import assert from "node:assert/strict";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { threadedJournals } from "./journal_thread.ts";
import { makeJournals } from "./journals.ts";
import type { Journals } from "./types.ts";
import { inFolder } from "../../tests/support/folder.ts";

const KINDS: Readonly<Record<string, () => Journals & Partial<Disposable>>> = {
  makeJournals: () => makeJournals(),
  threadedJournals: () => threadedJournals(),
};

for (const [name, make] of Object.entries(KINDS)) {
  const test = (what: string, play: (folder: string, journals: Journals) => Promise<void>) =>
    Deno.test(`${name}() ${what}`, () =>
      inFolder(async (folder) => {
        const journals = make();
        try {
          await play(folder, journals);
        } finally {
          journals[Symbol.dispose]?.();
        }
      }));

  test(
    "appends in order, makes files that only their owner reads, and says which names were taken",
    async (folder, journals) => {
      const journal = await journals.create(`${folder}/j`);
      await Deno.writeTextFile(`${folder}/taken`, "other");
      const files = ["new", "taken", "x".repeat(300)].map((name) => ({
        path: `${folder}/${name}`,
        content: utf8(name),
      }));
      await journal.append(utf8("1\n"));
      const placed = await journal.appendAndPlace(utf8("2\n"), files, { early: false });
      assert.deepEqual(placed.slice(0, 2), [true, false]);
      assert.equal((placed[2] as { error: { code: string } }).error.code, "invalid_input");
      assert.equal(await Deno.readTextFile(`${folder}/new`), "new");
      assert.equal((await Deno.stat(`${folder}/new`)).mode! & 0o777, 0o600);
      assert.equal(await Deno.readTextFile(`${folder}/taken`), "other");
      assert.equal(await Deno.readTextFile(`${folder}/j`), "1\n2\n");
      await journal.discard();
      await assert.rejects(Deno.stat(`${folder}/j`), Deno.errors.NotFound);
    },
  );

  test("follows no link where a file is to be", async (folder, journals) => {
    await Deno.symlink(`${folder}/elsewhere`, `${folder}/link`);
    const journal = await journals.create(`${folder}/j`);
    const files = [{ path: `${folder}/link`, content: utf8("x") }];
    assert.deepEqual(await journal.appendAndPlace(utf8("1\n"), files, { early: false }), [false]);
    await assert.rejects(Deno.stat(`${folder}/elsewhere`), Deno.errors.NotFound);
    journal.close();
  });

  test("holds its journal, so that nobody takes it over", async (folder, journals) => {
    const journal = await journals.create(`${folder}/j`);
    assert.equal(await makeJournals().takeOver(`${folder}/j`, 100), undefined);
    await assert.rejects(journals.create(`${folder}/j`), { code: "invalid_input" });
    await journal.append(utf8("1\n"));
    await journal.discard();
  });

  for (const early of [false, true]) {
    test(
      `leaves no file when its journal was removed, and takes nothing more (early: ${early})`,
      async (folder, journals) => {
        const journal = await journals.create(`${folder}/j`);
        await Deno.remove(`${folder}/j`);
        const place = (file: string) =>
          journal.appendAndPlace(utf8("1\n"), [{ path: `${folder}/${file}`, content: utf8("x") }], { early });
        await assert.rejects(place("a"), { code: "io_failure" });
        await assert.rejects(place("b"), { code: "io_failure" });
        assert.deepEqual(Array.from(Deno.readDirSync(folder)), []);
        journal.close();
      },
    );
  }
}

Deno.test("threadedJournals() takes parts of any size", () =>
  inFolder(async (folder) => {
    using journals = threadedJournals();
    const journal = await journals.create(`${folder}/j`);
    for (const size of [1, 1 << 16, 3, 1 << 22]) {
      const content = new Uint8Array(size).fill(0x61);
      const files = [{ path: `${folder}/${size}`, content }];
      assert.deepEqual(await journal.appendAndPlace(content, files, { early: true }), [true]);
      assert.deepEqual(await Deno.readFile(`${folder}/${size}`), content);
    }
    assert.equal(decodeUtf8(await Deno.readFile(`${folder}/j`)), "a".repeat(1 + (1 << 16) + 3 + (1 << 22)));
    await journal.discard();
  }));

Deno.test("threadedJournals() fails what waits for a thread that ended, and goes on without it", () =>
  inFolder(async (folder) => {
    using journals = threadedJournals("data:text/javascript,throw new Error('ended')");
    await assert.rejects(journals.create(`${folder}/j`), { code: "io_failure" });
    const journal = await journals.create(`${folder}/j`);
    await journal.append(utf8("1\n"));
    assert.equal(await Deno.readTextFile(`${folder}/j`), "1\n");
    await journal.discard();
  }));
