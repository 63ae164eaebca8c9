import assert from "node:assert/strict";
import type { GaitError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { makeFiles } from "./mod.ts";
import type { OutputRules } from "./types.ts";
import { inFolder } from "../../tests/support/folder.ts";

const files = makeFiles();

const withFiles = (
  test: (at: (name: string) => string, all: () => Record<string, string>) => Promise<void>,
) =>
  inFolder(async (folder) => {
    const all = () =>
      Object.fromEntries(
        [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) =>
          [name, Deno.readTextFileSync(`${folder}/${name}`)] as const
        ).sort(),
      );
    await test((name) => `${folder}/${name}`, all);
  });

const REFUSED = { code: "invalid_input", detail: "output_exists" };
const older = (held: Uint8Array) => held[0] === 0x6f; // "o"

Deno.test("writeOutput() takes a free name, an empty file and the same content again", () =>
  withFiles(async (at, all) => {
    await Deno.writeTextFile(at("empty"), "");
    for (const name of ["free", "empty", "free"]) {
      assert.deepEqual(await files.writeOutput(at(name), utf8("x")), { path: at(name) });
    }
    assert.deepEqual(all(), { empty: "x", free: "x" });
  }));

Deno.test("writeOutput() refuses what holds something else, and says so before it writes", () =>
  withFiles(async (at, all) => {
    await Deno.writeTextFile(at("there"), "there");
    await Deno.symlink(at("there"), at("link"));
    await Deno.mkdir(at("folder"));
    for (const name of ["there", "link"]) {
      await assert.rejects(files.writeOutput(at(name), utf8("x")), REFUSED);
      await assert.rejects(files.checkOutput(at(name)), REFUSED);
      await assert.rejects(files.checkOutput(at(name), { older }, utf8("x")), REFUSED);
    }
    await assert.rejects(files.writeOutput(at("folder"), utf8("x"), { force: true }), {
      code: "invalid_input",
    });
    await files.checkOutput(at("there"), {}, utf8("there"));
    await files.checkOutput(at("there"), { ifTaken: "number" });
    await files.checkOutput(at("free"));
    assert.deepEqual(all(), { there: "there" });
  }));

Deno.test("writeOutput() suggests --force only to callers that can be forced", () =>
  withFiles(async (at) => {
    await Deno.writeTextFile(at("there"), "there");
    const hint = (rules: OutputRules) =>
      files.writeOutput(at("there"), utf8("x"), rules).then(() => "", (error: GaitError) => error.hint!);
    assert.match(await hint({ force: false }), /--force/);
    for (const rules of [{}, { older }]) assert.doesNotMatch(await hint(rules), /--force/);
  }));

Deno.test("writeOutput() replaces a file, or the link to it, when it is forced to", () =>
  withFiles(async (at, all) => {
    await Deno.writeTextFile(at("there"), "there");
    await Deno.symlink(at("there"), at("link"));
    await files.writeOutput(at("link"), utf8("x"), { force: true });
    assert.deepEqual(all(), { link: "x", there: "there" });
    await files.writeOutput(at("there"), utf8("x"), { force: true });
    assert.deepEqual(all(), { link: "x", there: "x" });
  }));

Deno.test("writeOutput() finds a free number, however many there are", () =>
  withFiles(async (at, all) => {
    const names = ["r.json"];
    for (let i = 0; i < 40; i++) {
      const { path } = await files.writeOutput(at("r.json"), utf8(String(i)), { ifTaken: "number" });
      names[i] = path;
    }
    assert.equal(new Set(names).size, 40);
    assert.deepEqual(names.map((path) => Deno.readTextFileSync(path)), names.map((_, i) => String(i)));
    assert.equal(Object.keys(all()).length, 40);
    assert(all()["r_40.json"]);
  }));

for (const [olderGoes, left] of [["away", { r: "new" }], ["aside", { r: "new", r_2: "old" }]] as const) {
  Deno.test(`writeOutput() lets an older file go ${olderGoes}, and no other`, () =>
    withFiles(async (at, all) => {
      const rules: OutputRules = { older, olderGoes };
      await Deno.writeTextFile(at("r"), "old");
      await files.writeOutput(at("r"), utf8("new"), rules);
      assert.deepEqual(all(), left);
      await assert.rejects(files.writeOutput(at("r"), utf8("other"), rules), REFUSED);
      assert.deepEqual(all(), left);
    }));
}

for (const rules of [{ ifTaken: "number" }, { older: () => true }] satisfies OutputRules[]) {
  Deno.test(`writeOutput() keeps what everybody wrote concurrently (${JSON.stringify(Object.keys(rules))})`, () =>
    withFiles(async (at, all) => {
      const contents = Array.from({ length: 12 }, (_, i) => `content ${i}`);
      await Promise.all(contents.map((content) => files.writeOutput(at("r.json"), utf8(content), rules)));
      assert.deepEqual(Object.values(all()).sort(), contents.toSorted());
    }));
}
