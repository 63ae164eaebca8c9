import assert from "node:assert/strict";
import { fileError } from "./errors.ts";

Deno.test("fileError() says what a device is, and blames permissions for other files alone", () => {
  const refused = new Deno.errors.NotCapable("Requires all access");
  for (const path of ["/dev", "/dev/full", "/proc/self/mem", "/sys/x"]) {
    const { code, message, hint } = fileError("write", path, refused);
    assert.deepEqual([code, message], [
      "invalid_input",
      `Cannot write "${path}": it is a file of the system`,
    ]);
    assert.match(hint!, /regular file/);
  }
  for (const path of ["dev/full", "/devices/x", "/home/dev/x"]) {
    assert.match(fileError("write", path, refused).message, /permission is denied$/);
  }
});

Deno.test("fileError() names the folder that is missing where a file is to be made", () => {
  const missing = new Deno.errors.NotFound("os error 2");
  const rows = [
    ["write", "no/r.json", "mkdir -p no"],
    ["append to", "/a b/c/r.jsonl", "mkdir -p '/a b/c'"],
    ["lock", "-x/r.json", "mkdir -p ./-x"],
  ] as const;
  for (const [action, path, step] of rows) {
    const { code, hint } = fileError(action, path, missing);
    assert.deepEqual([code, hint], ["invalid_input", `Check the path, or make its folder: ${step}`]);
  }
  for (const [action, path] of [["read", "no/r.json"], ["write", "r.json"]] as const) {
    assert.match(fileError(action, path, missing).hint!, /a relative one counts from the working folder/);
  }
});
