import assert from "node:assert/strict";
import { AFTER_NARROWING, assignChunks } from "./chunks.ts";
import { root } from "./root.ts";

const HOT = "lib/commands/hot.ts";
const [HELP, TABLE, RESOLVE] = ["lib/cli/help.ts", "lib/cli/whole_table.ts", "lib/cli/resolve.ts"];

/** A small program: two large hot commands, and a small one. */
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["lib/cli/dispatch.ts", HOT],
  "lib/cli/dispatch.ts": ["lib/errors.ts"],
  "lib/commands/version.ts": ["lib/commands/define.ts"],
  "lib/commands/verify.ts": ["lib/commands/define.ts", "lib/json.ts", "lib/zip.ts"],
  "lib/commands/gate/eval.ts": ["lib/commands/define.ts", "lib/json.ts", "lib/policy.ts"],
  "lib/json.ts": ["lib/errors.ts"],
  [TABLE!]: ["lib/table.ts", "lib/json.ts"],
};

function assigned(sizes: Readonly<Record<string, number>>) {
  return assignChunks({
    importsOf: (path) => IMPORTS[path] ?? [],
    dynamicImportsOf: (path) =>
      path === HOT ? ["lib/commands/gate/eval.ts", "lib/commands/verify.ts", "lib/commands/version.ts"] : [],
    sizeOf: (path) => sizes[path] ?? 0,
  });
}

const LARGE = { "lib/policy.ts": 1e5, "lib/zip.ts": 1e5 };

Deno.test("assignChunks() gives each large hot command a file, and what several load another", () => {
  const chunks = assigned(LARGE);
  assert.equal(chunks.get("lib/commands/gate/eval.ts"), "hot_gate_eval");
  assert.equal(chunks.get("lib/policy.ts"), "hot_gate_eval");
  assert.equal(chunks.get("lib/commands/verify.ts"), "hot_verify");
  assert.equal(chunks.get("lib/zip.ts"), "hot_verify");
  assert.equal(chunks.get("lib/json.ts"), "hot_shared");
});

Deno.test("assignChunks() puts into one file what every command loads, small commands, and what comes too late", () => {
  const chunks = assigned(LARGE);
  const front = [
    "lib/cli/dispatch.ts",
    HOT,
    "lib/errors.ts",
    "lib/commands/version.ts",
    "lib/commands/define.ts",
  ];
  for (const path of [...front, ...AFTER_NARROWING]) assert.equal(chunks.get(path), "front", path);
});

Deno.test("assignChunks() leaves the program itself alone: what imported it would wait for its end", () => {
  assert.equal(assigned(LARGE).get("main.ts"), undefined);
});

Deno.test("assignChunks() makes one file of the table, without what the hot commands have", () => {
  const chunks = assigned(LARGE);
  for (const path of [HELP!, TABLE!, RESOLVE!, "lib/table.ts"]) assert.equal(chunks.get(path), "table", path);
});

Deno.test("modules that the chunks are named after are in the program", async () => {
  for (const path of [HOT, HELP!, TABLE!, RESOLVE!, ...AFTER_NARROWING]) {
    assert.ok((await Deno.stat(`${root}${path}`)).isFile, path);
  }
});
