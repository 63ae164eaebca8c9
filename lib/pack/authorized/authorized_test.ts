import assert from "node:assert/strict";
import {
  aGate,
  alice,
  approvalOf,
  bob,
  decideOn,
  delegationOf,
  eve,
  gateKey,
  given,
  stops,
} from "../../../tests/support/authority.ts";
import { FAKE_NOW, fakeEffects } from "../../../tests/support/fake_effects.ts";
import { aDelegation, anIntent } from "../../../tests/support/gate.ts";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { type JsonObject, prettyJson, readJsonObject } from "../../formats/json/mod.ts";
import type { Decision } from "../../gate/decide.ts";
import { recordsOf } from "../../gate/trace/write.ts";
import { type PrivateKey, sha256, signDocument } from "../../signing/mod.ts";
import { verifyPack } from "../verify.ts";
import { buildAuthorizedRun } from "./build.ts";
import { readDecisions } from "./story.ts";
import { openPackArchive } from "../open.ts";
import type { GrantKeys } from "./trust.ts";

type Files = Record<string, string | Uint8Array>;

const DELEGATED = "rules: [{name: d, effect: allow, match: {require_delegation: true}}]";

function recordFiles(...decisions: readonly Decision[]): Files {
  return Object.fromEntries(
    decisions.flatMap((decision, at) =>
      recordsOf(decision).map(({ name, content }) => [`t/${at}_${name}`, content])
    ),
  );
}

async function build(files: Files, policy: string) {
  const effects = {
    ...fakeEffects({ files: memoryFiles({ ...files, "policy.yaml": policy }) }),
    os: "o",
    arch: "a",
  };
  return await buildAuthorizedRun(
    { traces: ["t"], policies: ["policy.yaml"], key: gateKey },
    effects,
    "1.2.3",
  );
}

async function failures(bytes: Uint8Array<ArrayBuffer>, grants: GrantKeys, trusted: PrivateKey = gateKey) {
  const report = await verifyPack(bytes, { trusted: { source: "flag", key: trusted.public }, grants });
  const found = report.findings.filter(({ severity }) => severity === "failure").map(({ code }) => code);
  assert.equal(report.ok, found.length === 0);
  return found;
}

const approvers = (...keys: readonly (readonly [string, PrivateKey])[]): GrantKeys => ({
  trace: gateKey.public,
  approvers: new Map(keys.map(([name, key]) => [name, key.public])),
});

Deno.test("a call that two people approved is proved by both tokens, each by the key of its approver", async () => {
  const policy = stops(2);
  const gate = await aGate({
    policy,
    trust: { approvers: new Map([["alice", alice.public], ["bob", bob.public]]) },
  });
  const tokens = [
    await approvalOf(gate),
    await approvalOf(gate, anIntent(), { approver: "bob" }, bob),
  ];
  const decision = await decideOn(gate, anIntent(), { approvals: given(...tokens) });
  assert.equal(decision.outcome.verdict, "allow");
  const files = {
    ...recordFiles(decision),
    "t/a.json": prettyJson(tokens[0]!),
    "t/b.json": prettyJson(tokens[1]!),
  };
  const { pack } = await build(files, policy);
  assert.deepEqual(await failures(pack.bytes, approvers(["alice", alice], ["bob", bob])), []);
  const [row] = await readDecisions(openPackArchive(pack.bytes));
  assert.deepEqual(row!.approvedBy.map(({ approver }) => approver).sort(), ["alice", "bob"]);
  const exchanged = await failures(pack.bytes, approvers(["alice", bob], ["bob", alice]));
  assert(exchanged.includes("approval_signature_failed") && exchanged.includes("approval_audit_contradicts"));
  assert((await failures(pack.bytes, approvers(["alice", alice]))).includes("approval_signature_failed"));
  assert((await failures(pack.bytes, { trace: eve.public })).includes("trace_signer_unknown"));
  await assert.rejects(build({ ...files, "t/b.json": "{}" }, policy), { code: "invalid_input" });
});

Deno.test("a call that was delegated is proved by a token for each link, and by no other", async () => {
  const gate = await aGate({ policy: DELEGATED });
  const intent = anIntent({ delegation: aDelegation(["lead", "agent-7"]) });
  const token = await delegationOf("lead", "agent-7");
  const decision = await decideOn(gate, intent, { delegations: given(token) });
  assert.equal(decision.outcome.verdict, "allow");
  const files = { ...recordFiles(decision), "t/d.json": prettyJson(token) };
  const { pack } = await build(files, DELEGATED);
  const keys: GrantKeys = { trace: gateKey.public, delegation: alice.public };
  assert.deepEqual(await failures(pack.bytes, keys), []);
  assert.deepEqual((await readDecisions(openPackArchive(pack.bytes)))[0]!.delegatedBy, ["lead"]);
  assert.deepEqual(await failures(pack.bytes, { ...keys, delegation: bob.public }), [
    "delegation_signature_failed",
  ]);
  await assert.rejects(build(recordFiles(decision), DELEGATED), { code: "invalid_input" });
  const other = await delegationOf("lead", "agent-8");
  const renamed = {
    ...recordFiles(decision),
    "t/d.json": prettyJson({ ...other, token_id: token["token_id"]! }),
  };
  await assert.rejects(build(renamed, DELEGATED), { code: "invalid_input" });
});

Deno.test("a decision under --simulate allows nothing, whatever its verdict says", async () => {
  const policy = "default_verdict: block\n";
  const gate = await aGate({ policy, simulate: true });
  const decision = await decideOn(gate, anIntent());
  assert.equal(decision.outcome.verdict, "allow");
  const { pack } = await build(recordFiles(decision), policy);
  assert.deepEqual(await failures(pack.bytes, { trace: gateKey.public }), []);
  const [row] = await readDecisions(openPackArchive(pack.bytes));
  assert.deepEqual([row!.verdict, row!.done, row!.status], ["simulated", "not_executed", "dry_run"]);
});

Deno.test("the same decision twice in one moment can't be told from a copy, and a moment later it can", async () => {
  const policy = "default_verdict: allow\n";
  const gate = await aGate({ policy });
  const first = await decideOn(gate, anIntent());
  const later = await decideOn(gate, anIntent(), {}, fakeEffects({ now: () => FAKE_NOW + 1 }));
  await assert.rejects(build({ ...recordFiles(first), "t/copy.json": first.trace! }, policy), {
    code: "invalid_input",
  });
  const { pack } = await build(recordFiles(first, later), policy);
  assert.deepEqual(await failures(pack.bytes, { trace: gateKey.public }), []);
});

Deno.test("a reader who names the policy takes no other", async () => {
  const policy = "default_verdict: allow\n";
  const gate = await aGate({ policy });
  const { pack } = await build(recordFiles(await decideOn(gate, anIntent())), policy);
  const codes = async (policies: readonly string[]) =>
    (await verifyPack(pack.bytes, { grants: { trace: gateKey.public }, policies })).findings.filter((
      { severity },
    ) => severity === "failure")
      .map((
        { code },
      ) => code);
  assert.deepEqual(await codes([gate.policy.digest.toUpperCase()]), []);
  assert.deepEqual(await codes(["ab".repeat(32)]), ["policy_not_demanded"]);
  assert.deepEqual(await codes([]), ["policy_not_demanded"]);
});

Deno.test("a decision that claims to have taken days does not make an expired approval valid", async () => {
  const policy = stops();
  const gate = await aGate({ policy });
  const token = await approvalOf(gate);
  const decision = await decideOn(gate, anIntent(), { approvals: given(token) });
  const { signature: _, ...trace } = readJsonObject(decision.trace!, { what: "trace" });
  const observed = "2099-01-01T00:00:00Z";
  const resign = async (change: JsonObject) => {
    const changed = { ...trace, ...change };
    return prettyJson({ ...changed, signature: { ...await signDocument(changed, gateKey) } });
  };
  const event = (await sha256(`${decision.traceId}:${observed}`)).slice(0, 24);
  const late = await resign({ observed_at: observed, event_id: event, latency_ms: 1e15 });
  const files = { "t/trace.json": late, "t/a.json": prettyJson(token) };
  await assert.rejects(build(files, policy), { code: "invalid_input" });
  const timeless = await resign({ observed_at: "0001-01-01T00:00:00Z" });
  await assert.rejects(build({ ...files, "t/trace.json": timeless }, policy), { code: "invalid_input" });
});
