import assert from "node:assert/strict";
import fc from "fast-check";
import { readJsonObject } from "../formats/json/mod.ts";
import { parseTime, timeOfMillis } from "../formats/time.ts";
import { alice, MINUTE } from "../../tests/support/authority.ts";
import { FAKE_NOW } from "../../tests/support/fake_effects.ts";
import { TOKEN_HEAD } from "../../tests/support/token_members.ts";
import { parseApprovalToken } from "./approval_token.ts";
import { checkApproval } from "./check_approval.ts";
import { checkDelegation } from "./check_delegation.ts";
import { parseDelegationToken } from "./delegation_token.ts";
import { demandIdentity, mintApproval, type MintApprovalOptions, mintDelegation } from "./mint.ts";

const DIGEST = "0f".repeat(32);
const order: MintApprovalOptions = {
  intentDigest: DIGEST,
  policyDigest: DIGEST,
  approver: "dana",
  reasonCode: "CHG-7",
  scope: ["tool:x"],
  ttl: MINUTE,
};
const context = { now: FAKE_NOW, producerVersion: "1.2.3" };

const word = fc.string({ unit: "grapheme", maxLength: 12 });
const name = word.filter((text) => text.trim() !== "" && !/[\u0085\ufeff]/.test(text));

/** A name without invisible characters; the tests of `demandIdentity` below list those. */
const identity = name.filter((text) => {
  try {
    return demandIdentity(text, "name") !== "";
  } catch {
    return false;
  }
});

Deno.test("mintApproval() mints tokens that verify, whatever is in them", async () => {
  await fc.assert(
    fc.asyncProperty(
      identity,
      name,
      fc.array(name, { minLength: 1, maxLength: 4 }),
      async (approver, reasonCode, scope) => {
        const { token, file } = await mintApproval({ ...order, approver, reasonCode, scope }, alice, context);
        const read = parseApprovalToken(readJsonObject(file, { what: "token" }), "token");
        assert.equal(read.tokenId, token.tokenId);
        const given = {
          intentDigest: DIGEST,
          policyDigest: DIGEST,
          requiredScope: token.scope,
          targets: 9,
          ops: 9,
        };
        const now = timeOfMillis(FAKE_NOW);
        const options = { ...given, now, keyOf: () => alice.public, requesters: [] };
        assert.equal(await checkApproval(read, options), undefined);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("mintDelegation() mints tokens that verify, whatever is in them", async () => {
  await fc.assert(
    fc.asyncProperty(
      identity,
      identity,
      fc.array(name, { minLength: 1, maxLength: 4 }),
      word,
      async (delegator, delegate, scope, scopeClass) => {
        const parts = {
          delegator,
          delegate,
          scope,
          scopeClass,
          intentDigest: undefined,
          policyDigest: DIGEST,
        };
        const { file } = await mintDelegation({ ...order, ...parts }, alice, context);
        const read = parseDelegationToken(readJsonObject(file, { what: "token" }), "token");
        const given = {
          delegator: read.delegator,
          delegate: read.delegate,
          intentDigest: DIGEST,
          policyDigest: DIGEST,
        };
        const options = {
          ...given,
          requiredScope: [read.scope[0]!],
          now: timeOfMillis(FAKE_NOW),
          key: alice.public,
        };
        assert.equal(await checkDelegation(read, options), undefined);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("mintApproval() ends a token to the nanosecond", async () => {
  const { token } = await mintApproval({ ...order, ttl: MINUTE + 1n }, alice, context);
  assert.equal(token.expiresAt, parseTime("2026-01-02T03:05:05.000000001Z"));
});

Deno.test("mintApproval() leaves empty members out, and nothing else", async () => {
  const { file } = await mintApproval(order, alice, context);
  assert.deepEqual(Object.keys(readJsonObject(file, { what: "token" })), [
    ...TOKEN_HEAD,
    "approver_identity",
    "reason_code",
    "intent_digest",
    "policy_digest",
    "scope",
    "expires_at",
    "signature",
  ]);
});

for (
  const [what, parts] of [
    ["a short digest", { intentDigest: "ab" }],
    ["a policy that is not a digest", { policyDigest: "z".repeat(64) }],
    ["a binding that is none", { delegationBindingDigest: "ab" }],
    ["no approver", { approver: " \u00a0" }],
    ["no reason", { reasonCode: "" }],
    ["an empty scope", { scope: [" "] }],
    ["a negative bound", { maxTargets: -1 }],
    ["a life beyond the year 9999", { now: Date.UTC(9999, 11, 31, 23, 59, 59), ttl: MINUTE }],
  ] as const
) {
  Deno.test(`mintApproval() refuses ${what}`, async () => {
    await assert.rejects(mintApproval({ ...order, ...parts }, alice, context), { code: "invalid_input" });
  });
}

Deno.test("demandIdentity() accepts names of every script, and trims spaces", () => {
  for (
    const name of ["dana", "Dana Scully", "o'neil+ops@example.org", "Žofie", "李雷", "علي", "team/ops-7"]
  ) {
    assert.equal(demandIdentity(` ${name} `, "approver"), name);
  }
});

Deno.test("demandIdentity() refuses invisible characters at any position, and a blank name", () => {
  const invisible = [
    0x00,
    0x07,
    0x09,
    0x0a,
    0x1b,
    0x7f,
    0x85,
    0xa0,
    0xad,
    0x034f,
    0x061c,
    0x115f,
    0x17b4,
    0x180e,
  ];
  invisible.push(
    0x200b,
    0x200d,
    0x200f,
    0x2028,
    0x202e,
    0x2060,
    0x2066,
    0x2800,
    0x3164,
    0xd800,
    0xfe0f,
    0xfeff,
  );
  invisible.push(0xffa0, 0xe000, 0xe0041, 0x1d173);
  for (const code of invisible) {
    const char = String.fromCodePoint(code);
    for (const text of [`da${char}na`, `${char}dana`, `dana${char}`]) {
      assert.throws(() => demandIdentity(text, "approver"), { code: "invalid_input" }, code.toString(16));
    }
  }
  for (const text of ["", " ", "  "]) {
    assert.throws(() => demandIdentity(text, "approver"), { code: "invalid_input" });
  }
});

Deno.test("demandIdentity() returns only the given name, trimmed", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    try {
      assert.ok(text.includes(demandIdentity(text, "approver")));
    } catch (error) {
      assert.equal((error as { code: string }).code, "invalid_input");
    }
  }));
});
