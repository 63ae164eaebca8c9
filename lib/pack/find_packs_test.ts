import assert from "node:assert/strict";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { findPacks, isManyPacks } from "./find_packs.ts";

const FILES = memoryFiles({
  "a/one.zip": "",
  "a/two.ZIP": "",
  "a/notes.txt": "",
  "a/deep/three.zip": "",
  "a/deep/x/four.zip": "",
  "odd[1].zip": "",
});

Deno.test("findPacks() expands folders and patterns, each pack once", async () => {
  const cases: [string[], string[]][] = [
    [["a"], ["a/one.zip", "a/two.ZIP"]],
    [["a/"], ["a/one.zip", "a/two.ZIP"]],
    [["a/*.zip"], ["a/one.zip"]],
    [["a/**/*.zip"], ["a/one.zip", "a/deep/three.zip", "a/deep/x/four.zip"]],
    [["a/*/t*.zip", "a/one.zip", "a/one.zip"], ["a/deep/three.zip", "a/one.zip"]],
    [["a/[!n]??.zip"], ["a/one.zip"]],
    [["odd[1].zip"], ["odd[1].zip"]],
  ];
  for (const [targets, expected] of cases) {
    assert.deepEqual(await findPacks(targets, FILES), expected, targets.join());
  }
});

Deno.test("findPacks() refuses a target that finds nothing", async () => {
  for (const target of ["", "gone.zip", "b/*.zip", "a/*.tar", "a/notes", "a/[z-a].zip"]) {
    await assert.rejects(findPacks(["a", target], FILES), { code: "invalid_input" }, target);
  }
});

Deno.test("findPacks() tries a pattern of many stars on a long name in no time", async () => {
  const files = memoryFiles({ [`many/${"a".repeat(200)}`]: "" });
  // A regular expression would take longer than anybody lives.
  await assert.rejects(findPacks(["a*".repeat(40).replace(/^/, "many/") + "b"], files), {
    code: "invalid_input",
  });
});

Deno.test("isManyPacks() distinguishes folders and patterns from single packs", async () => {
  for (
    const [target, many] of [["a", true], ["a/*.zip", true], ["a/one.zip", false], [
      "odd[1].zip",
      false,
    ]] as const
  ) {
    assert.equal(await isManyPacks(target, FILES), many, target);
  }
  assert.equal(await isManyPacks("gone.zip", FILES), false);
});
