import assert from "node:assert/strict";
import { entry, FAKE_TABLE } from "../../tests/support/fake_cli.ts";
import { resolveCommand, type Resolved } from "./resolve.ts";

const resolve = (...argv: string[]) => resolveCommand(argv, FAKE_TABLE);

/** A resolved line in one word or two. */
function brief(resolved: Resolved): string {
  switch (resolved.kind) {
    case "command":
      return [resolved.entry.name, ...resolved.rest].join("|");
    case "help":
      return `help: ${resolved.topic}`;
    case "usage":
      return `usage: ${resolved.topic} ${resolved.exit}`;
    default:
      return resolved.kind;
  }
}

Deno.test("resolveCommand() finds commands by their longest name", () => {
  const cases: [string[], string][] = [
    [["demo"], "demo"],
    [["demo", "--json", "x"], "demo|--json|x"],
    [["run", "record", "a.json"], "run record|a.json"],
    [["verify", "run_demo"], "verify|run_demo"],
    [["verify", "--json", "chain"], "verify|--json|chain"],
    [["verify", "chain", "--run", "x"], "verify chain|--run|x"],
    [["keys", "trust", "add", "k"], "keys trust add|k"],
  ];
  for (const [argv, expected] of cases) assert.equal(brief(resolve(...argv)), expected);
});

Deno.test("resolveCommand() runs a command that stands behind dashes only with them", () => {
  const traced = (...argv: string[]) =>
    brief(
      resolveCommand(argv, [...FAKE_TABLE, { ...entry("trace"), behindDashes: true }, entry("trace verify")]),
    );
  assert.equal(traced("trace", "--", "make"), "trace|--|make");
  assert.equal(traced("trace", "--timeout", "5s", "--", "make"), "trace|--timeout|5s|--|make");
  assert.equal(traced("trace", "--explain"), "trace|--explain");
  for (const rest of [[], ["make"], ["--help"], ["-h"], ["--json"]]) {
    assert.equal(traced("trace", ...rest), "usage: trace 6");
  }
});

Deno.test("resolveCommand() answers version to its three spellings", () => {
  for (const word of ["version", "--version", "-v"]) {
    assert.equal(brief(resolve(word, "x", "--json")), "version|x|--json");
  }
});

Deno.test("resolveCommand() answers help to its three spellings", () => {
  for (const word of ["help", "--help", "-h"]) {
    assert.equal(brief(resolve(word)), "help: ");
    assert.equal(brief(resolve(word, "run", "record", "--json")), "help: run record");
  }
});

Deno.test("resolveCommand() refuses a flag that help does not know", () => {
  for (const word of ["help", "--help", "-h"]) {
    assert.equal(brief(resolve(word, "run", "--help", "-h", "--json=true")), "help: run");
    const refused = resolve(word, "run", "--jsn");
    assert(refused.kind === "unknown");
    assert.match(refused.error.message, /"--jsn"/);
  }
});

Deno.test("resolveCommand() explains the program and groups", () => {
  for (
    const argv of [["--explain"], ["run", "--explain"], ["run", "--json", "--explain"], [
      "keys",
      "trust",
      "--explain",
    ]]
  ) {
    const resolved = resolve(...argv);
    assert.equal(resolved.kind, "explain");
    assert(resolved.kind === "explain" && resolved.text !== "" && !resolved.text.includes("\n"));
  }
});

Deno.test("resolveCommand() explains no group behind a word that is not a subcommand", () => {
  for (const rest of [["bogus", "--explain"], ["bogus", "--ref", "--explain"], ["--", "--explain"]]) {
    assert.equal(brief(resolve("run", ...rest)), "usage: run 6");
  }
});

Deno.test("resolveCommand() answers usage to a group without a valid subcommand: exit 6", () => {
  for (
    const rest of [[], ["bogus"], ["--json"], ["--help"], ["-h"], [""], ["record "], ["Record"], [
      "--",
      "record",
    ]]
  ) {
    assert.equal(brief(resolve("run", ...rest)), "usage: run 6");
  }
  assert.equal(brief(resolve("keys")), "usage: keys 6");
  assert.equal(brief(resolve("keys", "bogus")), "usage: keys 6");
  assert.equal(brief(resolve("keys", "trust", "bogus")), "usage: keys trust 6");
  for (const group of ["regress"]) assert.equal(brief(resolve(group, "--help")), `usage: ${group} 6`);
});

Deno.test("resolveCommand() lets keys answer --help with success", () => {
  for (const argv of [["keys", "--help"], ["keys", "-h"], ["keys", "trust", "--help"]]) {
    const resolved = resolve(...argv);
    assert(resolved.kind === "usage" && resolved.exit === 0);
  }
});

Deno.test("resolveCommand() never guesses: case, blanks and words glued together are unknown", () => {
  for (
    const word of [
      "frobnicate",
      "Demo",
      " demo",
      "demo ",
      "",
      "--bogus",
      "run record",
      "__proto__",
      "toString",
    ]
  ) {
    const resolved = resolve(word);
    assert(resolved.kind === "unknown", word);
    assert.equal(resolved.error.code, "invalid_input");
  }
});

Deno.test("resolveCommand() says what may have been meant", () => {
  const unknown = resolve("demmo");
  assert(unknown.kind === "unknown");
  assert.match(unknown.error.hint!, /gait demo$/);
  const group = resolve("run", "recrod");
  assert(group.kind === "usage");
  assert.match(group.error.hint!, /gait run record$/);
});

Deno.test("resolveCommand() suggests no group that the line names already", () => {
  for (const group of ["run", "keys"]) {
    const resolved = resolve(group, "frobnicate");
    assert.equal(
      resolved.kind === "usage" && resolved.error.hint,
      `See its commands with: gait help ${group}`,
    );
  }
});

Deno.test("resolveCommand() refuses a retired spelling with its replacement", () => {
  const resolved = resolveCommand(["mcp-verify", "--json"], [...FAKE_TABLE, entry("mcp verify")]);
  assert(resolved.kind === "unknown");
  assert.equal(resolved.error.code, "invalid_input");
  assert.match(resolved.error.hint!, /gait mcp verify$/);
  assert.deepEqual(resolved.fields, {
    migration: {
      kind: "command",
      deprecated_command: "gait mcp-verify",
      replacement_command: "gait mcp verify",
    },
  });
});

Deno.test("resolveCommand() says how the program is upgraded and removed, which it can't do itself", () => {
  for (const word of ["install", "uninstall", "update", "upgrade"]) {
    const resolved = resolve(word);
    assert.ok(resolved.kind === "unknown");
    assert.match(resolved.error.hint ?? "", /docs\/install.md|gait mcp install/, word);
  }
});
