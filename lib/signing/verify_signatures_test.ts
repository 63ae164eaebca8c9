import assert from "node:assert/strict";
import { digestOf } from "./digest.ts";
import { encodeSignatures, verifySignatures } from "./verify_signatures.ts";
import { keyFromSeed, type PrivateKey } from "./keys.ts";
import { signDocument } from "./signature.ts";
import { LOCAL_DEV, NO_KEYS, type TrustedKeys } from "./trusted_keys.ts";

const [alice, bob, eve] = await Promise.all(
  [1, 2, 3].map((n) => keyFromSeed(new Uint8Array(32).fill(n))),
) as [
  PrivateKey,
  PrivateKey,
  PrivateKey,
];
const document = { run_id: "run_x" };
const digest = await digestOf(document);
const [byAlice, byBob, byEve] = await Promise.all(
  [alice, bob, eve].map((key) => signDocument(document, key)),
) as [
  Awaited<ReturnType<typeof signDocument>>,
  Awaited<ReturnType<typeof signDocument>>,
  Awaited<ReturnType<typeof signDocument>>,
];
const flag = (key: PrivateKey): TrustedKeys => ({ source: "flag", key: key.public });
const store = (names: Record<string, PrivateKey>): TrustedKeys => ({
  source: "store",
  keys: new Map(Object.entries(names).map(([name, key]) => [key.public.id, { key: key.public, name }])),
});

Deno.test("verifySignatures() reports missing without signatures, whichever keys are trusted", async () => {
  for (const trusted of [NO_KEYS, flag(alice), store({ alice })]) {
    assert.deepEqual(await verifySignatures([], digest, trusted), {
      status: "missing",
      errors: [],
      total: 0,
      valid: 0,
    });
  }
});

Deno.test("verifySignatures() skips without a key, and never uses one that only the artifact names", async () => {
  for (const trusted of [NO_KEYS, store({ alice }), store({})]) {
    const report = await verifySignatures([byEve, byEve], digest, trusted);
    assert.equal(report.status, "skipped");
    assert.equal(report.valid, 0);
    assert.equal(report.trust, undefined);
    assert.deepEqual(report.errors, ["public key not configured", "public key not configured"]);
  }
});

Deno.test("verifySignatures() verifies by flag", async () => {
  assert.deepEqual(await verifySignatures([byAlice], digest, flag(alice)), {
    status: "verified",
    errors: [],
    total: 1,
    valid: 1,
    trust: "flag",
    keys: [{ keyId: alice.public.id, result: "verified" }],
  });
});

Deno.test("verifySignatures() says whose each signature is, and what was found about it", async () => {
  const nameless = { ...byAlice, key_id: "" };
  const broken = { ...byBob, sig: byAlice.sig };
  const report = await verifySignatures([byEve, broken, byAlice], digest, store({ alice, bob }));
  assert.deepEqual(report.keys, [
    { keyId: eve.public.id, result: "unchecked" },
    { keyId: bob.public.id, result: "failed", name: "bob" },
    { keyId: alice.public.id, result: "verified", name: "alice" },
  ]);
  // The id of the key that verified it, and not what the artifact says.
  const named = await verifySignatures([nameless], digest, flag(alice));
  assert.deepEqual(named.keys, [{ keyId: alice.public.id, result: "verified" }]);
  const unknown = await verifySignatures([byEve], digest, flag(alice));
  assert.deepEqual(unknown.keys, [{ keyId: eve.public.id, result: "failed" }]);
  assert.deepEqual(encodeSignatures(report).signature_keys, [
    { key_id: eve.public.id, result: "unchecked", trusted: false },
    { key_id: bob.public.id, result: "failed", trusted: false, name: "bob" },
    { key_id: alice.public.id, result: "verified", trusted: true, name: "alice" },
  ]);
  assert.equal(encodeSignatures(await verifySignatures([], digest, flag(alice))).signature_keys, undefined);
});

Deno.test("verifySignatures() fails under the key of a flag that did not sign", async () => {
  const report = await verifySignatures([byEve], digest, flag(alice));
  assert.deepEqual([report.status, report.valid, report.errors], ["failed", 0, ["key id mismatch"]]);
});

Deno.test("verifySignatures() names the key of the trust folder, and the local one as such", async () => {
  const report = await verifySignatures([byEve, byBob], digest, store({ alice, bob }));
  assert.deepEqual([report.status, report.trust, report.keyName], ["verified", "trust_store", "bob"]);
  assert.deepEqual(report.errors, ["public key not configured"]);
  const local = await verifySignatures([byAlice], digest, store({ [LOCAL_DEV]: alice }));
  assert.deepEqual([local.status, local.trust], ["verified", "local_dev"]);
});

Deno.test("verifySignatures() needs one valid signature and also reports the invalid ones", async () => {
  const broken = { ...byAlice, sig: byBob.sig };
  for (const signatures of [[broken, byAlice], [byAlice, broken]]) {
    const report = await verifySignatures(signatures, digest, flag(alice));
    assert.deepEqual(
      [report.status, report.total, report.valid, report.errors],
      ["verified", 2, 1, ["signature verification failed"]],
    );
  }
});

Deno.test("verifySignatures() fails when all signatures of trusted keys are bad", async () => {
  const cases = [
    { ...byAlice, sig: "" },
    { ...byAlice, alg: "none" },
    { ...byAlice, signed_digest: "" },
    { ...byAlice, signed_digest: byAlice.signed_digest.toUpperCase() },
    { ...byAlice, sig: byBob.sig },
  ];
  for (const bad of cases) {
    for (const trusted of [flag(alice), store({ alice, bob })]) {
      const report = await verifySignatures([bad, byEve], digest, trusted);
      assert.equal(report.status, "failed");
      assert.equal(report.valid, 0);
      assert.equal(report.errors.length, 2);
    }
  }
});

Deno.test("verifySignatures() finds stored keys by their exact id alone", async () => {
  for (const key_id of ["", alice.public.id.toUpperCase(), ` ${alice.public.id}`, "__proto__"]) {
    const report = await verifySignatures([{ ...byAlice, key_id }], digest, store({ alice }));
    assert.equal(report.status, "skipped");
  }
});

Deno.test("verifySignatures() keeps one text for each bad signature, sorted", async () => {
  const bad = (alg: string) => ({ ...byAlice, alg });
  const report = await verifySignatures(
    [bad("\u{1f600}"), bad("\uffff"), bad("a"), bad("a")],
    digest,
    flag(alice),
  );
  assert.deepEqual(report.errors, ["a", "a", "\uffff", "\u{1f600}"].map((alg) => `unsupported alg: ${alg}`));
});
