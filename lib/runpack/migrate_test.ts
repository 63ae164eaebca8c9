import assert from "node:assert/strict";
import { packSample, repack, testKey, unpack } from "../../tests/support/sample_run.ts";
import { buildZip } from "../../tests/support/zip_builder.ts";
import { utf8 } from "../formats/bytes.ts";
import { migrateRunpack } from "./migrate.ts";
import { verifyRunpack } from "./verify.ts";

Deno.test("migrateRunpack() changes nothing in a pack of the current form", async () => {
  const { bytes } = await packSample();
  const { status, packed, signatureDropped, runId } = await migrateRunpack(bytes);
  assert.deepEqual([status, signatureDropped, runId], ["no_change", false, "run_sample"]);
  assert.deepEqual(packed.bytes, bytes);
});

Deno.test("migrateRunpack() goes by the contents, not by how they are packed", async () => {
  const contents = await unpack((await packSample()).bytes);
  const stored = buildZip([...contents].reverse().map(([name, content]) => ({ name, content })));
  assert.equal((await migrateRunpack(stored)).status, "no_change");
  assert.equal((await migrateRunpack(await repack(contents.set("extra", utf8("x"))))).status, "migrated");
});

Deno.test("migrateRunpack() says that it drops signatures", async () => {
  const { bytes } = await packSample(undefined, await testKey(1));
  const { status, packed, signatureDropped } = await migrateRunpack(bytes);
  assert.deepEqual([status, signatureDropped], ["migrated", true]);
  const report = await verifyRunpack(packed.bytes);
  assert.deepEqual([report.ok, report.signature.status], [true, "missing"]);
});

Deno.test("migrateRunpack() refuses a damaged pack", async () => {
  const contents = await unpack((await packSample()).bytes);
  await assert.rejects(migrateRunpack(await repack(contents.set("run.json", utf8("{}")))), {
    code: "invalid_input",
  });
});
