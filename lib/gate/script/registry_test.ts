import assert from "node:assert/strict";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { NOW, POLICY, sampleKey, sampleScript } from "./_sample.ts";
import { approveScript } from "./approve.ts";
import { encodeEntry, type ScriptEntry } from "./entry.ts";
import { putEntry, readRegistry } from "./registry.ts";

async function entry(patternId: string, approver = "dana", now = NOW): Promise<ScriptEntry> {
  return await approveScript({
    intent: await sampleScript("a", "b"),
    policyDigest: POLICY,
    approver,
    patternId,
    scope: [],
    ttl: 1000,
    now,
    producerVersion: "1.2.3",
  }, await sampleKey(1));
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

Deno.test("putEntry() loses no entry when many are put at once", async () => {
  const files = memoryFiles();
  const ids = Array.from({ length: 20 }, (_, i) => `p${String(i).padStart(2, "0")}`);
  await Promise.all(ids.map(async (id) => await putEntry(files, "r.json", await entry(id))));
  assert.deepEqual((await readRegistry(files, "r.json")).map((entry) => entry.patternId), ids);
});

Deno.test("readRegistry() refuses what is no registry, and putEntry() leaves it alone", async () => {
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
