import assert from "node:assert/strict";
import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { utf8 } from "../formats/bytes.ts";
import { forge, jobPackSample, runPackSample } from "../../tests/support/sample_packs.ts";
import { packSample, testKey } from "../../tests/support/sample_run.ts";
import { diffPacks, readSide } from "./diff.ts";

async function compare(left: Uint8Array<ArrayBuffer>, right: Uint8Array<ArrayBuffer>) {
  const { changed, record, context } = diffPacks(await readSide(left), await readSide(right));
  assert.ok(isJsonObject(record.summary));
  assert.equal(record.summary.changed, changed);
  const summary: JsonObject = record.summary;
  return { summary, context };
}

// deno-lint-ignore no-explicit-any -- tests break the shape on purpose
const changed = (change: (run: any) => void) => runPackSample(undefined, change);

Deno.test("diffPacks() finds nothing between a pack and itself", async () => {
  for (const pack of [await runPackSample(), await jobPackSample(), (await packSample()).bytes]) {
    const found = await compare(pack, pack);
    assert.equal(found.summary.changed, false);
    assert.equal(found.summary.context_drift_classification, "none");
  }
});

Deno.test("diffPacks() distinguishes changes of retrieval times from changes of meaning, and says how each receipt changed", async () => {
  const pack = await runPackSample();
  const later = await compare(
    pack,
    await changed((run) => run.refs.receipts[1].retrieved_at = "2026-03-02T00:00:00Z"),
  );
  assert.equal(later.summary.context_drift_classification, "runtime_only");
  assert.equal(later.summary.context_runtime_only_changes, true);
  assert.deepEqual(later.context.changedReceipts, [{ refId: "ref_1", fields: ["retrieved_at"] }]);
  const content = await compare(
    pack,
    await changed((run) => {
      run.refs.receipts[1].content_digest = "cd".repeat(32);
      run.refs.receipts[0].ref_id = "ref_9";
    }),
  );
  assert.equal(content.summary.context_drift_classification, "semantic");
  assert.deepEqual(content.context.changedReceipts, [{ refId: "ref_1", fields: ["content_digest"] }]);
  assert.deepEqual(content.context.addedReceipts, ["ref_9"]);
  assert.deepEqual(content.context.removedReceipts, ["ref_3"]);
  const renamed = await compare(pack, await changed((run) => run.run.run_id = "run_other"));
  assert.equal(renamed.summary.context_drift_classification, "semantic");
  assert.deepEqual(renamed.context.headFields, ["run_id"]);
});

Deno.test("diffPacks() compares payloads when a runpack inside can't be read", async () => {
  const pack = await forge(await runPackSample(), { [PACK_ENTRY.runpack]: "garbage" });
  assert.equal((await compare(pack, pack)).summary.context_drift_classification, "none");
  const other = await forge(await changed((run) => run.refs.receipts.pop()), {
    [PACK_ENTRY.runpack]: "garbage",
  });
  assert.equal((await compare(pack, other)).summary.context_drift_classification, "semantic");
});

Deno.test("diffPacks() compares declared digests, signatures and types", async () => {
  const [plain, signed] = [await jobPackSample(), await jobPackSample(await testKey(1))];
  const found = await compare(plain, signed);
  assert.equal(found.summary.manifest_delta, true);
  assert.deepEqual(found.summary.changed_files, [PACK_ENTRY.proof]);
  const types = await compare(plain, await runPackSample());
  assert.equal(types.summary.context_drift_classification, "none");
  assert.ok(
    Array.isArray(types.summary.added_files) && types.summary.added_files.includes(PACK_ENTRY.runPayload),
  );
});

Deno.test("readSide() refuses anything that is not a pack", async () => {
  await assert.rejects(readSide(utf8("text")), { code: "invalid_input" });
});
