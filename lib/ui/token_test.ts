import assert from "node:assert/strict";
import { makeTokens } from "./token.ts";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

Deno.test("a code is exchanged once, also by two at once, and is no token itself", async () => {
  const tokens = await makeTokens(random);
  const bearer = `Bearer ${tokens.issueCode()}`;
  assert.equal(await tokens.check(bearer), false);
  const found = await Promise.all([tokens.redeem(bearer), tokens.redeem(bearer)]);
  const [token] = found.filter((one) => one !== undefined);
  assert.equal(found.filter((one) => one !== undefined).length, 1);
  assert.equal(await tokens.check(`Bearer ${token}`), true);
  assert.equal(await tokens.redeem(bearer), undefined);
  for (const other of [undefined, "", "Bearer", "Bearer x", `Bearer ${token}`]) {
    assert.equal(await tokens.redeem(other), undefined);
  }
});

Deno.test("a given token is the one, and only the newest codes wait", async () => {
  const tokens = await makeTokens(random, "given");
  assert.equal(await tokens.check("Bearer given"), true);
  const codes = Array.from({ length: 17 }, () => tokens.issueCode());
  assert.equal(await tokens.redeem(`Bearer ${codes[0]}`), undefined);
  assert.equal(await tokens.redeem(`Bearer ${codes[16]}`), "given");
});
