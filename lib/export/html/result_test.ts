import assert from "node:assert/strict";
import { jobPackSample, runPackSample, swap } from "../../../tests/support/sample_packs.ts";
import { testKey } from "../../../tests/support/sample_run.ts";
import { formatPublicKey } from "../../signing/mod.ts";
import { verifyForPage } from "./result.ts";

const key = await testKey(1);
const right = formatPublicKey(key.public);
const wrong = formatPublicKey((await testKey(2)).public);

Deno.test("verifyForPage() says verified only when the reader's key signed an intact pack", async () => {
  const signed = await runPackSample(key);
  const bare = await runPackSample();
  const damaged = await swap(signed, { "run_payload.json": "{}" });
  const cases = [
    [signed, "", "signer_unknown"],
    [signed, right, "verified"],
    [signed, wrong, "not_verified"],
    [bare, "", "not_signed"],
    [bare, right, "not_signed"],
    [damaged, "", "not_verified"],
    [damaged, right, "not_verified"],
    [signed.slice(0, -1), right, "not_verified"],
    [new Uint8Array(), right, "not_verified"],
    [signed, "no key", "not_verified"],
    [signed, "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "not_verified"], // the identity point
  ] as const;
  for (const [bytes, keyText, outcome] of cases) {
    const result = await verifyForPage(bytes, { keyText, strict: false });
    assert.equal(result.outcome, outcome, `${keyText} ${result.json}`);
    assert.equal(JSON.parse(result.json).ok, outcome !== "not_verified");
  }
});

Deno.test("verifyForPage() demands a signature by the given key when the reader is strict", async () => {
  const strict = (bytes: Uint8Array<ArrayBuffer>, keyText: string) =>
    verifyForPage(bytes, { keyText, strict: true }).then(({ outcome }) => outcome);
  assert.equal(await strict(await jobPackSample(key), right), "verified");
  assert.equal(await strict(await jobPackSample(), right), "not_verified");
  assert.equal(await strict(await jobPackSample(), ""), "not_signed"); // the page can't be strict without a key
});
