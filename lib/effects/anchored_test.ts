import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { anchored } from "./anchored.ts";
import { systemEffects } from "./system.ts";
import type { ChildRequest } from "./types.ts";

const real = systemEffects({ home: undefined });

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("anchored() takes every path of files and journals from its folder", async () => {
  const asked: string[] = [];
  const noting = <T extends object>(of: T): T =>
    new Proxy(of, {
      get: (_target, name) =>
        // A promise asks what it resolves to whether it is one.
        name === "then" ? undefined : (...given: unknown[]) => {
          asked.push(...given.flat().filter((one) => typeof one === "string"));
          return {};
        },
    });
  const { files, journals } = anchored(
    { ...real, files: noting(real.files), journals: async () => noting(await real.journals()) },
    "/srv/a",
  );
  for (const object of [files, await journals()]) {
    for (const [name, method] of Object.entries(object)) {
      asked.length = 0;
      const paths = name === "rename" ? ["x", "x"] : [name === "sync" ? ["x"] : "x"];
      await method(...paths);
      assert.deepEqual(new Set(asked), new Set(["/srv/a/x"]), name);
    }
  }
  assert.deepEqual(Object.keys(files).sort(), Object.keys(real.files).sort());
  assert.deepEqual(
    Object.keys(await journals()).sort(),
    Object.keys(await real.journals()).sort(),
  );
});

Deno.test("anchored() leaves absolute paths, and programs of PATH, as they are", () =>
  inFolder(async (folder) => {
    const run: string[] = [];
    const effects = anchored({
      ...real,
      runChild: ({ command }: ChildRequest) => {
        run.push(command);
        return Promise.reject(new Error());
      },
    }, "/no/such/folder");
    await effects.files.writeAtomic(`${folder}/a`, utf8("a"));
    assert.equal((await effects.files.read(`${folder}/a`)).length, 1);
    for (const command of ["broker", "./broker", "/bin/broker"]) {
      await assert.rejects(effects.runChild({ command, args: [], timeout: 1, outputLimit: 1 }));
    }
    assert.deepEqual(run, ["broker", "/no/such/folder/./broker", "/bin/broker"]);
  }));

Deno.test("anchored() takes what a journal places and extends from its folder", () =>
  inFolder(async (folder) => {
    const { journals } = anchored(real, folder);
    const journal = await (await journals()).create("j.jsonl");
    const { placed } = await journal.appendAndPlace(["line\n"], [{ path: "b", content: utf8("b") }], {
      early: false,
    });
    assert.deepEqual(placed, [true]);
    assert.equal(await Deno.readTextFile(`${folder}/b`), "b");
    await journal.discard();
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["b"]);
  }));
