import assert from "node:assert/strict";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { NOW, POLICY, sampleKey, sampleScript } from "./_sample.ts";
import { approveScript } from "./approve.ts";
import { encodeEntry, type ScriptEntry } from "./entry.ts";
import { putEntry, readRegistry, usableEntries } from "./registry.ts";
import { aTarget, provenanceOf } from "../../../tests/support/gate.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { findInRegistry } from "./fast_path.ts";

async function entry(patternId: string, approver = "dana", now = NOW): Promise<ScriptEntry> {
  return await approveScript(
    {
      intent: await sampleScript("a", "b"),
      policyDigest: POLICY,
      approver,
      patternId,
      scope: [],
      ttl: 1_000_000_000n,
    },
    await sampleKey(1),
    { now, producerVersion: "1.2.3" },
  );
}

Deno.test("readRegistry() takes a missing and a blank file as no entries", async () => {
  const files = memoryFiles({ blank: " \n\u0085", empty: "{}", none: '{"entries":null}', list: "[]" });
  for (const path of ["gone", "blank", "empty", "none", "list"]) {
    assert.deepEqual(await readRegistry(files, path), [], path);
  }
});

Deno.test("putEntry() then readRegistry() gives the entry back, bare list or not", async () => {
  const files = memoryFiles();
  const one = await entry("one");
  await putEntry(files, "new/r.json", one);
  assert.deepEqual(await readRegistry(files, "new/r.json"), [one]);
  assert.deepEqual(JSON.parse(files.text("new/r.json")!), { entries: [encodeEntry(one)] });
  assert.equal(files.modeOf("new/r.json"), 0o600);
  await files.writeAtomic("bare.json", new TextEncoder().encode(JSON.stringify([encodeEntry(one)])));
  assert.deepEqual(await readRegistry(files, "bare.json"), [one]);
});

Deno.test("putEntry() replaces the entry of the same pattern and sorts by pattern", async () => {
  const files = memoryFiles();
  for (const [id, who] of [["b", "x"], ["a", "x"], ["b", "y"], ["c", "x"]] as const) {
    await putEntry(files, "r.json", await entry(id, who));
  }
  const found = await readRegistry(files, "r.json");
  assert.deepEqual(found.map((entry) => [entry.patternId, entry.approverIdentity]), [
    ["a", "x"],
    ["b", "y"],
    ["c", "x"],
  ]);
});

Deno.test("putEntry() loses no entry when many are put concurrently", async () => {
  const files = memoryFiles();
  const ids = Array.from({ length: 20 }, (_, i) => `p${String(i).padStart(2, "0")}`);
  await Promise.all(ids.map(async (id) => await putEntry(files, "r.json", await entry(id))));
  assert.deepEqual((await readRegistry(files, "r.json")).map((entry) => entry.patternId), ids);
});

Deno.test("readRegistry() refuses anything that is not a registry, and putEntry() leaves it alone", async () => {
  const good = encodeEntry(await entry("one"));
  const bad: unknown[] = [
    "x",
    1,
    { entries: {} },
    { entries: [1] },
    ...[
      { schema_id: "gait.other" },
      { schema_version: "2.0.0" },
      { pattern_id: " " },
      { approver_identity: "" },
      { policy_digest: "ab" },
      { script_hash: "g".repeat(64) },
      { tool_sequence: [] },
      { tool_sequence: [" "] },
      { tool_sequence: "a" },
      { expires_at: good.created_at },
      { expires_at: null },
      { created_at: "yesterday" },
    ].map((change) => ({ entries: [{ ...good, ...change }] })),
  ];
  for (const document of bad) {
    const text = JSON.stringify(document);
    const files = memoryFiles({ "r.json": text });
    await assert.rejects(readRegistry(files, "r.json"), { code: "invalid_input" }, text);
    await assert.rejects(putEntry(files, "r.json", await entry("two")), { code: "invalid_input" });
    assert.equal(files.text("r.json"), text);
  }
  const twice = JSON.stringify(good).replace("{", '{"pattern_id":"other",');
  await assert.rejects(readRegistry(memoryFiles({ r: `[${twice}]` }), "r"), { detail: "duplicate_json_key" });
});

Deno.test("readRegistry() reads blank ids and a missing time as their defaults", async () => {
  const given = { ...encodeEntry(await entry("one")), schema_id: "", schema_version: null, created_at: null };
  const [read] = await readRegistry(memoryFiles({ r: JSON.stringify([given]) }), "r");
  assert.equal(read!.createdAt, "1980-01-01T00:00:00Z");
});

const HOUR = 3_600_000;
const at = (time: number) => timeOfMillis(time);

async function signedEntry(patternId: string, { tools = ["w", "r", "w"], signer = 1, ttl = HOUR } = {}) {
  return await approveScript(
    {
      intent: await sampleScript(...tools),
      policyDigest: POLICY,
      approver: "dana",
      patternId,
      scope: [],
      ttl: BigInt(ttl) * 1_000_000n,
    },
    await sampleKey(signer),
    { now: NOW, producerVersion: "1.2.3" },
  );
}

Deno.test("usableEntries() gives the entries that the key signed", async () => {
  const entries = [await signedEntry("a"), await signedEntry("b")];
  const usable = await usableEntries(entries, (await sampleKey(1)).public, at(NOW));
  assert.deepEqual(usable, { entries, warnings: [] });
});

Deno.test("usableEntries() discards all when one is not signed, changed, or signed by another key", async () => {
  const good = await signedEntry("good");
  const { signature: _, ...unsigned } = good;
  const bad: ScriptEntry[] = [
    unsigned,
    await signedEntry("other", { signer: 2 }),
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

Deno.test("a script is not approved by an entry that was made later than now, by more than clocks differ", async () => {
  const entries = [await signedEntry("early", { ttl: 1000 * HOUR })];
  const key = (await sampleKey(1)).public;
  const intent = await sampleScript("w", "r", "w");
  const reasonAt = (time: number) => findInRegistry(entries, intent, POLICY, at(time)).reason;
  assert.equal(reasonAt(NOW - 300_000), "approved_script_match");
  assert.equal(reasonAt(NOW - 300_001), "approved_script_not_found");
  assert.equal((await usableEntries(entries, key, at(NOW - 300_001))).warnings.length, 1);
});

Deno.test("usableEntries() leaves expired entries aside without discrediting the others", async () => {
  const [short, long] = [await signedEntry("short", { ttl: 1000 }), await signedEntry("long")];
  const key = (await sampleKey(1)).public;
  assert.deepEqual((await usableEntries([short, long], key, at(NOW + 999))).entries, [short, long]);
  const later = await usableEntries([short, long], key, at(NOW + 1000));
  assert.deepEqual([later.entries, later.warnings.length, later.problem], [[long], 1, undefined]);
});

Deno.test("askRegistry() approves the very script under the very policy, whatever the order of its tools", async () => {
  const entries = [
    await signedEntry("x", { tools: ["other"] }),
    await signedEntry("first"),
    await signedEntry("second"),
  ];
  const intent = await sampleScript("w", "r", "w");
  const answer = findInRegistry(entries, intent, POLICY, at(NOW));
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
  const entries = [await signedEntry("one")];
  const same = await sampleScript("w", "r", "w");
  const reason = async (tools: string[], policy: string = POLICY, time = NOW) =>
    findInRegistry(
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
  assert.equal(findInRegistry(changed, same, POLICY, at(NOW)).reason, "approved_script_not_found");
});

Deno.test("askRegistry() approves no script that says more of itself than its steps do", async () => {
  const entries = [await signedEntry("one")];
  const same = await sampleScript("w", "r", "w");
  const more = [
    { targets: [aTarget()] },
    { provenance: provenanceOf("external") },
  ];
  for (const own of more) {
    const { reason, evaluation } = findInRegistry(entries, { ...same, ...own }, POLICY, at(NOW));
    assert.deepEqual([reason, evaluation], ["approved_script_not_found", undefined]);
  }
});
