/*
 * The attacks on tokens of docs/threat_model.md 26 to 34: every lie about an approval or a delegation ends without
 * leave. What each check says stands beside the code in lib/tokens.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { base64, fromBase64, fromHex, utf8 } from "../../lib/formats/bytes.ts";
import { canonicalBytes, type JsonObject } from "../../lib/formats/json/mod.ts";
import type { Decision } from "../../lib/gate/decide.ts";
import { digestOf, importPublicKey, signDocument } from "../../lib/signing/mod.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import {
  aGate,
  alice,
  approvalOf,
  bob,
  decideOn,
  delegationOf,
  eve,
  given,
  MINUTE,
} from "../support/authority.ts";
import { FAKE_NOW, fakeEffects } from "../support/fake_effects.ts";
import { aDelegation, aDeletion, anIntent } from "../support/gate.ts";

const gate = await aGate();
const intent = anIntent();
const genuine = await approvalOf(gate);
const signature = genuine["signature"] as JsonObject;

const DELEGATED = "rules: [{name: d, effect: allow, match: {require_delegation: true}}]";
const delegatedGate = await aGate({ policy: DELEGATED });
const delegatedIntent = anIntent({ delegation: aDelegation(["lead", "agent-7"]) });
const delegation = await delegationOf("lead", "agent-7");

const byApproval = (token: JsonObject | Uint8Array, now = FAKE_NOW): Promise<Decision> =>
  decideOn(gate, intent, { approvals: given(token) }, fakeEffects({ now: () => now }));
const byDelegation = (token: JsonObject | Uint8Array, now = FAKE_NOW): Promise<Decision> =>
  decideOn(delegatedGate, delegatedIntent, { delegations: given(token) }, fakeEffects({ now: () => now }));

/** INVARIANT of this file: a token that isn't right never allows. */
async function refused(token: JsonObject | Uint8Array, code?: string): Promise<void> {
  const { outcome } = await byApproval(token);
  assert.equal(outcome.verdict, "require_approval");
  if (code !== undefined) assert.ok(outcome.reasonCodes.includes(code), outcome.reasonCodes.join());
}
const withSignature = (parts: JsonObject): JsonObject => ({
  ...genuine,
  signature: { ...signature, ...parts },
});

Deno.test("genuine tokens are what the attacks start from", async () => {
  assert.equal((await byApproval(genuine)).outcome.verdict, "allow");
  assert.equal((await byDelegation(delegation)).outcome.verdict, "allow");
});

Deno.test("a signature that is removed, emptied or cut is none (item 26)", async () => {
  const { signature: _, ...unsigned } = genuine;
  await refused(unsigned, "approval_token_signature_missing");
  await refused({ ...genuine, signature: null }, "approval_token_signature_missing");
  await refused({ ...genuine, signature: {} }, "approval_token_signature_invalid");
  const sig = fromBase64(signature["sig"] as string)!;
  for (
    const changed of ["", "AAAA", base64(sig.slice(0, 63)), base64(new Uint8Array([...sig, 0])), "no base64!"]
  ) {
    await refused(withSignature({ sig: changed }), "approval_token_signature_invalid");
  }
  const { signature: __, ...unsignedDelegation } = delegation;
  assert.equal((await byDelegation(unsignedDelegation)).outcome.verdict, "block");
  // More signatures than one have no place in a token.
  for (const list of [[], [signature]]) {
    await assert.rejects(byApproval({ ...genuine, signature: list as JsonObject[] }), {
      code: "invalid_input",
    });
  }
});

Deno.test("another algorithm is none (item 27)", async () => {
  for (const alg of ["none", "", "ED25519", "hs256", "Ed25519ph"]) {
    await refused(withSignature({ alg }), "approval_token_signature_invalid");
  }
});

Deno.test("a key id of somebody else, or a key in the token, changes nothing (item 28)", async () => {
  await refused(withSignature({ key_id: eve.public.id }));
  const { signature: _, ...unsigned } = genuine;
  const forged = { ...await signDocument(unsigned, eve) };
  await refused({ ...unsigned, signature: forged });
  await refused({ ...unsigned, signature: { ...forged, key_id: alice.public.id } });
  await refused({ ...unsigned, signature: { ...forged, key_id: "", public_key: base64(eve.public.raw) } });
});

Deno.test("a public key of small order is refused before it verifies anything (item 29)", async () => {
  for (const raw of ["01" + "00".repeat(31), "00".repeat(32), "ec" + "ff".repeat(30) + "7f"]) {
    await assert.rejects(importPublicKey(fromHex(raw)!), { code: "invalid_input" });
  }
});

Deno.test("a signature of another artifact grants nothing (item 30)", async () => {
  // Alice signed a delegation; moved into an approval it is the signature of something else.
  await refused({ ...genuine, signature: delegation["signature"]! }, "approval_token_signature_invalid");
  await refused({ ...delegation, ...genuine, schema_id: delegation["schema_id"]! }, "approval_token_invalid");
  const { signature: _, ...unsigned } = genuine;
  const other: JsonObject = { ...unsigned, schema_id: "gait.gate.other" };
  await refused({ ...unsigned, signature: { ...await signDocument(other, alice) } });
});

Deno.test("a digest that is claimed for other content is recomputed (item 31)", async () => {
  const { signature: _, ...unsigned } = genuine;
  const wider: JsonObject = { ...unsigned, scope: ["*"] };
  const claimed = await digestOf(wider);
  await refused({ ...wider, signature: { ...signature, signed_digest: claimed } });
  await refused(withSignature({ signed_digest: (signature["signed_digest"] as string).toUpperCase() }));
  // What another reader could take the other way is refused whole.
  const text = JSON.stringify(genuine).replace('"scope":', '"scope":["*"],"scope":');
  await assert.rejects(byApproval(utf8(text)), { code: "invalid_input" });
});

Deno.test("a token of another call, another policy or another time is refused (items 32, 33)", async () => {
  await refused(await approvalOf(gate, anIntent({ args: { amount: 2 } })), "approval_token_intent_mismatch");
  await refused(
    await approvalOf(gate, intent, { policyDigest: "b".repeat(64) }),
    "approval_token_policy_mismatch",
  );
  const end = FAKE_NOW + Number(5n * MINUTE / 1_000_000n);
  assert.equal((await byApproval(genuine, end - 1)).outcome.verdict, "allow");
  assert.equal((await byApproval(genuine, end)).outcome.verdict, "require_approval");
  assert.equal((await byDelegation(delegation, end - 1)).outcome.verdict, "allow");
  assert.equal((await byDelegation(delegation, end)).outcome.verdict, "block");
  for (const expires_at of ["never", "2026-13-01T00:00:00Z", 5]) {
    await assert.rejects(byApproval({ ...genuine, expires_at }), { code: "invalid_input" });
  }
});

Deno.test("an approval of a delegated call counts for that delegation alone", async () => {
  const delegated = anIntent({ delegation: aDelegation(["lead", "agent-7"]) });
  const approvals = given(
    await approvalOf(gate, delegated),
    await approvalOf(gate, delegated, { delegationBindingDigest: "c".repeat(64) }),
  );
  const { outcome } = await decideOn(gate, delegated, { approvals });
  assert.equal(outcome.verdict, "require_approval");
  assert.ok(outcome.reasonCodes.includes("approval_token_delegation_binding_mismatch"));
});

Deno.test("an approval for a harmless call does not cover a destructive one", async () => {
  const destructive = anIntent({ targets: [aDeletion()] });
  const { outcome } = await decideOn(gate, destructive, {
    approvals: given(await approvalOf(gate, destructive)),
  });
  assert.ok(outcome.reasonCodes.includes("approval_token_scope_mismatch"));
  assert.equal(outcome.verdict, "require_approval");
});

Deno.test("a delegation does not widen: no other name, no scope that it lacks, no shorter chain", async () => {
  const scoped = await aGate({
    policy:
      "rules: [{name: d, effect: allow, match: {require_delegation: true, delegation_scopes: [write]}}]",
  });
  const asked = anIntent({
    delegation: aDelegation(["lead", "agent-3", "agent-7"], { scopeClass: "write" }),
  });
  const one = await delegationOf("lead", "agent-3");
  const two = await delegationOf("agent-3", "agent-7");
  const verdict = async (...tokens: JsonObject[]) =>
    (await decideOn(scoped, asked, { delegations: given(...tokens) })).outcome.verdict;
  assert.equal(await verdict(one, two), "allow");
  assert.equal(await verdict(await delegationOf("lead", "agent-7")), "block");
  assert.equal(await verdict(one, await delegationOf("agent-3", "agent-7", { scope: ["read"] })), "block");
  assert.equal(await verdict(one, await delegationOf("Agent-3", "agent-7")), "block");
  assert.equal(await verdict(one, await delegationOf("agent-3", "agent-7", {}, bob)), "block");
});

Deno.test("no block and no dry run is lifted by a token", async () => {
  for (const effect of ["block", "dry_run"]) {
    const other = await aGate({ policy: `rules: [{name: r, effect: ${effect}}]` });
    const star = await approvalOf(other, intent, { scope: ["*"] });
    assert.equal((await decideOn(other, intent, { approvals: given(star) })).outcome.verdict, effect);
  }
});

/** Flip one bit anywhere in a token file: it is refused, or says the same thing as before. */
function flips(name: string, token: JsonObject, decideWith: (bytes: Uint8Array) => Promise<Decision>) {
  Deno.test(`one flipped bit in a file of ${name} never makes it say anything else`, async () => {
    const bytes = canonicalBytes(token);
    const signed = { ...token, signature: null };
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        const changed = bytes.slice();
        changed[at]! ^= 1 << bit;
        let decision: Decision;
        try {
          decision = await decideWith(changed);
        } catch (error) {
          assert.ok(error instanceof GaitError && error.code === "invalid_input");
          return;
        }
        if (decision.outcome.verdict !== "allow") return;
        // Only what normalisation takes away may have changed: the case of a scope or of a digest.
        const read = JSON.parse(new TextDecoder().decode(changed));
        const folded = (value: unknown) => JSON.stringify(value).toLowerCase();
        // A member whose name changed counts as left out; only those of the schema may be.
        const renamed = Object.keys(token).filter((key) => !(key in read));
        assert.ok(renamed.every((key) => ["schema_id", "schema_version"].includes(key)), renamed.join());
        for (const key of Object.keys(signed).filter((key) => key !== "signature" && key in read)) {
          const same = folded(read[key]) === folded(token[key]);
          assert.ok(same || (key.startsWith("schema_") && read[key] === ""), key);
        }
      }),
      { numRuns: 3_000 },
    );
  });
}

flips("approval", genuine, byApproval);
flips("delegation", delegation, byDelegation);
