import assert from "node:assert/strict";
import { resolveCommand } from "../cli/resolve.ts";
import { findHot, HOT } from "./hot.ts";
import { TABLE } from "./table.ts";

Deno.test("findHot() finds what the table finds, for every command and following word", () => {
  const behind = [
    "",
    "x",
    "--json",
    "--help",
    "--explain",
    "chain",
    "session-chain",
    "eval",
    "stream",
    "Verify",
  ];
  const lines = TABLE.flatMap(({ name }) =>
    behind.map((word) => [...name.split(" "), ...(word === "" ? [] : [word])])
  );
  let found = 0;
  for (
    const argv of [...lines, [], ["gate"], ["Gate", "eval"], ["gate eval"], ["--version"], ["verify", ""]]
  ) {
    const hot = findHot(argv, HOT);
    if (hot === undefined) continue;
    found++;
    const resolved = resolveCommand(argv, TABLE);
    assert.ok(resolved.kind === "command" && resolved.entry === hot, argv.join(" "));
    assert.deepEqual(resolved.rest, argv.slice(hot.name.split(" ").length));
  }
  assert.ok(found >= 3 * (behind.length - 2), `${found}`);
});

Deno.test("HOT is a part of the table, and lists the commands whose names begin with one of its own", () => {
  for (const hot of HOT) {
    assert.ok(TABLE.includes(hot), hot.name);
    const longer = TABLE.filter(({ name }) => name.startsWith(`${hot.name} `));
    assert.deepEqual(longer.map(({ name }) => name.slice(hot.name.length + 1)), hot.subcommands);
  }
});
