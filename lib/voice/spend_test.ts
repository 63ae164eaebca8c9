import assert from "node:assert/strict";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { MINTED_AT, sayTokenSample } from "../../tests/support/sample_calls.ts";
import { testKey } from "../../tests/support/sample_run.ts";
import { spendSayToken } from "./spend.ts";

const key = await testKey(1);
const { token } = await sayTokenSample(key);
const { token: other } = await sayTokenSample(key, (commitment) => commitment.call_seq = 3);
const now = () => MINTED_AT;

Deno.test("spendSayToken() accepts every token once", async () => {
  const files = memoryFiles();
  assert.equal(await spendSayToken(files, "used", token, now), undefined);
  assert.equal(await spendSayToken(files, "used", token, now), "say_token_replayed");
  assert.equal(await spendSayToken(files, "used", { ...token }, now), "say_token_replayed");
  assert.equal(await spendSayToken(files, "used", other, now), undefined);
  assert.equal(files.paths().length, 2);
});

Deno.test("spendSayToken() gives a token to one of many concurrent callers", async () => {
  const files = memoryFiles();
  const won = await Promise.all(Array.from({ length: 32 }, () => spendSayToken(files, "used", token, now)));
  assert.equal(won.filter((late) => late === undefined).length, 1);
});

Deno.test("spendSayToken() fails when the use can't be written", async () => {
  const files = memoryFiles();
  await spendSayToken(files, "used", token, now);
  const [path] = files.paths();
  const full = memoryFiles();
  full.breakWrites(path!);
  await assert.rejects(spendSayToken(full, "used", token, now), { code: "io_failure" });
});

Deno.test("spendSayToken() permits no token that ran out while it waited for the ledger", async () => {
  let asked = 0;
  const end = Date.parse(token.expires_at);
  assert.equal(await spendSayToken(memoryFiles(), "used", token, () => end - 1), undefined);
  const files = memoryFiles();
  assert.equal(
    await spendSayToken(files, "used", token, () => asked++ === 0 ? end - 1 : end),
    "say_token_expired",
  );
  assert.equal(await spendSayToken(files, "used", token, now), "say_token_replayed");
});
