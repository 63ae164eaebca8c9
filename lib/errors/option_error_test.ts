import assert from "node:assert/strict";
import { GaitError, invalidOption, namingOptions, OptionError } from "./mod.ts";

const error = () =>
  invalidOption((name) => `${name("file")} or ${name("env")}, not {file}`, (name) => `Give ${name("file")}`);

Deno.test("an OptionError names fields as they are, until somebody knows them by other names", () => {
  const plain = error();
  assert.deepEqual([plain.code, plain.message, plain.hint], [
    "invalid_input",
    "file or env, not {file}",
    "Give file",
  ]);
  const named = plain.named((field) => `--${field}`);
  assert.ok(named instanceof GaitError && named.code === "invalid_input");
  assert.deepEqual([named.message, named.hint], ["--file or --env, not {file}", "Give --file"]);
});

Deno.test("an OptionError that is named twice is called as the outermost says", () => {
  const named = error().named((field) => `keys.${field}`).named((path) => `<${path}>`);
  assert.equal(named.hint, "Give <keys.file>");
});

Deno.test("namingOptions() names the options of a step, and leaves other errors and results alone", async () => {
  const fail = (thrown: Error) => namingOptions(() => Promise.reject(thrown), (field) => `keys.${field}`);
  await assert.rejects(
    fail(error()),
    (thrown) => thrown instanceof OptionError && thrown.hint === "Give keys.file",
  );
  const other = new Error("other");
  await assert.rejects(fail(other), (thrown) => thrown === other);
  assert.equal(await namingOptions(() => Promise.resolve(1), String), 1);
});
