/** What tokens and brokers do to a decision as a whole, in memory. */
import assert from "node:assert/strict";
import type { Decision } from "../../lib/gate/decide.ts";
import { readJsonObject } from "../../lib/formats/json/mod.ts";
import { delegationDigest } from "../../lib/intent/digest.ts";
import { aGate, alice, approvalOf, bob, decideOn, delegationOf, given, stops } from "../support/authority.ts";
import { fakeEffects } from "../support/fake_effects.ts";
import { aDelegation, aDeletion, anIntent, aScript, aTarget } from "../support/gate.ts";

const approvalAuditOf = (decision: Decision) =>
  readJsonObject(decision.approvalAudit!, { what: "approval audit" });
const codesOf = ({ outcome }: Decision) => outcome.reasonCodes.filter((code) => code.startsWith("approval_"));

Deno.test("decide() allows a stopped call with a token, and says whose", async () => {
  const gate = await aGate();
  const token = await approvalOf(gate);
  const decision = await decideOn(gate, anIntent(), { approvals: given(token) });
  assert.equal(decision.outcome.verdict, "allow");
  assert.equal(decision.outcome.approvalRef, token["token_id"]);
  assert.deepEqual(codesOf(decision), ["approval_granted"]);
  const audit = approvalAuditOf(decision);
  assert.deepEqual([audit["approved"], audit["approvers"], audit["valid_approvals"]], [true, ["alice"], 1]);
});

Deno.test("decide() says what an approval needs when none came", async () => {
  const delegation = aDelegation(["lead", "agent-7"]);
  const intent = anIntent({ targets: [aDeletion()], delegation });
  const { requiredScope, bindingDigest, outcome } = await decideOn(await aGate(), intent);
  assert.deepEqual(requiredScope, ["tool:ledger.post", "phase:apply", "destructive:apply"]);
  assert.equal(bindingDigest, await delegationDigest(delegation));
  assert.equal(outcome.verdict, "require_approval");
});

Deno.test("decide() counts one person once, however the name is spelt in copies of the token", async () => {
  const gate = await aGate({ policy: stops(2) });
  const token = await approvalOf(gate);
  // The signature covers the trimmed name, so the copy verifies; the existing program takes it for a second person.
  const copy = { ...token, approver_identity: " alice" };
  const decision = await decideOn(gate, anIntent(), { approvals: given(token, copy) });
  assert.equal(decision.outcome.verdict, "require_approval");
  assert.deepEqual(codesOf(decision), ["approval_distinct_approvers_required"]);
  const second = await approvalOf(gate, anIntent(), { reasonCode: "CHG-2" });
  assert.equal(
    (await decideOn(gate, anIntent(), { approvals: given(token, second) })).outcome.verdict,
    "require_approval",
  );
});

Deno.test("decide() counts names that differ only in case, width or what nobody sees as one person", async () => {
  const gate = await aGate({ policy: stops(2) });
  const first = await approvalOf(gate, anIntent(), { approver: "alice" });
  for (const approver of ["Alice", "\uff41lice"]) {
    const second = await approvalOf(gate, anIntent(), { approver });
    const decision = await decideOn(gate, anIntent(), { approvals: given(first, second) });
    assert.deepEqual(codesOf(decision), ["approval_distinct_approvers_required"], approver);
  }
});

Deno.test("decide() never counts copies of one token as two voices, whatever stands around its id", async () => {
  const gate = await aGate({ policy: stops(2) });
  const token = await approvalOf(gate);
  const copies = given(token, { ...token, token_id: ` ${token["token_id"]} ` }, {
    ...token,
    scope: ["TOOL:ledger.post"],
  });
  assert.equal(
    (await decideOn(gate, anIntent(), { approvals: copies })).outcome.verdict,
    "require_approval",
  );
});

Deno.test("decide() allows with two people, and doubts when one key signed for both", async () => {
  const gate = await aGate({ policy: stops(2) });
  const both = given(await approvalOf(gate), await approvalOf(gate, anIntent(), { approver: "bob" }));
  const { outcome, warnings } = await decideOn(gate, anIntent(), { approvals: both });
  assert.equal(outcome.verdict, "allow");
  assert.equal(warnings.length, 1);
});

Deno.test("decide() takes an approver's token only under that approver's key", async () => {
  const approvers = new Map([["alice", alice.public], ["bob", bob.public]]);
  const gate = await aGate({ policy: stops(2), trust: { approvers } });
  const byAlice = await approvalOf(gate);
  const byBob = await approvalOf(gate, anIntent(), { approver: "bob" }, bob);
  const forged = await approvalOf(gate, anIntent(), { approver: "bob" }, alice);
  const unknown = await approvalOf(gate, anIntent(), { approver: "carol" }, bob);
  const right = await decideOn(gate, anIntent(), { approvals: given(byAlice, byBob) });
  assert.deepEqual([right.outcome.verdict, right.warnings], ["allow", []]);
  for (const other of [forged, unknown]) {
    const { outcome } = await decideOn(gate, anIntent(), { approvals: given(byAlice, other) });
    assert.equal(outcome.verdict, "require_approval");
    assert.ok(outcome.reasonCodes.includes("approval_token_signature_invalid"));
  }
});

Deno.test("decide() warns when the gate's own key verifies approvals", async () => {
  const gate = await aGate({ trust: { approvalKeyIsOwn: true } });
  const { outcome, warnings } = await decideOn(gate, anIntent(), {
    approvals: given(await approvalOf(gate, anIntent())),
  });
  assert.deepEqual([outcome.verdict, warnings.length], ["allow", 1]);
});

Deno.test("decide() counts no approval that was made later than now, by more than clocks differ", async () => {
  const gate = await aGate();
  const decidedWith = async (ahead: number) => {
    const token = await approvalOf(gate, anIntent(), { now: fakeEffects().now() + ahead });
    return await decideOn(gate, anIntent(), { approvals: given(token) });
  };
  assert.equal((await decidedWith(300_000)).outcome.verdict, "allow");
  const refused = await decidedWith(300_001);
  assert.equal(refused.outcome.verdict, "require_approval");
  assert.deepEqual(codesOf(refused), ["approval_chain_insufficient", "approval_token_from_future"]);
});

Deno.test("decide() refuses the approval of whoever asks, when the project says so", async () => {
  const intent = anIntent({ context: { identity: "alice" } });
  const delegated = anIntent({ delegation: aDelegation(["lead", "alice"]) });
  for (const asked of [intent, delegated]) {
    const gate = await aGate({ trust: { refuseSelfApproval: true } });
    const delegationBindingDigest = asked.delegation && await delegationDigest(asked.delegation);
    const approvals = given(await approvalOf(gate, asked, { delegationBindingDigest }));
    const refused = await decideOn(gate, asked, { approvals });
    assert.deepEqual(codesOf(refused), ["approval_chain_insufficient", "approval_token_self_approval"]);
    // Off by default, as in the existing program.
    assert.equal((await decideOn(await aGate(), asked, { approvals })).outcome.verdict, "allow");
  }
});

Deno.test("decide() reads no token that it doesn't need", async () => {
  const unread = [{ name: "t", read: () => Promise.reject(new Error("must not be read")) }];
  const tokens = { approvals: unread, delegations: unread };
  for (const effect of ["allow", "block", "dry_run"]) {
    const gate = await aGate({ policy: `rules: [{name: r, effect: ${effect}}]` });
    assert.equal((await decideOn(gate, anIntent(), tokens)).outcome.verdict, effect);
  }
});

Deno.test("decide() spends no counter when a token can't be read", async () => {
  const effects = fakeEffects();
  const gate = await aGate({ policy: stops(1, ", rate_limit: {requests: 1, window: hour, scope: tool}") });
  const junk = given(new TextEncoder().encode("{"));
  await assert.rejects(decideOn(gate, anIntent(), { approvals: junk }, effects), { code: "invalid_input" });
  assert.deepEqual(effects.files.paths(), []);
});

Deno.test("decide() uses a single-use token once, and names the second try", async () => {
  const effects = fakeEffects();
  const gate = await aGate();
  const once = given(await approvalOf(gate, anIntent(), { scope: ["tool:ledger.post", "use:single"] }));
  assert.equal((await decideOn(gate, anIntent(), { approvals: once }, effects)).outcome.verdict, "allow");
  const again = await decideOn(gate, anIntent(), { approvals: once }, effects);
  assert.equal(again.outcome.verdict, "require_approval");
  assert.deepEqual(codesOf(again), ["approval_chain_insufficient", "approval_token_replayed"]);
  const [entry] = approvalAuditOf(again)["entries"] as { valid: boolean; error_code: string }[];
  assert.deepEqual([entry!.valid, entry!.error_code], [false, "approval_token_replayed"]);
});

Deno.test("decide() takes a token any number of times unless somebody says otherwise", async () => {
  const effects = fakeEffects();
  const gate = await aGate();
  const approvals = given(await approvalOf(gate));
  for (let i = 0; i < 3; i++) {
    assert.equal((await decideOn(gate, anIntent(), { approvals }, effects)).outcome.verdict, "allow");
  }
  const strict = await aGate({ trust: { singleUse: true } });
  assert.equal((await decideOn(strict, anIntent(), { approvals }, effects)).outcome.verdict, "allow");
  assert.equal(
    (await decideOn(strict, anIntent(), { approvals }, effects)).outcome.verdict,
    "require_approval",
  );
});

Deno.test("decide() spends a token only when the call is allowed for real", async () => {
  const effects = fakeEffects();
  const once = { scope: ["tool:ledger.post", "use:single"] };
  const simulated = await aGate({ simulate: true });
  const approvals = given(await approvalOf(simulated, anIntent(), once));
  const shown = await decideOn(simulated, anIntent(), { approvals }, effects);
  assert.equal(shown.outcome.simulated?.verdict, "allow");
  // One approval of two, and a broker that is missing, allow nothing.
  const two = await aGate({ policy: stops(2) });
  await decideOn(two, anIntent(), { approvals: given(await approvalOf(two, anIntent(), once)) }, effects);
  const brokered = await aGate({ policy: stops(1, ", require_broker_credential: true") });
  const blocked = await decideOn(
    brokered,
    anIntent(),
    { approvals: given(await approvalOf(brokered, anIntent(), once)) },
    effects,
  );
  assert.equal(blocked.outcome.verdict, "block");
  assert.deepEqual(effects.files.paths(), []);
});

Deno.test("decide() allows nothing when the ledger can't be written", async () => {
  const effects = fakeEffects();
  const gate = await aGate({ trust: { singleUse: true } });
  const approvals = given(await approvalOf(gate));
  await decideOn(gate, anIntent(), { approvals }, effects);
  const [entry] = effects.files.paths();
  const broken = fakeEffects();
  broken.files.breakWrites(entry!);
  await assert.rejects(decideOn(gate, anIntent(), { approvals }, broken), { code: "io_failure" });
});

Deno.test("decide() gives a token to one of two decisions that race for it", async () => {
  const effects = fakeEffects();
  const gate = await aGate({ trust: { singleUse: true } });
  const approvals = given(await approvalOf(gate));
  const racers = Array.from({ length: 8 }, () => decideOn(gate, anIntent(), { approvals }, effects));
  const verdicts = (await Promise.all(racers)).map(({ outcome }) => outcome.verdict);
  assert.deepEqual(verdicts.filter((verdict) => verdict === "allow").length, 1);
});

Deno.test("decide() spends all tokens of a chain or none", async () => {
  const effects = fakeEffects();
  const gate = await aGate({ policy: stops(2), trust: { singleUse: true } });
  const byAlice = await approvalOf(gate);
  const byBob = await approvalOf(gate, anIntent(), { approver: "bob" });
  const byCarol = await approvalOf(gate, anIntent(), { approver: "carol" });
  const use = (...tokens: typeof byAlice[]) =>
    decideOn(gate, anIntent(), { approvals: given(...tokens) }, effects);
  assert.equal((await use(byAlice, byBob)).outcome.verdict, "allow");
  assert.equal((await use(byAlice, byCarol)).outcome.verdict, "require_approval");
  // Carol's token was not spent by the try.
  const byDan = await approvalOf(gate, anIntent(), { approver: "dan" });
  const last = await use(byAlice, byCarol, byDan);
  assert.equal(last.outcome.verdict, "allow");
  assert.equal(last.outcome.validApprovals, 2);
});

Deno.test("decide() compares the bounds of a token with targets and steps", async () => {
  const gate = await aGate({ policy: stops() });
  const intent = anIntent({
    toolName: "script",
    script: aScript(["a", aTarget(), aTarget({ value: "/b" })], ["b", aTarget()]),
  });
  const verdict = async (maxTargets: number, maxOps: number) =>
    (await decideOn(gate, intent, {
      approvals: given(await approvalOf(gate, intent, { maxTargets, maxOps })),
    }))
      .outcome.verdict;
  assert.equal(await verdict(3, 2), "allow");
  assert.equal(await verdict(2, 2), "require_approval");
  assert.equal(await verdict(3, 1), "require_approval");
});

const DELEGATED = "rules: [{name: d, effect: allow, match: {require_delegation: true}}]";

Deno.test("decide() blocks an unproven delegation, and reports in the audit who claimed what", async () => {
  const gate = await aGate({ policy: DELEGATED });
  const intent = anIntent({ delegation: aDelegation(["lead", "agent-7"]) });
  const right = await decideOn(gate, intent, { delegations: given(await delegationOf("lead", "agent-7")) });
  assert.deepEqual([right.outcome.verdict, right.outcome.validDelegations], ["allow", 1]);
  const wrong = await decideOn(gate, intent, { delegations: given(await delegationOf("lead", "agent-8")) });
  assert.equal(wrong.outcome.verdict, "block");
  assert.deepEqual(wrong.outcome.violations, ["delegation_not_granted"]);
  const audit = readJsonObject(wrong.delegationAudit!, { what: "audit" });
  assert.deepEqual([audit["delegated"], (audit["entries"] as unknown[]).length], [false, 2]);
});

Deno.test("decide() asks no token of a rule that only matches on a delegation", async () => {
  const gate = await aGate({
    policy: "rules: [{name: d, effect: allow, match: {allowed_delegator_identities: [lead]}}]",
  });
  const intent = anIntent({ delegation: aDelegation(["lead", "agent-7"]) });
  assert.equal((await decideOn(gate, intent)).outcome.verdict, "allow");
});
