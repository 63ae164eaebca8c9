import assert from "node:assert/strict";
import { PAGE, renderPage } from "../../scripts/docs.ts";
import { entry, FAKE_TABLE } from "../../tests/support/fake_cli.ts";
import { text } from "../commands/define.ts";
import { TABLE } from "../commands/table.ts";
import { withBuiltins } from "./builtins.ts";
import { argumentRows, loadAll, ownFlagRows } from "./catalog.ts";
import { cliReference } from "./reference.ts";

Deno.test("docs/cli.md is what the table says now; else run: deno task docs", async () => {
  assert.equal(await Deno.readTextFile(PAGE), await renderPage());
});

Deno.test("cliReference() has a linked row, a heading, a usage line and all flags of every command", async () => {
  const listed = await loadAll(withBuiltins(FAKE_TABLE));
  const page = cliReference(listed);
  const sections = page.split("\n### ").slice(1);
  listed.forEach(({ entry, command }, i) => {
    assert(
      page.includes(
        `| [\`gait ${entry.name}\`](#gait-${entry.name.replaceAll(" ", "-")}) | ${entry.summary} |`,
      ),
    );
    assert(sections[i]!.startsWith(`gait ${entry.name}\n`));
    assert(sections[i]!.includes("```sh\ngait " + entry.name));
    for (const { flag } of ownFlagRows(command)) {
      assert(sections[i]!.includes(`| \`${flag.replaceAll("|", "\\|")}\` |`));
    }
    for (const example of command.examples) assert(sections[i]!.includes(example));
  });
});

Deno.test("cliReference() keeps tables whole when a text has a bar in it", async () => {
  const flags = { way: text("a|b", "left | right", { default: "x|y" }) };
  const page = cliReference(await loadAll([{ ...entry("probe", { flags }), summary: "this | that" }]));
  for (const row of page.split("\n").filter((line) => line.startsWith("| "))) {
    assert([2, 3].includes(row.replaceAll("\\|", "").split("|").length - 2), row);
  }
});

Deno.test("TABLE describes every command: one line of prose, help for each flag, an example that calls it", async () => {
  for (const { entry, command } of await loadAll(withBuiltins(TABLE))) {
    assert(/^[A-Z].*[^.]$/.test(entry.summary) && entry.summary.length <= 70, `summary of ${entry.name}`);
    assert(/^[A-Z][^\n]*\.$/.test(command.explain), `prose of ${entry.name}`);
    assert(ownFlagRows(command).every(({ help }) => help !== ""), `flags of ${entry.name}`);
    assert(
      argumentRows(command).every(({ help }) => help !== "" && help !== "optional"),
      `arguments of ${entry.name}`,
    );
    assert(command.examples.length > 0, `examples of ${entry.name}`);
    for (const example of command.examples) assert(example.includes(`gait ${entry.name}`), example);
  }
});
