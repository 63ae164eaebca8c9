import assert from "node:assert/strict";
import { aGate, alice, approvalOf, bob, decideOn, eve, stops } from "../../../tests/support/authority.ts";
import { FAKE_NOW, type FakeEffects, fakeEffects } from "../../../tests/support/fake_effects.ts";
import { anIntent } from "../../../tests/support/gate.ts";
import { utf8 } from "../../formats/bytes.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import type { Gate } from "../../gate/decide.ts";
import { intentDigest } from "../../intent/digest.ts";
import { approveLine } from "./approve_line.ts";
import { ApprovalsFolder } from "./folder.ts";

const FOLDER = ".gait/approvals";

async function putDown({ files }: FakeEffects, name: string, token: JsonObject | string): Promise<void> {
  await files.makeFolder(FOLDER);
  await files.writeAtomic(
    `${FOLDER}/${name}`,
    utf8(typeof token === "string" ? token : JSON.stringify(token)),
  );
}

const aSingleUseGate = (policy = stops()) => aGate({ policy, trust: { singleUse: true } });

/** Decide a call as a gateway does: with what is in the folder, which is cleared afterwards. */
async function decideFrom(folder: ApprovalsFolder, gate: Gate, effects: FakeEffects, intent = anIntent()) {
  const call = { intentDigest: await intentDigest(intent), policyDigest: gate.policy.digest };
  const { tokens } = await folder.find(call);
  const { outcome } = await decideOn(gate, intent, { approvals: tokens }, effects);
  if (outcome.verdict === "allow") await folder.clear((outcome.approvalRef ?? "").split(","));
  return outcome;
}

Deno.test("a token lets its call pass once, and is cleared away", async () => {
  const effects = fakeEffects();
  const gate = await aSingleUseGate();
  const folder = new ApprovalsFolder(effects.files, FOLDER);
  assert.equal((await decideFrom(folder, gate, effects)).verdict, "require_approval");
  await putDown(effects, "a.json", await approvalOf(gate));
  assert.equal(
    (await decideFrom(folder, gate, effects, anIntent({ toolName: "other" }))).verdict,
    "require_approval",
  );
  assert.equal((await decideFrom(folder, gate, effects)).verdict, "allow");
  assert.equal(effects.files.text(`${FOLDER}/a.json`), undefined);
  assert.equal((await decideFrom(folder, gate, effects)).verdict, "require_approval");

  // A copy that was kept does not count again.
  await putDown(effects, "copy.json", await approvalOf(gate));
  const replayed = await decideFrom(folder, gate, effects);
  assert.equal(replayed.verdict, "require_approval");
  assert.ok(replayed.reasonCodes.includes("approval_token_replayed"));
});

Deno.test("of many gateways that find one token exactly one passes", async () => {
  const effects = fakeEffects();
  const gate = await aSingleUseGate();
  await putDown(effects, "a.json", await approvalOf(gate));
  await putDown(effects, "b.json", await approvalOf(gate));
  const outcomes = await Promise.all(
    Array.from({ length: 32 }, () => decideFrom(new ApprovalsFolder(effects.files, FOLDER), gate, effects)),
  );
  assert.equal(outcomes.filter(({ verdict }) => verdict === "allow").length, 1);
});

Deno.test("several approvers put their tokens down one after the other", async () => {
  const effects = fakeEffects();
  const gate = await aGate({
    policy: stops(2),
    trust: { singleUse: true, approvers: new Map([["alice", alice.public], ["bob", bob.public]]) },
  });
  const folder = new ApprovalsFolder(effects.files, FOLDER);
  await putDown(effects, "1.json", await approvalOf(gate, anIntent(), {}, alice));
  await putDown(effects, "2.json", await approvalOf(gate, anIntent(), { approver: "bob" }, eve));
  assert.equal((await decideFrom(folder, gate, effects)).verdict, "require_approval");
  await putDown(effects, "2.json", await approvalOf(gate, anIntent(), { approver: "bob" }, bob));
  assert.equal((await decideFrom(folder, gate, effects)).verdict, "allow");
  assert.deepEqual(effects.files.paths().filter((path) => path.startsWith(FOLDER)), []);
});

Deno.test("what is no token for the call is left out, and what is no token is named", async () => {
  const effects = fakeEffects();
  const gate = await aSingleUseGate();
  const token = await approvalOf(gate);
  const other = await aSingleUseGate(stops(1, ", priority: 7"));
  await putDown(effects, "half.json", JSON.stringify(token).slice(0, 100));
  await putDown(effects, "large.json", JSON.stringify({ ...token, filler: "x".repeat(20_000) }));
  await putDown(effects, "twice.json", JSON.stringify(token).replace("{", '{"scope":["*"],'));
  await putDown(effects, "notes.txt", "none");
  await putDown(effects, "other.json", await approvalOf(other));
  const folder = new ApprovalsFolder(effects.files, FOLDER);
  const call = { intentDigest: await intentDigest(anIntent()), policyDigest: gate.policy.digest };
  const found = await folder.find(call);
  assert.deepEqual([found.tokens.length, found.warnings.length], [0, 3]);
  // A file that was still being written is read again.
  await putDown(effects, "half.json", token);
  const again = await folder.find(call);
  assert.deepEqual([again.tokens.map(({ name }) => name), again.warnings.length], [
    [`${FOLDER}/half.json`],
    2,
  ]);
});

Deno.test("the bytes that were matched are those that are verified", async () => {
  const effects = fakeEffects();
  const gate = await aSingleUseGate();
  await putDown(effects, "a.json", await approvalOf(gate));
  const folder = new ApprovalsFolder(effects.files, FOLDER);
  const call = { intentDigest: await intentDigest(anIntent()), policyDigest: gate.policy.digest };
  const { tokens } = await folder.find(call);
  await putDown(effects, "a.json", "{}");
  const { outcome } = await decideOn(gate, anIntent(), { approvals: tokens }, effects);
  assert.equal(outcome.verdict, "allow");
});

Deno.test("an expired token and one of another key let nothing pass, and stay", async () => {
  const gate = await aSingleUseGate();
  for (const [now, key] of [[FAKE_NOW + 3_600_000, alice], [FAKE_NOW, eve]] as const) {
    const effects = fakeEffects({ now: () => now });
    await putDown(effects, "a.json", await approvalOf(gate, anIntent(), {}, key));
    const folder = new ApprovalsFolder(effects.files, FOLDER);
    assert.equal((await decideFrom(folder, gate, effects)).verdict, "require_approval");
    assert.notEqual(effects.files.text(`${FOLDER}/a.json`), undefined);
  }
});

Deno.test("the line to approve quotes its paths and puts the token where it is found", () => {
  const shown = approveLine(".gait/my approvals", "out/it's.json", { intentDigest: "a".repeat(64) });
  assert.match(shown, /--from-trace 'out\/it'\\''s\.json' .*--out '\.gait\/my approvals\/a{16}\.json'$/);
});

Deno.test("the line to approve grants what a destructive call needs", () => {
  const requiredScope = ["tool:mcp.fs.write_file", "phase:apply", "destructive:apply"];
  const shown = approveLine(".gait/approvals", "trace.json", { intentDigest: "a".repeat(64), requiredScope });
  assert.match(shown, / --scope phase:apply,destructive:apply /);
});

Deno.test("the line to approve names the intent, which tells the whole scope", () => {
  const call = {
    intentDigest: "a".repeat(64),
    requiredScope: ["destructive:apply"],
    intentPath: "pending/i.json",
  };
  const shown = approveLine(".gait/approvals", "trace.json", call);
  assert.match(shown, / --intent pending\/i\.json /);
  assert(!shown.includes("--scope"));
});
