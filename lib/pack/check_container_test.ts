import assert from "node:assert/strict";
import { decodeUtf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { writeZip } from "../formats/zip/write.ts";
import { PACK_ENTRY } from "../schema/pack_layout.ts";
import { forge, runPackSample } from "../../tests/support/sample_packs.ts";
import { unpack } from "../../tests/support/sample_run.ts";
import { makeProofRecords } from "./seal.ts";
import { verifyPack } from "./verify.ts";

const pack = await runPackSample();
const contents = await unpack(pack);

Deno.test("verifyPack() fails when an entry of a canonical archive has permissions that nobody gave it", async () => {
  for (const path of [PACK_ENTRY.manifest, PACK_ENTRY.proof, PACK_ENTRY.runPayload, PACK_ENTRY.runpack]) {
    const changed = await writeZip(
      [...contents].map(([name, content]) => ({ name, content, executable: name === path })),
      "stored",
    );
    const { ok, findings } = await verifyPack(changed);
    assert.equal(ok, false, path);
    assert.deepEqual(findings.map(({ code, path }) => [code, path]), [["archive_form_mixed", path]]);
  }
});

Deno.test("verifyPack() notes a proof record of a file that the manifest does not list", async () => {
  const rows = decodeUtf8(contents.get(PACK_ENTRY.proof)!).split("\n").map((line) => {
    const { event } = JSON.parse(line);
    return {
      path: event.entry_path,
      type: event.entry_type,
      sha256: event.entry_sha256,
      size: event.entry_size_bytes,
      mode: event.entry_permissions,
    };
  });
  const unlisted = { path: "gone.json", type: "json", sha256: "ab".repeat(32), size: 1, mode: 0o644 };
  const identity = { packType: "run", sourceRef: "run_sample", producerVersion: "0.0.0-test" };
  const forged = await forge(pack, {
    [PACK_ENTRY.proof]: await makeProofRecords([...rows, unlisted], identity),
  });
  const { ok, findings } = await verifyPack(forged);
  assert.deepEqual(findings.map(({ code, path }) => [code, path]), [["proof_record_stray", "gone.json"]]);
  assert.equal(ok, true);
  assert.equal((await verifyPack(forged, { strict: true })).ok, false);
});

Deno.test("verifyPack() fails when a manifest lists itself", async () => {
  const forged = await forge(pack, {}, {
    manifest: (manifest) => {
      const row = { path: PACK_ENTRY.manifest, sha256: "ab".repeat(32), type: "json" };
      manifest.contents = [...manifest.contents as JsonObject[], row];
    },
  });
  const { ok, findings } = await verifyPack(forged);
  assert.equal(ok, false);
  assert.ok(findings.some(({ code }) => code === "contents_lists_manifest"));
});
