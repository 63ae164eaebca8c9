import assert from "node:assert/strict";
import { GaitError } from "../errors/mod.ts";
import { entry, FAKE_TABLE } from "../../tests/support/fake_cli.ts";
import type { Line } from "../commands/text.ts";
import { withBuiltins } from "./builtins.ts";
import { ownFlagRows } from "./catalog.ts";
import { helpLines } from "./help.ts";

const TABLE = withBuiltins(FAKE_TABLE);
const help = async (topic: string, table = TABLE) => plain(await helpLines(topic, table, "1.2.3"));
const plain = (lines: readonly Line[]) => lines.map((line) => line.map(({ text }) => text).join(""));

/** Where the second column of an indented row begins; `undefined` for other lines. */
const secondColumn = (line: string) => /^ {2}\S(?:.*?\S)? {2,}(?=\S)/.exec(line)?.[0].length;

Deno.test("helpLines() lists every command under its goal, with its summary, aligned", async () => {
  const lines = await help("");
  for (const { name, summary, goal } of TABLE) {
    const row = lines.findIndex((line) => line.startsWith(`  ${name} `) && line.endsWith(summary));
    assert(row > 0, name);
    assert.equal(lines.slice(0, row).findLast((line) => line !== "" && !line.startsWith(" ")), goal);
  }
  const columns = TABLE.map(({ summary }) => secondColumn(lines.find((line) => line.endsWith(summary))!));
  assert.equal(new Set(columns).size, 1);
  assert(lines.every((line) => line.length <= 110));
});

Deno.test("helpLines() offers first steps, of commands that exist only", async () => {
  const steps = async (...names: string[]) =>
    (await help("", names.map((name) => entry(name)))).filter((line) => line.startsWith("  gait ")).join(
      "\n",
    );
  assert.match(await steps("demo", "verify"), /gait demo .*\n {2}gait verify run_demo /);
  assert(!/gait demo|gait verify|gait regress/.test(await steps("run record")));
});

Deno.test("helpLines() lists the commands of a group, and no others", async () => {
  const rows = async (group: string) =>
    (await help(group)).filter((line) => line.startsWith("  ")).map((line) => line.trim().split("  ")[0]);
  assert.deepEqual(await rows("run"), ["run record", "run diff"]);
  assert.deepEqual(await rows("keys"), ["keys init", "keys trust add", "keys trust list"]);
  assert.deepEqual(await rows("keys trust"), ["keys trust add", "keys trust list"]);
});

Deno.test("helpLines() shows all of a command: usage, prose, arguments, flags, examples, permissions", async () => {
  const lines = await help("verify");
  assert(lines.includes("Usage: gait verify <run_id|path> [flags]"));
  assert(lines.includes("Explains verify."));
  assert(lines.includes("  gait verify run_demo"));
  const flags = lines.filter((line) => line.startsWith("  --"));
  assert.deepEqual(flags.map((line) => line.trim().split(/ {2,}/)), [
    ["--profile <standard|strict>", "how strict (default standard)"],
    ["--public-key <file>", "the key"],
    ["--public-key-env <variable>", "variable of the key"],
    ["--quick", "less work"],
    ["--json", "print one JSON object"],
    ["--explain", "print a one-line description and do nothing else"],
    ["--help", "show this help"],
  ]);
  assert.equal(new Set(flags.map(secondColumn)).size, 1);
  const permissions = lines[lines.indexOf("Permissions") + 1]!;
  assert(permissions.includes("read files") && permissions.includes("read environment variables"));
  assert(!permissions.includes("write files") && !permissions.includes("start programs"));
  assert(lines.some((line) => line.startsWith("  verify chain ")));
});

Deno.test("helpLines() says when a command keeps no permission", async () => {
  const lines = await help("demo");
  assert.match(lines[lines.indexOf("Permissions") + 1]!, /^ {2}None/);
});

Deno.test("helpLines() loads a command for its own page only", async () => {
  const loaded: string[] = [];
  const table = FAKE_TABLE.map((listed) => ({
    ...listed,
    load: () => {
      loaded.push(listed.name);
      return listed.load();
    },
  }));
  for (const topic of ["", "run"]) await help(topic, table);
  assert.deepEqual(loaded, []);
  await help("run diff", table);
  assert.deepEqual(loaded, ["run diff"]);
});

Deno.test("helpLines() refuses an unknown topic with what may have been meant", async () => {
  const refused = async (topic: string) => {
    const error = await help(topic).then(() => undefined, (error: unknown) => error);
    assert(
      error instanceof GaitError && error.code === "invalid_input" && error.message.includes(`"${topic}"`),
    );
    return error.hint;
  };
  assert.equal(await refused("verfy"), "Did you mean: gait help verify");
  assert.equal(await refused("frobnicate"), "See all commands with: gait help");
  for (const topic of ["__proto__", "run ", " "]) await refused(topic);
});

Deno.test("withBuiltins() puts help, completion and man into the table that they read", async () => {
  assert.deepEqual(TABLE.map(({ name }) => name).slice(-3), ["help", "completion", "man"]);
  for (const name of ["help", "completion", "man"]) {
    const lines = await help(name);
    assert(lines.some((line) => line.startsWith(`Usage: gait ${name} `)), name);
  }
});

Deno.test("ownFlagRows() does not repeat a common flag that a command declares by itself", () => {
  const command = { flags: { json: { kind: "bool", help: "own" } } };
  assert.deepEqual(ownFlagRows(command as never), []);
});
