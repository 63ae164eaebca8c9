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
