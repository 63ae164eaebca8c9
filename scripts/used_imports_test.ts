import assert from "node:assert/strict";
import { parseAst } from "rollup/parseAst";
import { type Statement, usedImports } from "./used_imports.ts";

const TEXTS: Readonly<Record<string, string>> = {
  "mod.js": `export * from "a.js"; export { b, c as d } from "b.js"; export * as e from "e.js";`,
  "a.js": `export const a = 1; export * from "deep.js";`,
  "deep.js": `export default 1; export function deep() {}`,
  "b.js": `export const b = 1, c = 2;`,
  "e.js": `export const inner = 1;`,
  "both.js": `export * from "a.js"; export const own = 1;`,
};

const OWN_EXPORTS: Readonly<Record<string, readonly string[]>> = {
  "a.js": ["a"],
  "deep.js": ["default", "deep"],
  "b.js": ["b", "c"],
  "both.js": ["own"],
};

/** What a module with this text needs. */
function used(text: string): string[] {
  return usedImports("main.js", {
    statementsOf: (path) => parseAst(path === "main.js" ? text : TEXTS[path]!).body as unknown as Statement[],
    exportsOf: (path) => OWN_EXPORTS[path] ?? [],
    resolve: (specifier) => specifier in TEXTS ? specifier : undefined,
  }).sort();
}

Deno.test("usedImports() sees through a module that only passes on what others export", () => {
  assert.deepEqual(used(`import { a } from "mod.js";`), ["a.js"]);
  assert.deepEqual(used(`import { b as x, d } from "mod.js";`), ["b.js"]);
  assert.deepEqual(used(`export { d } from "mod.js"; import { a } from "mod.js";`), ["a.js", "b.js"]);
});

Deno.test("usedImports() takes a module whole that has exports of its own", () => {
  assert.deepEqual(used(`import { own, a } from "both.js";`), ["both.js"]);
  assert.deepEqual(used(`import { deep } from "mod.js";`), ["a.js"]);
});

Deno.test("usedImports() takes everything where names can't be told apart", () => {
  assert.deepEqual(used(`import * as all from "mod.js";`), ["mod.js"]);
  assert.deepEqual(used(`export * from "mod.js";`), ["mod.js"]);
  assert.deepEqual(used(`import "mod.js";`), ["mod.js"]);
  assert.deepEqual(used(`import { unknown } from "mod.js";`), ["mod.js"]);
  assert.deepEqual(used(`import { e } from "mod.js";`), ["mod.js"]);
});

Deno.test("usedImports() leaves packages and dynamic imports out", () => {
  assert.deepEqual(used(`import fs from "node:fs"; import("a.js"); import x from "deep.js";`), ["deep.js"]);
});
