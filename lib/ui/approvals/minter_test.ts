import assert from "node:assert/strict";
import { FAKE_NOW, fakeEffects } from "../../../tests/support/fake_effects.ts";
import { cutToSeconds } from "../../formats/time.ts";
import type { StoppedCall } from "../../gate/stopped_call.ts";
import { keyFromSeed } from "../../signing/mod.ts";
import { type ApprovalRequest, makeMinter } from "./minter.ts";

const key = await keyFromSeed(new Uint8Array(32).fill(7));

const CALL: StoppedCall = {
  toolName: "tool.pay\u202e\x1b[2J",
  argsDigest: "",
  intentDigest: "ab".repeat(32),
  policyDigest: "cd".repeat(32),
  bindingDigest: undefined,
  requester: undefined,
  verdict: "require_approval",
  violations: [],
  scope: ["tool:tool.pay"],
  targets: 1,
  ops: 2,
};
const REQUEST: ApprovalRequest = { reasonCode: "CHG-7", ttl: "30m", singleUse: false };

function made() {
  let now = FAKE_NOW;
  const shown: string[] = [];
  const effects = { ...fakeEffects(), now: () => now };
  const minter = makeMinter(
    {
      identity: "dana",
      key,
      folder: ".gait/approvals",
      show: (text) => shown.push(text),
    },
    effects,
    "t",
  );
  return {
    minter,
    effects,
    shown,
    later: (milliseconds: number) => now += milliseconds,
    code: () => /code +(\d{8})/.exec(shown.at(-1)!)![1]!,
  };
}

Deno.test("a code signs the call that it was shown with, once", async () => {
  const { minter, effects, code } = made();
  const { requestId } = await minter.start(CALL, REQUEST);
  const { path, tokenId } = await minter.confirm(requestId, code());
  const token = JSON.parse(new TextDecoder().decode(await effects.files.read(path)));
  assert.equal(path, `.gait/approvals/approval_${tokenId}.json`);
  assert.equal(token.token_id, tokenId);
  assert.deepEqual([token.approver_identity, token.intent_digest, token.max_targets, token.max_ops], [
    "dana",
    CALL.intentDigest,
    1,
    2,
  ]);
  await assert.rejects(minter.confirm(requestId, code()), { code: "invalid_input" });
});

Deno.test("what is signed ends when it was shown to end, and is not signed any more behind that", async () => {
  const { minter, effects, code, later } = made();
  const { requestId, signs } = await minter.start(CALL, REQUEST);
  later(90_000);
  const { path } = await minter.confirm(requestId, code());
  const token = JSON.parse(new TextDecoder().decode(await effects.files.read(path)));
  assert.equal(cutToSeconds(token.expires_at), signs["expires"]);
  const short = await minter.start(CALL, { ...REQUEST, ttl: "10s" });
  later(10_000);
  await assert.rejects(minter.confirm(short.requestId, code()), {
    code: "invalid_input",
    detail: "approval_request_void",
  });
});

Deno.test("what the terminal shows can't move its cursor or turn its text", async () => {
  const { minter, shown } = made();
  await minter.start(CALL, REQUEST);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(shown[0]!, /[\x00-\x09\x0b-\x1f\u202a-\u202e]/);
  assert.match(shown[0]!, /tool\.pay\\u202e\\x1b\[2J/);
});

Deno.test("a code is void when it is old, when another was asked for, and after three wrong ones", async () => {
  const { minter, later, code } = made();
  const old = await minter.start(CALL, REQUEST);
  const oldCode = code();
  later(120_000);
  await assert.rejects(minter.confirm(old.requestId, oldCode), { code: "invalid_input" });

  const first = await minter.start(CALL, REQUEST);
  const firstCode = code();
  const second = await minter.start(CALL, REQUEST);
  await assert.rejects(minter.confirm(first.requestId, firstCode), { code: "invalid_input" });
  if (firstCode !== code()) {
    await assert.rejects(minter.confirm(second.requestId, firstCode), { code: "approval_required" });
  }

  const third = await minter.start(CALL, REQUEST);
  for (let i = 0; i < 3; i++) {
    await assert.rejects(minter.confirm(third.requestId, "no"), { code: "approval_required" });
  }
  await assert.rejects(minter.confirm(third.requestId, code()), { code: "invalid_input" });
});

Deno.test("an error says whether another code helps, or another request is needed", async () => {
  const { minter, later, code } = made();
  const detail = (requestId: string, given: string) =>
    minter.confirm(requestId, given).then(() => "signed", (error: { detail?: string }) => error.detail);
  const old = await minter.start(CALL, REQUEST);
  later(120_000);
  assert.equal(await detail(old.requestId, code()), "approval_request_void");
  const first = await minter.start(CALL, REQUEST);
  const second = await minter.start(CALL, REQUEST); // in another tab
  assert.equal(await detail(first.requestId, code()), "approval_request_void");
  const details = [];
  for (let i = 0; i < 3; i++) details.push(await detail(second.requestId, "no"));
  assert.deepEqual(details, [undefined, undefined, "approval_request_void"]);
});

Deno.test("codes that arrive at once are not compared beyond the limit", async () => {
  const { minter, code } = made();
  const { requestId } = await minter.start(CALL, REQUEST);
  const given = [
    ...["no", "no", "no"].map((wrong) => minter.confirm(requestId, wrong)),
    minter.confirm(requestId, code()),
  ];
  const codes = (await Promise.allSettled(given)).map((one) => one.status === "rejected" && one.reason.code);
  assert.deepEqual(codes, ["approval_required", "approval_required", "approval_required", "invalid_input"]);
});

Deno.test("after a dozen wrong codes nothing is signed any more", async () => {
  const { minter, code } = made();
  for (let i = 0; i < 4; i++) {
    const { requestId } = await minter.start(CALL, REQUEST);
    for (let j = 0; j < 3; j++) await assert.rejects(minter.confirm(requestId, ""));
  }
  await assert.rejects(minter.start(CALL, REQUEST), { code: "unsafe_operation" });
  await assert.rejects(minter.confirm("any", code()), { code: "unsafe_operation" });
});

Deno.test("of two confirmations at once one signs", async () => {
  const { minter, code } = made();
  const { requestId } = await minter.start(CALL, REQUEST);
  const both = await Promise.allSettled([1, 2].map(() => minter.confirm(requestId, code())));
  assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
});

Deno.test("bad options are refused before a code is shown", async () => {
  const { minter, shown } = made();
  await assert.rejects(minter.start(CALL, { ...REQUEST, reasonCode: " " }), { code: "invalid_input" });
  await assert.rejects(minter.start(CALL, { ...REQUEST, ttl: "never" }), { code: "invalid_input" });
  await assert.rejects(minter.start({ ...CALL, policyDigest: undefined }, REQUEST), {
    code: "invalid_input",
  });
  assert.deepEqual(shown, []);
});
