import assert from "node:assert/strict";
import { fakeEffects } from "../../../tests/support/fake_effects.ts";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { runPackSample } from "../../../tests/support/sample_packs.ts";
import { verifyManyPacks } from "./verify_many.ts";

Deno.test("verifyManyPacks() reports how far it is, wipes it at the end, and keeps the order of the packs", async () => {
  const pack = await runPackSample();
  const names = Array.from({ length: 60 }, (_, i) => `packs/${String(i).padStart(2, "0")}.zip`);
  const shown: string[] = [];
  const effects = fakeEffects({
    files: memoryFiles(
      Object.fromEntries(names.map((name, i) => [name, i === 7 ? pack.slice(0, -1) : pack])),
    ),
    showProgress: (text) => void shown.push(text),
  });
  for (const jobs of [1, 7, 256]) {
    shown.length = 0;
    const { exit, json } = await verifyManyPacks(["packs"], jobs, {}, effects);
    assert.equal(exit, 2);
    assert.deepEqual([json.packs_total, json.packs_ok, json.packs_failed], [60, 59, 1]);
    assert.deepEqual((json.packs as { path: string }[]).map(({ path }) => path), names);
    assert.deepEqual(shown, ["verified 25 of 60 packs", "verified 50 of 60 packs", ""]);
  }
  const { exit } = await verifyManyPacks(["packs/0[0-6].zip"], undefined, {}, {
    ...effects,
    showProgress: undefined,
  });
  assert.equal(exit, 0);
});
