import assert from "node:assert/strict";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { readManifest } from "./manifest.ts";

const read = (document: object) => readManifest(utf8(JSON.stringify(document)), "manifest");

const SAMPLE = {
  schema_id: "gait.registry.pack",
  schema_version: "1.0.0",
  created_at: "2026-05-01T08:00:00Z",
  producer_version: "4.5.6",
  pack_name: "payments-guardrails",
  pack_version: "2.1.0",
  publisher: "acme",
  source: "registry.acme.test",
  artifacts: [{ path: "policy.yaml", sha256: "ab".repeat(32), media_type: "application/yaml" }],
};

const DIGEST = "1e2ce8dfe668fe528da7dc5ed6b7df66ea78ae990a2134e957f52c411c8a5803";

Deno.test("readManifest() gives the check value of docs/spec/registry.md, however the manifest is written", async () => {
  for (
    const parts of [
      {},
      { signatures: [] },
      { unknown: 1, provenance: {}, risk_class: "", compatibility: [] },
      { publisher: " ACME ", source: "Registry.Acme.Test\n" },
      { created_at: "2026-05-01T08:00:00.000Z", pack_type: null },
    ]
  ) {
    assert.equal((await read({ ...SAMPLE, ...parts })).digest, DIGEST, JSON.stringify(parts));
  }
  for (const parts of [{ use_case: "x" }, { created_at: "2026-05-01T10:00:00+02:00" }, { artifacts: null }]) {
    assert.notEqual((await read({ ...SAMPLE, ...parts })).digest, DIGEST);
  }
});

Deno.test("readManifest() keeps signatures in the stored form, which reads as the same manifest", async () => {
  const signatures = [{ alg: "ed25519", key_id: "", sig: "x", signed_digest: DIGEST, more: 1 }];
  const { stored, digest } = await read({ ...SAMPLE, signatures });
  const again = await readManifest(stored, "stored");
  assert.deepEqual([again.digest, decodeUtf8(again.stored)], [digest, decodeUtf8(stored)]);
  assert.deepEqual(again.pack.signatures, [{ alg: "ed25519", key_id: "", sig: "x", signed_digest: DIGEST }]);
});

Deno.test("readManifest() writes null for artifacts that are missing, as the signed form has it", async () => {
  const { artifacts: _, ...rest } = SAMPLE;
  assert.match(decodeUtf8((await read(rest)).stored), /"artifacts":null/);
});

Deno.test("readManifest() wants publisher and source of a skill", async () => {
  for (const member of ["publisher", "source"]) {
    await assert.rejects(read({ ...SAMPLE, pack_type: " Skill", [member]: " " }), {
      detail: "skill_unattributed",
    });
  }
});
