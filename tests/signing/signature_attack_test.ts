/*
 * The attacks on signatures of docs/threat_model.md 8 and 26 to 31, on whole artifacts: a runpack and a trace record.
 * What a single check does with each lie stands beside the code in lib/signing.
 */
import assert from "node:assert/strict";
import * as noble from "@noble/ed25519";
import { makeFiles } from "../../lib/effects/mod.ts";
import { verifyRunpack } from "../../lib/runpack/verify.ts";
import { base64, concat, fromHex, hex, utf8 } from "../../lib/formats/bytes.ts";
import { canonicalBytes, type JsonObject, readJsonObject } from "../../lib/formats/json/mod.ts";
import { verifyTrace } from "../../lib/gate/trace/verify.ts";
import { digestOf, loadSigningKey, loadTrustedKeys, sha256, signDocument } from "../../lib/signing/mod.ts";
import { byFlag, byStore, packSample, repack, testKey, unpack } from "../support/sample_run.ts";

const INVALID = { code: "invalid_input" };
const [alice, eve] = await Promise.all([testKey(1), testKey(2)]);

const TRACE: JsonObject = {
  schema_id: "gait.gate.trace",
  schema_version: "1.0.0",
  created_at: "2026-01-01T00:00:00Z",
  trace_id: "trace_1",
  tool_name: "tool.delete",
  verdict: "block",
  latency_ms: 1.5,
};
const signedTrace: JsonObject = { ...TRACE, signature: { ...await signDocument(TRACE, alice) } };

/** Whether a trace verifies under the key of a flag and under the trust folder alike. */
async function traceHolds(trace: JsonObject | Uint8Array): Promise<boolean> {
  const bytes = trace instanceof Uint8Array ? trace : canonicalBytes(trace);
  const answers = await Promise.all(
    [byFlag(alice.public), byStore(alice.public)].map(async (trusted) =>
      (await verifyTrace(bytes, trusted)).ok
    ),
  );
  assert.equal(answers[0], answers[1]);
  return answers[0]!;
}

async function withManifest(change: (manifest: JsonObject) => JsonObject): Promise<Uint8Array<ArrayBuffer>> {
  const contents = await unpack((await packSample(undefined, alice)).bytes);
  const manifest = readJsonObject(contents.get("manifest.json")!, { what: "manifest" });
  return await repack(contents.set("manifest.json", canonicalBytes(change(manifest))));
}

Deno.test("a genuine trace verifies, in any spelling of the same JSON", async () => {
  assert.equal(await traceHolds(signedTrace), true);
  assert.equal(await traceHolds(utf8(JSON.stringify(signedTrace, null, 2) + "\n")), true);
  assert.equal(await traceHolds(Object.fromEntries(Object.entries(signedTrace).reverse())), true);
});

Deno.test("attack 26: a trace whose signature is removed, emptied or cut does not verify", async () => {
  const signature = signedTrace["signature"] as JsonObject;
  const lies: JsonObject[] = [
    TRACE,
    { ...TRACE, signature: null },
    { ...TRACE, signature: {} },
    { ...TRACE, signature: { ...signature, sig: "" } },
    { ...TRACE, signature: { ...signature, sig: base64(new Uint8Array(64)) } },
    { ...TRACE, signature: { ...signature, sig: String(signature["sig"]).slice(0, -4) } },
    { ...TRACE, signature: { ...signature, signed_digest: "" } },
    { ...TRACE, signature: { ...signature, signed_digest: null } },
  ];
  for (const lie of lies) assert.equal(await traceHolds(lie), false, JSON.stringify(lie["signature"]));
  for (const kind of [[], [signature], "x", 1]) {
    await assert.rejects(
      verifyTrace(canonicalBytes({ ...TRACE, signature: kind }), byFlag(alice.public)),
      INVALID,
    );
  }
});

Deno.test("attack 26: repeating one signature counts for no other signer", async () => {
  const bytes = await withManifest((manifest) => {
    const [signature] = manifest["signatures"] as JsonObject[];
    return { ...manifest, signatures: [signature!, signature!, signature!] };
  });
  const report = await verifyRunpack(bytes, { trusted: byFlag(eve.public), requireSignature: true });
  assert.deepEqual([report.ok, report.signature.status, report.signature.valid], [false, "failed", 0]);
});

Deno.test("attack 27: the algorithm is fixed by the key, the field is only compared", async () => {
  const signature = signedTrace["signature"] as JsonObject;
  for (const alg of ["none", "", "NONE", "HS256", "ed25519ph", "Ed25519", "EdDSA", null]) {
    assert.equal(await traceHolds({ ...TRACE, signature: { ...signature, alg } }), false);
  }
  // A MAC keyed with the public key, which everybody knows.
  const key = await crypto.subtle.importKey(
    "raw",
    alice.public.raw,
    { name: "HMAC", hash: "SHA-512" },
    false,
    ["sign"],
  );
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, fromHex(await digestOf(TRACE))!));
  for (const alg of ["HS512", "ed25519"]) {
    assert.equal(await traceHolds({ ...TRACE, signature: { ...signature, alg, sig: base64(mac) } }), false);
  }
});

Deno.test("attack 28: a key that stands in the artifact is never trust, whatever id it claims", async () => {
  const byEve = await signDocument(TRACE, eve);
  const lies: JsonObject[] = [
    { ...byEve },
    { ...byEve, key_id: alice.public.id },
    { ...byEve, key_id: "" },
    { ...byEve, public_key: base64(eve.public.raw) },
    { ...byEve, key_id: alice.public.id, public_key: base64(eve.public.raw) },
  ];
  for (const signature of lies) assert.equal(await traceHolds({ ...TRACE, signature }), false);
  await assert.rejects(
    verifyTrace(canonicalBytes({ ...TRACE, signature: { ...byEve } }), { source: "none" }),
    INVALID,
  );
});

Deno.test("attack 29: the identity point, under which anyone can sign, is refused wherever a key is loaded", async () => {
  const identity = fromHex("01" + "00".repeat(31))!;
  const forged = concat([identity, new Uint8Array(32)]); // R is the identity, S is 0
  // The attack is real: a verifier that follows ZIP 215 accepts it for any message.
  assert.equal(await noble.verifyAsync(forged, utf8("anything"), identity, { zip215: true }), true);

  const folder = await Deno.makeTempDir({ prefix: "gait-identity-" });
  try {
    const effects = {
      files: makeFiles(),
      env: { get: () => base64(identity) },
      random: (n: number) => new Uint8Array(n),
    };
    await Deno.writeTextFile(`${folder}/public.key`, base64(identity) + "\n");
    await Deno.writeTextFile(`${folder}/private.key`, base64(concat([alice.seed, identity])) + "\n", {
      mode: 0o600,
    });
    await assert.rejects(loadTrustedKeys({ publicKey: `${folder}/public.key` }, effects), INVALID);
    await assert.rejects(loadTrustedKeys({ publicKeyEnv: "KEY" }, effects), INVALID);
    await assert.rejects(loadTrustedKeys({ privateKey: `${folder}/private.key` }, effects), INVALID);
    await assert.rejects(loadSigningKey({ privateKey: `${folder}/private.key` }, effects), INVALID);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("attack 29: a signature with a point of small order as R is refused, under a good key", async () => {
  const path = new URL("../../testdata/ed25519/small_order.json", import.meta.url);
  const points: { hex: string }[] = JSON.parse(await Deno.readTextFile(path));
  const signature = signedTrace["signature"] as JsonObject;
  for (const { hex: point } of points) {
    const sig = base64(concat([fromHex(point)!, new Uint8Array(32)]));
    assert.equal(await traceHolds({ ...TRACE, signature: { ...signature, sig } }), false);
  }
});

Deno.test("attack 30: a signature moved to an artifact of another kind does not verify", async () => {
  const { signatures: [moved] } = readJsonObject(
    (await unpack((await packSample(undefined, alice)).bytes)).get("manifest.json")!,
    { what: "manifest" },
  ) as { signatures: [JsonObject] };
  assert.equal(await traceHolds({ ...TRACE, signature: moved }), false);
  assert.equal(
    await traceHolds({ ...TRACE, signature: { ...moved, signed_digest: await digestOf(TRACE) } }),
    false,
  );
  const bytes = await withManifest((manifest) => ({ ...manifest, signatures: [signedTrace["signature"]!] }));
  assert.equal(
    (await verifyRunpack(bytes, { trusted: byFlag(alice.public), requireSignature: true })).ok,
    false,
  );
  // A document that was signed as a trace is no manifest, even when its signature holds.
  const contents = await unpack((await packSample()).bytes);
  contents.set(
    "manifest.json",
    canonicalBytes({ ...TRACE, run_id: "run_x", signatures: [signedTrace["signature"]!] }),
  );
  await assert.rejects(verifyRunpack(await repack(contents), { trusted: byFlag(alice.public) }), INVALID);
});

Deno.test("attack 31: what is signed is what was delivered: any changed, added or removed member is noticed", async () => {
  for (const name of Object.keys(TRACE)) {
    const { [name]: _gone, ...rest } = signedTrace;
    assert.equal(await traceHolds(rest), false, `without ${name}`);
    const other = { ...signedTrace, [name]: typeof TRACE[name] === "string" ? `${TRACE[name]} ` : 2 };
    assert.equal(await traceHolds(other), false, `other ${name}`);
  }
  assert.equal(await traceHolds({ ...signedTrace, injected: null }), false);
  assert.equal(
    await traceHolds(
      Object.fromEntries([...Object.entries(signedTrace), ["__proto__", { verdict: "allow" }]]),
    ),
    false,
  );
});

Deno.test("attack 8: a member that occurs twice in a signed document is refused, not resolved", async () => {
  const text = new TextDecoder().decode(canonicalBytes(signedTrace));
  for (
    const twice of [
      text.replace('"verdict":"block"', '"verdict":"allow","verdict":"block"'),
      text.replace('"verdict":"block"', '"verdict":"block","verdict":"allow"'),
      text.replace('"verdict":"block"', String.raw`"verdict":"block","\u0076erdict":"block"`),
      text.replace('"alg":"ed25519"', '"alg":"none","alg":"ed25519"'),
    ]
  ) {
    assert.notEqual(twice, text);
    await assert.rejects(verifyTrace(utf8(twice), byFlag(alice.public)), (error: { code?: string }) => {
      return error.code === "invalid_input" || error.code === "verification_failed";
    });
  }
});

Deno.test("attack 9: numbers that a double can't hold are refused before anything is hashed", async () => {
  const text = new TextDecoder().decode(canonicalBytes(signedTrace));
  for (const number of ["1e400", "-1e999", "NaN", "Infinity"]) {
    await assert.rejects(verifyTrace(utf8(text.replace("1.5", number)), byFlag(alice.public)), INVALID);
  }
});

Deno.test("attack 11: look-alikes and other Unicode forms give other digests", async () => {
  const spellings = ["rm", "\uff52\uff4d", "r\u200bm", "rm\u00a0", "\u0440m", "RM", "re\u0301", "r\u00e9"];
  const digests = await Promise.all(spellings.map((tool_name) => digestOf({ ...TRACE, tool_name })));
  assert.equal(new Set(digests).size, spellings.length);
});

Deno.test("the id of a key comes from the key itself", async () => {
  for (const key of [alice, eve]) assert.equal(key.public.id, await sha256(key.public.raw));
  assert.equal(
    hex(alice.public.raw),
    hex(noble.etc.hexToBytes(hex((await noble.keygenAsync(alice.seed)).publicKey))),
  );
});
