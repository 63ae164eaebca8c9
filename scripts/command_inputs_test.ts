import assert from "node:assert/strict";
import { resolveCommand } from "../lib/cli/resolve.ts";
import { TABLE } from "../lib/commands/table.ts";
import { filesBelow } from "../tests/support/places.ts";
import type { Graph } from "./chunks.ts";
import { BY_PLACE, commandInputs, LOADING_OTHERS, moduleOf } from "./command_inputs.ts";
import { root } from "./root.ts";

/** Each command shares a module that starts a thread; two show a page, and two check the arguments of another. */
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["lib/effects/journal_request.ts", "npm/package.js"],
  "lib/commands/verify.ts": ["lib/zip.ts"],
  "lib/commands/pack/export.ts": ["lib/export/html/load_script.ts"],
  "lib/commands/ui.ts": ["lib/page.ts"],
  "lib/commands/mcp/install.ts": ["lib/commands/check_flags.ts"],
  "lib/commands/hook/install.ts": ["lib/commands/check_flags.ts"],
};
const graph: Graph = {
  importsOf: (path) => IMPORTS[path] ?? [],
  usedImportsOf: () => assert.fail("what is only passed on can be run as well"),
  dynamicImportsOf: (path) => path === "lib/page.ts" ? ["lib/ui/page_answer.ts"] : [],
  sizeOf: () => 0,
};
const inputs = commandInputs(graph);

Deno.test("commandInputs() has what a command imports and the module of the thread, nothing of packages", () => {
  assert.deepEqual(inputs.find(({ name }) => name === "verify"), {
    name: "verify",
    subcommands: ["chain", "session-chain"],
    files: [
      "main.ts",
      "lib/commands/verify.ts",
      "lib/effects/journal_request.ts",
      "lib/zip.ts",
      "lib/effects/journal_worker.ts",
    ],
  });
});

Deno.test("commandInputs() leaves out commands that run more than they import: a page, other commands", () => {
  const names = inputs.map(({ name }) => name);
  const missing = TABLE.filter(({ name }) => !names.includes(name)).map(({ name }) => name);
  assert.deepEqual(missing.sort(), ["doctor", "hook install", "mcp install", "pack export", "ui"]);
});

Deno.test("a line that begins with a name and none of its subcommands is that command's", () => {
  for (const { name, subcommands } of inputs) {
    const words = name.split(" ");
    for (const next of ["", "x", "--json", "--help", ...subcommands]) {
      const resolved = resolveCommand([...words, next], TABLE);
      const found = resolved.kind === "command" ? resolved.entry.name : undefined;
      // Without a command the line is refused: by modules that all commands share.
      assert.equal(found === undefined || found === name, !subcommands.includes(next), `${name} ${next}`);
    }
  }
});

Deno.test("moduleOf() is the module that the row of a command loads", async () => {
  for (const entry of TABLE) {
    const [{ default: command }, module] = await Promise.all([entry.load(), import(`../${moduleOf(entry)}`)]);
    assert.equal(module.default, command, entry.name);
  }
  assert.throws(() => moduleOf({ name: "x", load: () => assert.fail() }), /row of "x" names no module/);
});

Deno.test("no other module loads a file of the bundle by its place", async () => {
  const found: string[] = [];
  for (const path of await filesBelow(`${root}lib`, /(?<!_test)\.ts$/)) {
    if (/\bimport\.meta\b/.test(await Deno.readTextFile(path))) found.push(path.slice(root.length));
  }
  assert.deepEqual(found, Object.keys(BY_PLACE).sort());
});

/** Their `commands` are command lines. */
const OF_LINES = ["lib/commands/ci/init.ts", "lib/commands/text.ts"];

Deno.test("no other module of a command takes other commands from its call", async () => {
  const found: string[] = [];
  for (const path of await filesBelow(`${root}lib/commands`, /^(?!define\.ts$).*(?<!_test)\.ts$/)) {
    const text = await Deno.readTextFile(path);
    const code = text.replace(/\/\*[^]*?\*\/|\/\/.*|"[^"\n]*"|`[^`]*`/g, "");
    if (!/\b(?:commands|checkArguments)\b/.test(code) || text.includes('/check_flags.ts"')) continue;
    found.push(path.slice(root.length));
  }
  assert.deepEqual(found, [...LOADING_OTHERS, ...OF_LINES].sort());
});
