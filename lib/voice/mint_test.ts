import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { readJsonObject, without } from "../formats/json/mod.ts";
import { checkSignature, digestOf, sha256, type Signature } from "../signing/mod.ts";
import { sayTokenSample } from "../../tests/support/sample_calls.ts";
import { testKey } from "../../tests/support/sample_run.ts";

const key = await testKey(1);

Deno.test("mintSayToken() signs the digest of everything but the signature, and names the token by its place", async () => {
  const { token, file } = await sayTokenSample(key);
  const written = readJsonObject(file, { what: "token" });
  const signature = written["signature"] as unknown as Signature;
  const unsigned = without(written, "signature");
  assert.equal(await checkSignature(signature, await digestOf(unsigned), key.public), undefined);
  const { intent_digest, policy_digest } = token;
  const text = `${intent_digest}:${policy_digest}:call_12:4:2:refund:2026-03-02T09:02:00Z`;
  assert.equal(token.token_id, (await sha256(utf8(text))).slice(0, 24));
});

Deno.test("mintSayToken() writes members in the order of the specification, without the empty ones", async () => {
  const { file } = await sayTokenSample(key, (commitment) => commitment.turn_index = 0);
  assert.deepEqual(Object.keys(readJsonObject(file, { what: "token" })), [
    "schema_id",
    "schema_version",
    "created_at",
    "producer_version",
    "token_id",
    "commitment_class",
    "intent_digest",
    "policy_digest",
    "call_id",
    "turn_index",
    "call_seq",
    "currency",
    "refund_ceiling_cents",
    "expires_at",
    "signature",
  ]);
  assert.equal(file.at(-1), 0x0a);
});
