import assert from "node:assert/strict";
import type { Files } from "../effects/mod.ts";
import { locateSealed } from "./verify_sealed.ts";

/** Every file is there, so a refusal comes from the path alone. */
const files = { isFile: () => Promise.resolve(true) } as unknown as Files;

Deno.test("locateSealed() refuses a runpack outside of the folder, or that Windows would take for another", async () => {
  for (
    const path of [
      "../x.zip",
      "..\\x.zip",
      "a\\..\\..\\x.zip",
      "C:x.zip",
      "C:\\x.zip",
      "\\\\host\\x.zip",
      "a/NUL.zip",
    ]
  ) {
    await assert.rejects(locateSealed(files, "gait-out/chain.json", path), { code: "invalid_input" }, path);
  }
  assert.equal(await locateSealed(files, "gait-out/chain.json", "gait-out/x.zip"), "gait-out/x.zip");
});
