import assert from "node:assert/strict";
import type { JsonObject } from "../formats/json/mod.ts";
import { parseTime } from "../formats/time.ts";
import { aGate, alice, approvalOf, bob, MINUTE } from "../../tests/support/authority.ts";
import { FAKE_NOW } from "../../tests/support/fake_effects.ts";
import { anIntent } from "../../tests/support/gate.ts";
import { parseApprovalToken } from "./approval_token.ts";
import { checkApproval, type CheckApprovalOptions } from "./check_approval.ts";

const gate = await aGate();
const token = await approvalOf(gate, anIntent(), {
  scope: ["tool:ledger.post", "extra"],
  maxTargets: 2,
  maxOps: 3,
});
const OTHER = "a".repeat(64);

const OPTIONS: CheckApprovalOptions = {
  intentDigest: token["intent_digest"] as string,
  policyDigest: token["policy_digest"] as string,
  requiredScope: ["tool:ledger.post"],
  targets: 2,
  ops: 3,
  now: parseTime("2026-01-02T03:04:05Z"),
  keyOf: () => alice.public,
  requesters: [],
};
const check = async (change: JsonObject, changed: Partial<CheckApprovalOptions> = {}) =>
  await checkApproval(parseApprovalToken({ ...token, ...change }, "token"), { ...OPTIONS, ...changed });

Deno.test("checkApproval() accepts a token that is right in every respect", async () => {
  assert.equal(await check({}), undefined);
});

const signature = token["signature"] as JsonObject;
type Wrong = [name: string, members: JsonObject, options: Partial<CheckApprovalOptions>, code: string];
const wrong: readonly Wrong[] = [
  ["another schema", { schema_id: "gait.gate.delegation_token" }, {}, "approval_token_invalid"],
  ["a later version", { schema_version: "2.0.0" }, {}, "approval_token_invalid"],
  ["no id", { token_id: " " }, {}, "approval_token_invalid"],
  ["no approver", { approver_identity: "" }, {}, "approval_token_invalid"],
  ["no reason", { reason_code: null }, {}, "approval_token_invalid"],
  ["a short digest", { policy_digest: "ab" }, {}, "approval_token_invalid"],
  ["a bad binding", { delegation_binding_digest: "ab" }, {}, "approval_token_invalid"],
  ["an empty scope", { scope: [" "] }, {}, "approval_token_invalid"],
  ["a negative bound", { max_ops: -1 }, {}, "approval_token_invalid"],
  ["no expiry", { expires_at: null }, {}, "approval_token_invalid"],
  ["no key", {}, { keyOf: () => undefined }, "approval_token_signature_invalid"],
  ["no signature", { signature: null }, {}, "approval_token_signature_missing"],
  ["an empty signature", { signature: {} }, {}, "approval_token_signature_invalid"],
  ["the key of somebody else", {}, { keyOf: () => bob.public }, "approval_token_signature_invalid"],
  ["a changed reason", { reason_code: "CHG-2" }, {}, "approval_token_signature_invalid"],
  ["no key id, which is allowed", { signature: { ...signature, key_id: "" } }, {}, "ok"],
  ["another intent", {}, { intentDigest: OTHER }, "approval_token_intent_mismatch"],
  ["another policy", {}, { policyDigest: OTHER }, "approval_token_policy_mismatch"],
  ["a delegation", {}, { bindingDigest: OTHER }, "approval_token_delegation_binding_mismatch"],
  [
    "a missing scope",
    {},
    { requiredScope: ["tool:ledger.post", "phase:apply"] },
    "approval_token_scope_mismatch",
  ],
  ["one target more", {}, { targets: 3 }, "approval_token_max_targets_exceeded"],
  ["one operation more", {}, { ops: 4 }, "approval_token_max_ops_exceeded"],
  [
    "a life beyond the limit",
    {},
    { horizon: parseTime("2026-01-02T03:09:04Z") },
    "approval_token_lifetime_exceeded",
  ],
  ["a life up to the limit", {}, { horizon: parseTime("2026-01-02T03:09:05Z") }, "ok"],
  ["the approver as requester", {}, { requesters: ["alice"] }, "approval_token_self_approval"],
  ...["Alice", " alice ", "a\u200blice", "\uff41lice", "al\u00adice", "ALI\u{e0043}CE"].map((
    spelt,
  ): Wrong => [
    `the approver as requester, spelt ${escape(spelt)}`,
    {},
    { requesters: ["bob", spelt] },
    "approval_token_self_approval",
  ]),
];

for (const [what, change, changed, code] of wrong) {
  Deno.test(`checkApproval() says ${code} to ${what}`, async () => {
    assert.equal(await check(change, changed) ?? "ok", code);
  });
}

Deno.test("checkApproval() gives the code of the first failing check, in a fixed order", async () => {
  const all = {
    intentDigest: OTHER,
    policyDigest: OTHER,
    bindingDigest: OTHER,
    now: parseTime("2027-01-01T00:00:00Z"),
    requiredScope: ["none"],
    targets: 9,
    ops: 9,
  };
  const found: (string | undefined)[] = [];
  const right: Partial<CheckApprovalOptions> = OPTIONS;
  let changed: Partial<CheckApprovalOptions> = all;
  for (
    const name of [
      "intentDigest",
      "policyDigest",
      "bindingDigest",
      "now",
      "requiredScope",
      "targets",
      "ops",
    ] as const
  ) {
    found.push(await check({}, changed));
    const { [name]: _, ...rest } = changed;
    changed = name === "bindingDigest" ? rest : { ...rest, [name]: right[name] };
  }
  assert.deepEqual(found, [
    "approval_token_intent_mismatch",
    "approval_token_policy_mismatch",
    "approval_token_delegation_binding_mismatch",
    "approval_token_expired",
    "approval_token_scope_mismatch",
    "approval_token_max_targets_exceeded",
    "approval_token_max_ops_exceeded",
  ]);
  assert.equal(await check({}, changed), undefined);
});

Deno.test("checkApproval() accepts a token until its end, exclusive", async () => {
  const at = (milliseconds: number) => ({ now: parseTime(new Date(milliseconds).toISOString()) });
  const end = FAKE_NOW + Number(5n * MINUTE / 1_000_000n);
  assert.equal(await check({}, at(end - 1)), undefined);
  assert.equal(await check({}, at(end)), "approval_token_expired");
  assert.equal(await check({}, at(end + 1)), "approval_token_expired");
});

Deno.test("checkApproval() accepts any scope for a star", async () => {
  const star = await approvalOf(gate, anIntent(), { scope: ["*"] });
  assert.equal(
    await checkApproval(parseApprovalToken(star, "t"), { ...OPTIONS, requiredScope: ["x"] }),
    undefined,
  );
});

Deno.test("checkApproval() accepts what normalisation makes equal, and no other offset of the same instant", async () => {
  assert.equal(
    await check({
      scope: [" EXTRA", "tool:Ledger.Post", "extra"],
      approver_identity: " alice ",
      intent_digest: (token["intent_digest"] as string).toUpperCase(),
      unknown: 1,
      expires_at: (token["expires_at"] as string).replace("Z", "+00:00"),
    }),
    undefined,
  );
  assert.equal(
    await check({ expires_at: (token["expires_at"] as string).replace("T03:09:05Z", "T05:09:05+02:00") }),
    "approval_token_signature_invalid",
  );
});
