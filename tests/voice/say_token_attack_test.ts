/*
 * The attacks of docs/threat_model.md on say-tokens: texts (8 to 10), signatures (26 to 31), replay and time (32, 33). A token
 * that is accepted must say exactly what was signed; under `--strict` it must be what was written, byte for byte.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../../lib/errors/mod.ts";
import { base64, utf8 } from "../../lib/formats/bytes.ts";
import { type JsonObject, prettyJson, readJsonObject, without } from "../../lib/formats/json/mod.ts";
import { timeOfMillis } from "../../lib/formats/time.ts";
import { keyFromSeed, signDocument } from "../../lib/signing/mod.ts";
import { checkSayToken } from "../../lib/voice/check_say_token.ts";
import { encodeUnsigned, readSayToken } from "../../lib/voice/say_token.ts";
import { MINTED_AT, sayTokenQuestion, sayTokenSample } from "../support/sample_calls.ts";
import { testKey } from "../support/sample_run.ts";

const [alice, eve] = await Promise.all([testKey(1), testKey(2)]);
const { token, file } = await sayTokenSample(alice);
const document = readJsonObject(file, { what: "token" });
const signature = document["signature"] as JsonObject;

/** What became of a token: `ok`, a code, or the code of the error. */
async function outcomeOf(bytes: Uint8Array, { key = alice.public, strict = false } = {}): Promise<string> {
  try {
    return await checkSayToken(readSayToken(bytes, "token"), sayTokenQuestion(key, { strict })) ?? "ok";
  } catch (error) {
    if (error instanceof GaitError) return error.code;
    throw error;
  }
}

const altered = (members: JsonObject) => outcomeOf(prettyJson({ ...document, ...members }));
const signedAs = (members: JsonObject) => altered({ signature: { ...signature, ...members } });

Deno.test("a say-token never verifies strictly when any bit of it is flipped, and never says anything else", async () => {
  assert.equal(await outcomeOf(file, { strict: true }), "ok");
  const bytes = file.slice();
  for (let at = 0; at < bytes.length; at++) {
    for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
      bytes[at]! ^= mask;
      const place = `byte ${at} ^ ${mask}`;
      assert.notEqual(await outcomeOf(bytes, { strict: true }), "ok", place);
      // Spelling is tolerated (docs/spec/voice.md 4.1): then the token must say what was signed, to the last member.
      if (await outcomeOf(bytes) === "ok") {
        assert.deepEqual(encodeUnsigned(readSayToken(bytes, "token").token), encodeUnsigned(token), place);
      }
      bytes[at]! ^= mask;
    }
  }
});

Deno.test("a say-token that is cut anywhere does not verify", async () => {
  // Without the newline at its end it is still the whole token.
  for (let length = 0; length < file.length - 1; length++) {
    assert.notEqual(await outcomeOf(file.slice(0, length)), "ok", `cut at ${length}`);
  }
  assert.notEqual(await outcomeOf(file.slice(0, -1), { strict: true }), "ok");
});

Deno.test("a say-token with any other member is refused, or says the same", async () => {
  const names = Object.keys(without(document, "signature"));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.jsonValue(), async (name, value) => {
      const bytes = prettyJson({ ...document, [name]: value as JsonObject });
      if (await outcomeOf(bytes) !== "ok") return;
      assert.deepEqual(encodeUnsigned(readSayToken(bytes, "token").token), encodeUnsigned(token));
    }),
    { numRuns: 500 },
  );
});

Deno.test("attacks 8 to 10 and 12: a say-token that readers could take differently is refused", async () => {
  const text = new TextDecoder().decode(file);
  for (
    const odd of [
      text.replace("{", '{"expires_at":"2036-01-01T00:00:00Z",'),
      text.replace("{", '{"EXPIRES_AT":"2036-01-01T00:00:00Z",'),
      text.replace("{", '{"\\u0065xpires_at":"2036-01-01T00:00:00Z",'),
      text.replace("50000", "50000.0"),
      text.replace("50000", "5e4"),
      text.replace("50000", "9007199254740993"),
      text.replace("50000", "1e400"),
      "\ufeff" + text,
      text.replace("{", `{"x":${"[".repeat(20_000)}${"]".repeat(20_000)},`),
    ]
  ) {
    assert.notEqual(odd, text);
    assert.equal(await outcomeOf(utf8(odd)), "invalid_input", odd.slice(0, 50));
  }
});

Deno.test("attack 9: an amount beyond 2^53 can't change under a valid signature", async () => {
  await assert.rejects(
    sayTokenSample(alice, (commitment) => commitment.refund_ceiling_cents = 2 ** 53),
    { code: "invalid_input" },
  );
  const { file: most } = await sayTokenSample(
    alice,
    (commitment) => commitment.refund_ceiling_cents = 2 ** 53 - 1,
  );
  assert.equal(await outcomeOf(most), "ok");
  const text = new TextDecoder().decode(most);
  for (const other of ["9007199254740990", "9007199254740992", "9007199254740991.0", "9007199254740991.1"]) {
    assert.notEqual(await outcomeOf(utf8(text.replace("9007199254740991", other))), "ok", other);
  }
});

Deno.test("attacks 26 and 27: a say-token without a whole Ed25519 signature does not count", async () => {
  assert.equal(await outcomeOf(prettyJson(without(document, "signature"))), "say_token_signature_missing");
  assert.equal(await altered({ signature: null }), "say_token_signature_missing");
  const sig = String(signature["sig"]);
  for (
    const members of [
      { sig: "" },
      { sig: sig.slice(0, -4) },
      { sig: base64(new Uint8Array(64)) },
      { sig: base64(new Uint8Array(64).fill(255)) },
      { sig: sig + sig },
      { signed_digest: "" },
      { signed_digest: null },
      { signed_digest: "0".repeat(64) },
      { signed_digest: String(signature["signed_digest"]).toUpperCase() },
      { alg: "none" },
      { alg: "HS256" },
      { alg: "Ed25519ph" },
      { alg: "" },
      { key_id: eve.public.id },
    ]
  ) assert.equal(await signedAs(members), "say_token_signature_invalid", JSON.stringify(members));
  for (const kind of [[], [signature], "x", 1]) {
    assert.equal(await altered({ signature: kind }), "invalid_input");
  }
});

Deno.test("attack 28: the key is the one that was named, never one that the token names", async () => {
  assert.equal(await outcomeOf(file, { key: eve.public }), "say_token_signature_invalid");
  const { file: hers } = await sayTokenSample(eve);
  assert.equal(await outcomeOf(hers), "say_token_signature_invalid");
  const written = readJsonObject(hers, { what: "token" });
  const claimed = { ...written["signature"] as JsonObject, key_id: alice.public.id };
  assert.equal(
    await outcomeOf(prettyJson({ ...written, signature: claimed })),
    "say_token_signature_invalid",
  );
});

Deno.test("attack 30: what the same key signed elsewhere is no say-token", async () => {
  const unsigned = without(document, "signature");
  for (const schemaId of ["gait.gate.approval_token", "gait.gate.trace", "gait.voice.commitment_intent"]) {
    const other = { ...unsigned, schema_id: schemaId };
    const moved = { ...await signDocument(other, alice) };
    assert.equal(await outcomeOf(prettyJson({ ...other, signature: moved })), "say_token_invalid");
    assert.equal(
      await outcomeOf(prettyJson({ ...unsigned, signature: moved })),
      "say_token_signature_invalid",
    );
  }
  // A document without a schema id is another document: its digest is not that of a token.
  const bare = without(unsigned, "schema_id");
  const signed = { ...await signDocument(bare, alice) };
  assert.equal(await outcomeOf(prettyJson({ ...bare, signature: signed })), "say_token_signature_invalid");
});

Deno.test("attack 33: a time that is none, and a token that ran out, give no leave", async () => {
  for (const expires_at of ["never", "", 9_999_999_999, "2026-13-01T00:00:00Z", "2026-03-02 09:02:00"]) {
    assert.equal(await altered({ expires_at }), "invalid_input", String(expires_at));
  }
  assert.equal(await altered({ expires_at: "9999-12-31T23:59:59Z" }), "say_token_signature_invalid");
  const late = sayTokenQuestion(alice.public, { now: timeOfMillis(MINTED_AT + 120_000) });
  assert.equal(await checkSayToken(readSayToken(file, "token"), late), "say_token_expired");
});

Deno.test("any two say-tokens of different places have different ids and never replace each other", async () => {
  const place = fc.record({ turn: fc.nat({ max: 3 }), seq: fc.integer({ min: 1, max: 4 }) });
  const key = await keyFromSeed(new Uint8Array(32).fill(7));
  await fc.assert(
    fc.asyncProperty(place, place, async (a, b) => {
      const at = ({ turn, seq }: typeof a) => (commitment: { turn_index: number; call_seq: number }) => {
        commitment.turn_index = turn;
        commitment.call_seq = seq;
      };
      const [left, right] = [await sayTokenSample(key, at(a)), await sayTokenSample(key, at(b))];
      const same = a.turn === b.turn && a.seq === b.seq;
      assert.equal(left.token.token_id === right.token.token_id, same);
      const asked = sayTokenQuestion(key.public, { strict: true, turnIndex: a.turn, callSeq: a.seq });
      const code = await checkSayToken(readSayToken(right.file, "token"), asked);
      assert.equal(code, same ? undefined : "say_token_call_binding_mismatch");
    }),
    { numRuns: 60 },
  );
});
