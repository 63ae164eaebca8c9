import assert from "node:assert/strict";
import { AFTER_NARROWING, assignChunks, type Graph, runBy } from "./chunks.ts";
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
  "lib/table.ts": ["lib/commands/table/decide.ts"],
};

const COMMANDS = ["lib/commands/gate/eval.ts", "lib/commands/verify.ts", "lib/commands/version.ts"];

const WAITING: Readonly<Record<string, readonly string[]>> = {
  "main.ts": [TABLE!],
  [HOT]: COMMANDS,
  "lib/commands/table/decide.ts": [...COMMANDS, "lib/commands/gate/stream.ts"],
  "lib/zip.ts": ["lib/big_entries.ts"],
};

const graphOf = (sizes: Readonly<Record<string, number>>): Graph => ({
  importsOf: (path) => IMPORTS[path] ?? [],
  usedImportsOf: (path) => IMPORTS[path] ?? [],
  dynamicImportsOf: (path) => WAITING[path] ?? [],
  sizeOf: (path) => sizes[path] ?? 0,
});

const assigned = (sizes: Readonly<Record<string, number>>) => assignChunks(graphOf(sizes));

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

Deno.test("runBy() has all that a command can load, help too, but no other command", () => {
  const run = runBy("lib/commands/verify.ts", graphOf(LARGE));
  const expected = [
    "main.ts",
    HOT,
    TABLE,
    "lib/commands/table/decide.ts",
    "lib/zip.ts",
    "lib/big_entries.ts",
  ];
  for (const path of expected) assert.ok(run.includes(path!), path);
  for (const path of ["lib/policy.ts", ...COMMANDS, "lib/commands/gate/stream.ts"]) {
    assert.equal(run.includes(path), path === "lib/commands/verify.ts", path);
  }
});

Deno.test("modules that the chunks are named after are in the program", async () => {
  for (const path of [HOT, HELP!, TABLE!, RESOLVE!, ...AFTER_NARROWING]) {
    assert.ok((await Deno.stat(`${root}${path}`)).isFile, path);
  }
});

Deno.test("assignChunks() gives the hooks one file, beside that of gate eval, which stays as it is", () => {
  const hooks = ["lib/commands/hook/cursor.ts", "lib/commands/hook/claude_code.ts"];
  const graph = graphOf(LARGE);
  const chunks = assignChunks({
    ...graph,
    usedImportsOf: (path) =>
      hooks.includes(path)
        ? ["lib/commands/hook/hook.ts"]
        : path === "lib/commands/hook/hook.ts"
        ? ["lib/policy.ts", "lib/event.ts"]
        : graph.usedImportsOf(path),
    dynamicImportsOf: (path) => [...graph.dynamicImportsOf(path), ...(path === HOT ? hooks : [])],
  });
  for (const path of [...hooks, "lib/commands/hook/hook.ts", "lib/event.ts"]) {
    assert.equal(chunks.get(path), "hot_hook", path);
  }
  assert.equal(chunks.get("lib/policy.ts"), "hot_gate_eval");
});

Deno.test("assignChunks() leaves out what is passed on to a command that does not name it, runBy() does not", () => {
  const graph: Graph = {
    ...graphOf(LARGE),
    usedImportsOf: (path) => path === "lib/commands/verify.ts" ? ["lib/zip.ts"] : IMPORTS[path] ?? [],
  };
  assert.equal(assignChunks(graph).get("lib/json.ts"), "hot_gate_eval");
  assert.ok(runBy("lib/commands/verify.ts", graph).includes("lib/json.ts"));
});
