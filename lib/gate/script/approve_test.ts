import assert from "node:assert/strict";
import { checkSignature, digestOf } from "../../signing/mod.ts";
import { NOW, POLICY, sampleKey, sampleScript } from "./_sample.ts";
import { approveScript } from "./approve.ts";
import { encodeUnsigned } from "./entry.ts";

const HOUR = 3_600_000_000_000n;
const MILLISECOND = 1_000_000n;
const CONTEXT = { now: NOW, producerVersion: "1.2.3" };
const approval = {
  policyDigest: POLICY,
  approver: " dana ",
  scope: [" b", "a", "", "b"],
  ttl: HOUR,
};

Deno.test("approveScript() pins policy, script and tools, and signs them", async () => {
  const key = await sampleKey(1);
  const intent = await sampleScript("Notes.WRITE", "notes.read", "notes.write");
  const { signature, ...entry } = await approveScript({ ...approval, intent }, key, CONTEXT);
  assert.deepEqual(entry, {
    createdAt: "2026-01-02T03:04:05Z",
    producerVersion: "1.2.3",
    patternId: `pattern_${intent.script!.hash.slice(0, 12)}`,
    policyDigest: POLICY,
    scriptHash: intent.script!.hash,
    toolSequence: ["notes.read", "notes.write"],
    scope: ["a", "b"],
    approverIdentity: "dana",
    expiresAt: "2026-01-02T04:04:05Z",
  });
  assert.equal(
    await checkSignature(signature!, await digestOf(encodeUnsigned(entry)), key.public),
    undefined,
  );
});

Deno.test("approveScript() refuses plain calls, blank approvers and times that do not hold", async () => {
  const key = await sampleKey(1);
  const intent = await sampleScript("a");
  const bad = [
    { intent: await sampleScript() },
    { intent, approver: " " },
    { intent, ttl: 0n },
    { intent, ttl: -HOUR },
    { intent, approver: "da\u200bna" },
    { intent, ttl: BigInt(Date.UTC(10000, 0) - NOW) * MILLISECOND },
  ];
  for (const change of bad) {
    await assert.rejects(approveScript({ ...approval, ...change }, key, CONTEXT), { code: "invalid_input" });
  }
  const ttl = BigInt(Date.UTC(10000, 0) - NOW - 1) * MILLISECOND;
  const longest = await approveScript({ ...approval, intent, ttl }, key, CONTEXT);
  assert.equal(longest.expiresAt, "9999-12-31T23:59:59.999Z");
});
