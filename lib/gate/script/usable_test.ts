import assert from "node:assert/strict";
import { aTarget, provenanceOf } from "../../../tests/support/gate.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { NOW, POLICY, sampleKey, sampleScript } from "./_sample.ts";
import { approveScript } from "./approve.ts";
import type { ScriptEntry } from "./entry.ts";
import { askRegistry } from "./fast_path.ts";
import { usableEntries } from "./usable.ts";

const HOUR = 3_600_000;
const at = (time: number) => timeOfMillis(time);

async function entry(patternId: string, { tools = ["w", "r", "w"], signer = 1, ttl = HOUR } = {}) {
  return await approveScript({
    intent: await sampleScript(...tools),
    policyDigest: POLICY,
    approver: "dana",
    patternId,
    scope: [],
    ttl,
    now: NOW,
    producerVersion: "1.2.3",
  }, await sampleKey(signer));
}

Deno.test("usableEntries() gives the entries that the key signed", async () => {
  const entries = [await entry("a"), await entry("b")];
  const usable = await usableEntries(entries, (await sampleKey(1)).public, at(NOW));
  assert.deepEqual(usable, { entries, warnings: [] });
});

Deno.test("usableEntries() discards all when one is not signed, changed, or signed by another key", async () => {
  const good = await entry("good");
  const { signature: _, ...unsigned } = good;
  const bad: ScriptEntry[] = [
    unsigned,
    await entry("other", { signer: 2 }),
    { ...good, expiresAt: at(NOW + 2 * HOUR) },
    { ...good, scriptHash: "0".repeat(64) },
    { ...good, policyDigest: "0".repeat(64) },
    { ...good, approverIdentity: "eve" },
    { ...good, toolSequence: ["r"] },
    { ...good, scope: ["more"] },
  ];
  for (const tampered of bad) {
    const usable = await usableEntries([good, tampered], (await sampleKey(1)).public, at(NOW));
    assert.deepEqual(usable.entries, []);
    assert(usable.problem !== undefined && usable.warnings.length === 1);
  }
});

Deno.test("usableEntries() leaves expired entries aside without discrediting the others", async () => {
  const [short, long] = [await entry("short", { ttl: 1000 }), await entry("long")];
  const key = (await sampleKey(1)).public;
  assert.deepEqual((await usableEntries([short, long], key, at(NOW + 999))).entries, [short, long]);
  const later = await usableEntries([short, long], key, at(NOW + 1000));
  assert.deepEqual([later.entries, later.warnings.length, later.problem], [[long], 1, undefined]);
});

Deno.test("askRegistry() approves the very script under the very policy, whatever the order of its tools", async () => {
  const entries = [await entry("x", { tools: ["other"] }), await entry("first"), await entry("second")];
  const intent = await sampleScript("w", "r", "w");
  const answer = askRegistry(entries, intent, POLICY, at(NOW));
  assert.deepEqual([answer.reason, answer.patternId], ["approved_script_match", "first"]);
  assert.equal(answer.evaluation?.verdict, "allow");
  assert.deepEqual(answer.evaluation?.reasonCodes, ["approved_script_match"]);
  assert.deepEqual(
    answer.evaluation?.script?.steps.map((step) => [step.index, step.toolName, step.verdict]),
    [
      [0, "w", "allow"],
      [1, "r", "allow"],
      [2, "w", "allow"],
    ],
  );
});

Deno.test("askRegistry() approves nothing else", async () => {
  const entries = [await entry("one")];
  const same = await sampleScript("w", "r", "w");
  const reason = async (tools: string[], policy: string = POLICY, time = NOW) =>
    askRegistry(
      entries,
      tools.length === 0 ? await sampleScript() : await sampleScript(...tools),
      policy,
      at(time),
    )
      .reason;
  assert.equal(await reason(["w", "w", "r"]), "approved_script_not_found");
  assert.equal(await reason(["w", "r"]), "approved_script_not_found");
  assert.equal(await reason(["w", "r", "w"], "cd".repeat(32)), "approved_script_not_found");
  assert.equal(await reason(["w", "r", "w"], POLICY, NOW + HOUR), "approved_script_not_found");
  assert.equal(await reason([]), "not_script");
  const changed = entries.map((entry) => ({ ...entry, toolSequence: ["r"] }));
  assert.equal(askRegistry(changed, same, POLICY, at(NOW)).reason, "approved_script_not_found");
});

Deno.test("askRegistry() approves no script that says more of itself than its steps do", async () => {
  const entries = [await entry("one")];
  const same = await sampleScript("w", "r", "w");
  const more = [
    { targets: [aTarget()] },
    { provenance: provenanceOf("external") },
  ];
  for (const own of more) {
    const { reason, evaluation } = askRegistry(entries, { ...same, ...own }, POLICY, at(NOW));
    assert.deepEqual([reason, evaluation], ["approved_script_not_found", undefined]);
  }
});
