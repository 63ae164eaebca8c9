import assert from "node:assert/strict";
import { bearerCheck } from "./bearer.ts";

Deno.test("bearerCheck() takes the token alone", async () => {
  const check = await bearerCheck("s3cret");
  for (const given of ["Bearer s3cret", "  Bearer   s3cret  "]) assert.equal(await check(given), true, given);
  for (
    const given of [
      undefined,
      "",
      "Bearer",
      "bearer s3cret",
      "Bearer s3cre",
      "Bearer s3cret x",
      "Basic s3cret",
      "s3cret",
    ]
  ) {
    assert.equal(await check(given), false, given);
  }
});
