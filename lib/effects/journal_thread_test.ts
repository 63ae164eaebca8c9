import assert from "node:assert/strict";
import type { GaitError } from "../errors/mod.ts";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { threadedJournals } from "./journal_thread.ts";
import { makeJournals } from "./journals.ts";
import { lookAt } from "./reading.ts";
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
      const { placed } = await journal.appendAndPlace(["2\n"], files, { early: false });
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
    assert.deepEqual((await journal.appendAndPlace(["1\n"], files, { early: false })).placed, [false]);
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

  test(
    "extends a file of the version that is expected, behind its line and files",
    async (folder, journals) => {
      const journal = await journals.create(`${folder}/j`);
      const path = `${folder}/events`;
      await Deno.writeTextFile(path, "0\n");
      let version = lookAt(path)!.version;
      let names = 0;
      const extend = async (text: string, size: number, sync = true) => {
        const files = [{ path: `${folder}/file_${names++}`, content: utf8("x") }];
        const extensions = [{ path, size, version, sync, bytes: utf8(text) }];
        const { placed, extended } = await journal.appendAndPlace(["1\n"], files, {
          early: true,
          extensions,
        });
        assert.deepEqual(placed, [true]);
        return extended[0]!;
      };
      for (const [at, sync] of [true, false, true].entries()) {
        assert.deepEqual(await extend("1\n", 2 + 2 * at, sync), {
          kind: "appended",
          version: lookAt(path)!.version,
        });
        version = lookAt(path)!.version;
      }
      // Somebody else appends, replaces the file, removes it.
      await Deno.writeTextFile(path, "other\n", { append: true });
      assert.deepEqual(await extend("2\n", 8), { kind: "changed" });
      await Deno.rename(path, `${folder}/old`);
      await Deno.writeTextFile(path, "other\n");
      assert.deepEqual(await extend("2\n", 8), { kind: "changed" });
      await Deno.remove(path);
      assert.deepEqual(await extend("2\n", 8), { kind: "changed" });
      assert.equal(lookAt(path), undefined);
      assert.equal(await Deno.readTextFile(`${folder}/old`), "0\n1\n1\n1\nother\n");
      // Another size than the file has.
      await Deno.writeTextFile(path, "9\n");
      version = lookAt(path)!.version;
      const failed = await extend("2\n", 1);
      assert.equal(failed.kind === "failed" && (failed.error as GaitError).code, "io_failure");
      assert.deepEqual(await extend("2\n", 2), { kind: "appended", version: lookAt(path)!.version });
      journals.letGo(path);
      assert.equal(await Deno.readTextFile(path), "9\n2\n");
      await journal.discard();
    },
  );

  test("extends several files, each for itself", async (folder, journals) => {
    const journal = await journals.create(`${folder}/j`);
    const paths = ["a", "b", "c"].map((name) => `${folder}/${name}`);
    for (const path of paths) await Deno.writeTextFile(path, "");
    for (const [size, last] of [[0, 1], [2, 3], [4, 1]] as const) {
      const extensions = paths.slice(0, last).map((path) => ({
        ...{ path, size, version: lookAt(path)!.version, sync: true, bytes: utf8("1\n") },
      }));
      // One that somebody else changed meanwhile.
      if (last === 3) await Deno.writeTextFile(paths[1]!, "other");
      const { extended } = await journal.appendAndPlace(["1\n"], [], { early: false, extensions });
      const expected = ["appended", "changed", "failed"].slice(0, last);
      assert.deepEqual(extended.map(({ kind }) => kind), expected);
    }
    const found = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
    assert.deepEqual(found, ["1\n1\n1\n", "other", ""]);
    for (const path of paths) journals.letGo(path);
    await journal.discard();
  });

  test("extends nothing when a file has not the name that it was to have", async (folder, journals) => {
    const journal = await journals.create(`${folder}/j`);
    const path = `${folder}/events`;
    await Deno.writeTextFile(path, "");
    await Deno.writeTextFile(`${folder}/taken`, "other");
    for (const name of ["taken", "x".repeat(300)]) {
      const files = ["free", name].map((one) => ({ path: `${folder}/${one}`, content: utf8("x") }));
      const extensions = [{ path, size: 0, version: lookAt(path)!.version, sync: true, bytes: utf8("1\n") }];
      const { extended } = await journal.appendAndPlace(["1\n"], files, { early: false, extensions });
      assert.deepEqual(extended, [{ kind: "skipped" }]);
      await Deno.remove(`${folder}/free`);
    }
    assert.equal(await Deno.readTextFile(path), "");
    await journal.discard();
  });

  test("extends no link, and nothing behind a line that could not be written", async (folder, journals) => {
    const path = `${folder}/events`;
    await Deno.writeTextFile(path, "");
    await Deno.symlink(path, `${folder}/link`);
    const extensionOf = (of: string) => {
      const { size, version } = lookAt(of)!;
      return { path: of, size, version, sync: true, bytes: utf8("1\n") };
    };
    const journal = await journals.create(`${folder}/j`);
    const extensions = [extensionOf(`${folder}/link`)];
    const { extended: [linked] } = await journal.appendAndPlace(["1\n"], [], { early: false, extensions });
    assert.equal(linked!.kind === "failed" && (linked!.error as GaitError).code, "unsafe_operation");
    await Deno.remove(`${folder}/j`);
    await assert.rejects(
      journal.appendAndPlace(["1\n"], [], { early: false, extensions: [extensionOf(path)] }),
      { code: "io_failure" },
    );
    assert.equal(await Deno.readTextFile(path), "");
    journal.close();
  });

  for (const early of [false, true]) {
    test(
      `leaves no file when its journal was removed, and takes nothing more (early: ${early})`,
      async (folder, journals) => {
        const journal = await journals.create(`${folder}/j`);
        await Deno.remove(`${folder}/j`);
        const place = (file: string) =>
          journal.appendAndPlace(["1\n"], [{ path: `${folder}/${file}`, content: utf8("x") }], { early });
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
    const sizes = [1, 1 << 16, 3, 1 << 22];
    for (const size of sizes) {
      const content = new Uint8Array(size).fill(0x61);
      const files = [{ path: `${folder}/${size}`, content }];
      const { grown, placed } = await journal.appendAndPlace([0, "\n"], files, { early: true });
      assert.deepEqual([grown, placed], [size + 3, [true]]);
      assert.deepEqual(await Deno.readFile(`${folder}/${size}`), content);
    }
    const lines = decodeUtf8(await Deno.readFile(`${folder}/j`)).trim().split("\n");
    assert.deepEqual(lines, sizes.map((size) => JSON.stringify("a".repeat(size))));
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
