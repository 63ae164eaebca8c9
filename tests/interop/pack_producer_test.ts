/** The vectors of testdata/pack: what a producer in another language must get, and what ours gets. */
import assert from "node:assert/strict";
import { fromBase64, fromHex } from "../../lib/formats/bytes.ts";
import { sealPack } from "../../lib/pack/seal.ts";
import { verifyPack } from "../../lib/pack/verify.ts";
import { PACK_ENTRY, type PackType } from "../../lib/schema/pack_layout.ts";
import { keyFromSeed } from "../../lib/signing/mod.ts";
import { repository } from "../support/places.ts";
import { jobPackSample, runPackSample } from "../support/sample_packs.ts";
import { unpack } from "../support/sample_run.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";

interface Sealed {
  readonly pack_id: string;
  readonly manifest: string;
  readonly proof_records: string;
}

interface Vector {
  readonly name: string;
  readonly pack_type: PackType;
  readonly source_ref: string;
  readonly producer_version: string;
  readonly files: Readonly<Record<string, string>>;
  readonly unsigned: Sealed;
  readonly signed: Sealed;
  /** Ids that building gives, where the runpack of the vector was packed by another compressor than ours. */
  readonly built?: { readonly unsigned: string; readonly signed: string };
}

const folder = `${repository}testdata/pack`;
const vectors: { seed: string; key_id: string; packs: Vector[] } = JSON.parse(
  await Deno.readTextFile(`${folder}/vectors.json`),
);

for (const vector of vectors.packs) {
  Deno.test(`sealPack() gives the manifest, proof records and signature of vector ${vector.name}`, async () => {
    const key = await keyFromSeed(fromHex(vectors.seed)!);
    assert.equal(key.public.id, vectors.key_id);
    const files = Object.entries(vector.files).map(([path, content]) => ({
      path,
      content: fromBase64(content)!,
    }));
    const source = {
      packType: vector.pack_type,
      sourceRef: vector.source_ref,
      producerVersion: vector.producer_version,
      files,
    };
    for (
      const [expected, pack] of [
        [vector.unsigned, await sealPack(source)],
        [vector.signed, await sealPack(source, key)],
      ] as const
    ) {
      const contents = await unpack(pack.bytes);
      const text = (path: string) => new TextDecoder().decode(contents.get(path)!);
      assert.equal(pack.packId, expected.pack_id);
      assert.equal(text(PACK_ENTRY.manifest), expected.manifest);
      assert.equal(text(PACK_ENTRY.proof), expected.proof_records);
    }
  });
}

Deno.test("building gives the ids of the vectors, on every platform and for ever", async () => {
  const key = await keyFromSeed(fromHex(vectors.seed)!);
  for (const [name, make] of [["run_pack", runPackSample], ["job_pack", jobPackSample]] as const) {
    const { unsigned, signed, built } = vectors.packs.find((vector) => vector.name === name)!;
    assert.equal((await verifyPack(await make())).packId, built?.unsigned ?? unsigned.pack_id);
    assert.equal((await verifyPack(await make(key))).packId, built?.signed ?? signed.pack_id);
  }
});

testUnless(
  withoutProgram("python3"),
  "a producer of another language makes packs with the ids of the vectors, which verify strictly",
  async () => {
    const out = await Deno.makeTempDir({ prefix: "gait-producer-" });
    try {
      const { success, stdout, stderr } = await new Deno.Command("python3", {
        args: [`${folder}/producer.py`, out],
      })
        .output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const ids = JSON.parse(new TextDecoder().decode(stdout));
      for (const { name, unsigned } of vectors.packs) {
        assert.equal(ids[name], unsigned.pack_id);
        const report = await verifyPack(await Deno.readFile(`${out}/${name}.zip`), {
          strict: true,
          requireProof: true,
        });
        assert.deepEqual([report.ok, report.findings], [true, []], name);
      }
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  },
);
