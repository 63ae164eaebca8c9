import assert from "node:assert/strict";
import { entry, FAKE_TABLE } from "../../../tests/support/fake_cli.ts";
import { choice, path, paths, text } from "../../commands/define.ts";
import { withBuiltins } from "../builtins.ts";
import { completionModel, takenBy, takesOf } from "./model.ts";

const places = await completionModel(withBuiltins(FAKE_TABLE));
const at = (path: string) => places.find((place) => place.path === path)!;
const words = (path: string) => at(path).children.map(({ word }) => word);

Deno.test("completionModel() offers the words of every level once, in the order of the table", () => {
  assert.deepEqual(words(""), [
    "demo",
    "verify",
    "run",
    "regress",
    "keys",
    "version",
    "help",
    "completion",
    "man",
  ]);
  assert.deepEqual(words("run"), ["record", "diff"]);
  assert.deepEqual(words("verify"), ["chain"]);
  assert.deepEqual(words("keys"), ["init", "trust"]);
  assert.deepEqual(words("keys trust"), ["add", "list"]);
  assert.deepEqual(words("run record"), []);
  assert.equal(new Set(places.map(({ path }) => path)).size, places.length);
});

Deno.test("completionModel() lets help be followed by any command", () => {
  for (const path of ["", "run", "keys", "keys trust", "verify"]) {
    assert.deepEqual(words(`help ${path}`.trim()), words(path));
  }
});

Deno.test("completionModel() knows the flags of a command and what they take", () => {
  const flags = Object.fromEntries(at("verify").flags.map(({ name, takes }) => [name, takes]));
  assert.deepEqual(flags, {
    "profile": { kind: "words", words: ["standard", "strict"] },
    "public-key": { kind: "file" },
    "public-key-env": { kind: "variable" },
    "quick": undefined,
    "json": undefined,
    "explain": undefined,
    "help": undefined,
  });
});

Deno.test("completionModel() offers what each argument names", () => {
  assert.deepEqual(at("verify").positionals, [{ kind: "run" }]);
  assert.deepEqual(at("run diff").positionals, [{ kind: "run" }, { kind: "run" }]);
  assert.deepEqual(at("run record").positionals, [{ kind: "file" }]);
  assert.deepEqual([at("regress init").positionals, at("regress init").repeats], [[{ kind: "file" }], true]);
  assert.deepEqual(at("completion").positionals, [
    { kind: "words", words: ["bash", "zsh", "fish", "powershell"] },
  ]);
});

Deno.test("takenBy() distinguishes files, folders, runs, variables and words", () => {
  for (const flag of [path, paths]) {
    assert.deepEqual(takenBy(flag("run_id|path", "")), { kind: "run" });
    assert.deepEqual(takenBy(flag("run_ids|paths", "")), { kind: "run" });
    assert.deepEqual(takenBy(flag("folder", "")), { kind: "folder" });
    for (const name of ["file", "files", "path", "path|url"]) {
      assert.deepEqual(takenBy(flag(name, "")), { kind: "file" });
    }
  }
  assert.deepEqual(takenBy(text("variable", "")), { kind: "variable" });
  for (const name of ["name", "id"]) assert.deepEqual(takenBy(text(name, "")), { kind: "text" });
  assert.deepEqual(takenBy(text("latest|n", "")), { kind: "words", words: ["latest"] });
  assert.deepEqual(takenBy(choice("mode", "", ["dev", "prod"])), { kind: "words", words: ["dev", "prod"] });
});

Deno.test("takesOf() offers what an argument names", () => {
  for (const kind of ["file", "folder", "run"] as const) {
    assert.deepEqual(takesOf({ name: "<x.json>", path: kind }), { kind });
  }
  assert.deepEqual(takesOf("<low|high>"), { kind: "words", words: ["low", "high"] });
  assert.deepEqual(takesOf("[publisher...]"), { kind: "text" });
});

Deno.test("completionModel() drops words that a shell would not take literally", async () => {
  const hostile = ["good", "$(touch x)", "a b", "`id`", "'", "-rf", "a;b", "*"];
  const table = [entry("probe", { flags: { mode: choice("mode", "", hostile) } })];
  const place = (await completionModel(table)).find(({ path }) => path === "probe")!;
  assert.deepEqual(place.flags[0]!.takes, { kind: "words", words: ["good"] });
});
