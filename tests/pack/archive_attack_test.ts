/*
 * The attacks of docs/threat_model.md 1 to 10, on packs as a whole: whatever is done to the archive, `verifyPack` refuses
 * it or the content is untouched; and so do the readers beside it.
 */
import assert from "node:assert/strict";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { canonicalBytes, type JsonObject, readJsonObject } from "../../lib/formats/json/mod.ts";
import { diffPacks, readSide } from "../../lib/pack/diff.ts";
import { exportRecord } from "../../lib/export/record.ts";
import { inspectPack } from "../../lib/pack/inspect.ts";
import { makeProofRecords } from "../../lib/pack/seal.ts";
import { verifyPack } from "../../lib/pack/verify.ts";
import { PACK_ENTRY } from "../../lib/schema/pack_layout.ts";
import { forge, jobPackSample, runPackSample, swap } from "../support/sample_packs.ts";
import { unpack } from "../support/sample_run.ts";
import { buildZip, deflate, type Entry, type Frame } from "../support/zip_builder.ts";

const FAILED = { code: "verification_failed" };
const INVALID = { code: "invalid_input" };

type Bytes = Uint8Array<ArrayBuffer>;

/** The entries of a sample pack, laid out by hand. */
async function entries(): Promise<Entry[]> {
  return [...await unpack(await runPackSample())].map(([name, content]) => ({ name, content }));
}

/** A pack in which one entry is described differently. */
async function withLie(name: string, lie: Entry, frame: Frame = {}): Promise<Bytes> {
  return buildZip(
    (await entries()).map((entry) => entry.name === name ? { ...entry, ...lie } : entry),
    frame,
  );
}

/** Whether verifying fails, by an error of ours or by its verdict. */
async function refused(pack: Bytes): Promise<boolean> {
  try {
    return !(await verifyPack(pack)).ok;
  } catch (error) {
    assert.ok(
      ["invalid_input", "verification_failed"].includes((error as { code: string }).code),
      `${error}`,
    );
    return true;
  }
}

Deno.test("attack 1: names that would leave a folder are undeclared, or digests of their own", async () => {
  for (const name of ["../x", "/x", "C:\\x", "a/../x", "x\0.txt"]) {
    const report = await verifyPack(buildZip([...await entries(), { name, content: "x" }]));
    assert.equal(report.ok, false);
    assert.deepEqual(report.undeclaredFiles, [name]);
  }
});

Deno.test("attack 2: bombs are refused, outside and inside", async () => {
  const zeros = new Uint8Array(64 << 20);
  const packed = await deflate(zeros);
  for (const size of [1000, packed.length * 1032 + 1]) {
    assert.ok(
      await refused(await withLie(PACK_ENTRY.runPayload, { packed, content: zeros.subarray(0, 1000), size })),
    );
  }
  const inner = buildZip([{ name: "manifest.json", content: zeros.subarray(0, 100), packed, size: 100 }]);
  const report = await verifyPack(await forge(await runPackSample(), { [PACK_ENTRY.runpack]: inner }));
  assert.ok(report.findings.some(({ code }) => code === "source_runpack_unreadable"));
});

Deno.test("attack 3: doubled names are refused by every reader, also inside", async () => {
  for (const name of ["run_payload.json", " run_payload.json", "RUN_PAYLOAD.JSON", "./run_payload.json"]) {
    const pack = buildZip([...await entries(), { name, content: "{}" }]);
    for (const read of [verifyPack, inspectPack, readSide, exportRecord]) {
      await assert.rejects(read(pack), FAILED, name);
    }
  }
  const inner = buildZip([{ name: "manifest.json", content: "{}" }, {
    name: "Manifest.json",
    content: "{}",
  }]);
  assert.ok(await refused(await forge(await runPackSample(), { [PACK_ENTRY.runpack]: inner })));
});

Deno.test("attack 4: ambiguous archives are refused", async () => {
  for (
    const lie of [{ local: { name: "other.json" } }, { local: { size: 1 } }, {
      behind: utf8("gap"),
    }] as Entry[]
  ) {
    assert.ok(await refused(await withLie(PACK_ENTRY.runPayload, lie)), JSON.stringify(lie));
  }
  const other = await runPackSample();
  assert.ok(await refused(concat([other, await jobPackSample()])));
  assert.ok(await refused(buildZip(await entries(), { comment: buildZip([]) })));
});

Deno.test("attack 4: bytes around a pack in canonical form make it fail", async () => {
  const pack = await runPackSample();
  for (const surrounded of [concat([utf8("#!/bin/sh\n"), pack]), concat([pack, utf8("\n")])]) {
    const report = await verifyPack(surrounded);
    assert.equal(report.ok, false);
    assert.deepEqual(report.findings.map(({ code }) => code), ["archive_surrounded"]);
  }
});

Deno.test("attack 5: a file more, a file less, another size or digest", async () => {
  const pack = await runPackSample();
  for (
    const changes of [
      { "extra.txt": "" },
      { [PACK_ENTRY.envelope]: undefined },
      { [PACK_ENTRY.runPayload]: "" },
      { [PACK_ENTRY.proof]: "" },
    ]
  ) {
    assert.equal((await verifyPack(await swap(pack, changes))).ok, false, JSON.stringify(changes));
  }
});

Deno.test("attack 6: encrypted, unknown, linked or wrongly summed entries are a failed verification", async () => {
  for (
    const lie of [
      { flags: 1 },
      { method: 99 },
      { attributes: 0o120777 * 0x10000 },
      { attributes: 0o040755 * 0x10000 },
      { crc: 1 },
    ]
  ) {
    for (const name of [PACK_ENTRY.runPayload, PACK_ENTRY.runpack, PACK_ENTRY.manifest, PACK_ENTRY.proof]) {
      await assert.rejects(verifyPack(await withLie(name, lie)), FAILED, `${name} ${JSON.stringify(lie)}`);
    }
  }
});

Deno.test("attack 7: another order, time and method is accepted, half of it is not", async () => {
  const all = await entries();
  assert.equal(
    (await verifyPack(buildZip(all.toReversed().map((entry) => ({ ...entry, time: 1 }))))).ok,
    true,
  );
  const form: Entry = {
    versionMadeBy: 0x0314,
    flags: 8,
    extra: Uint8Array.of(0x55, 0x54, 5, 0, 1, 0, 0xa6, 0xce, 0x12),
    local: { crc: 0, compressedSize: 0, size: 0 },
  };
  const canonical = await Promise.all(all.map(async (entry) => {
    const { crc32 } = await import("../../lib/formats/zip/mod.ts");
    const content = entry.content as Bytes;
    const packed = await deflate(content);
    const behind = new Uint8Array(16);
    const view = new DataView(behind.buffer);
    [0x08074b50, crc32(content), packed.length, content.length].forEach((value, i) =>
      view.setUint32(4 * i, value, true)
    );
    return { ...entry, ...form, packed, behind };
  }));
  assert.equal((await verifyPack(buildZip(canonical))).ok, true);
  const mixed = buildZip([...canonical.slice(1), all[0]!]);
  const report = await verifyPack(mixed);
  assert.deepEqual(report.findings.map(({ code }) => code), ["archive_form_mixed"]);
  assert.equal(report.ok, false);
});

Deno.test("attack 8: keys that occur twice are refused in everything that is signed or decides", async () => {
  const run = await runPackSample();
  const job = await jobPackSample();
  const texts = async (pack: Bytes, path: string) =>
    new TextDecoder().decode((await unpack(pack)).get(path)!);
  for (
    const [pack, path, key] of [
      [run, PACK_ENTRY.runPayload, "run_id"],
      [run, PACK_ENTRY.proof, "source"],
      [run, PACK_ENTRY.envelope, "records"],
      [job, PACK_ENTRY.jobPayload, "job_id"],
      [job, PACK_ENTRY.jobState, "status"],
      [job, PACK_ENTRY.jobEvents, "type"],
    ] as const
  ) {
    const text = (await texts(pack, path)).replace("{", `{"${key}":"other",`);
    assert.ok(await refused(await forge(pack, { [path]: text })), path);
  }
  const manifest = (await texts(run, PACK_ENTRY.manifest)).replace("{", '{"pack_type":"job",');
  const doubled = await swap(run, { [PACK_ENTRY.manifest]: manifest });
  for (const read of [verifyPack, inspectPack, readSide]) await assert.rejects(read(doubled), FAILED);
});

Deno.test("attack 9: numbers are never rounded under a digest or a signature", async () => {
  const job = await jobPackSample();
  for (const number of ["9007199254740993", "1e400", "0.1000000000000000055511151231257827"]) {
    const event = `{"job_id":"job_1","type":"x","revision":1,"payload":{"cents":${number}}}`;
    assert.ok(await refused(await forge(job, { [PACK_ENTRY.jobEvents]: event })), number);
  }
  // A proof record whose hash holds for the rounded number.
  const run = await runPackSample();
  const rows = [{ path: "a.json", type: "json", sha256: "ab".repeat(32), size: 9007199254740992, mode: 420 }];
  const identity = { packType: "run", sourceRef: "run_sample", producerVersion: "x" };
  const record = new TextDecoder().decode(await makeProofRecords(rows, identity));
  assert.ok(record.includes("9007199254740992"));
  const changed = record.replace("9007199254740992", "9007199254740993");
  await assert.rejects(verifyPack(await forge(run, { [PACK_ENTRY.proof]: changed })), FAILED);
});

Deno.test("attack 10: bad UTF-8, byte order marks and NULs don't pass", async () => {
  const run = await runPackSample();
  const payload = (await unpack(run)).get(PACK_ENTRY.runPayload)!;
  for (
    const content of [concat([Uint8Array.of(0xef, 0xbb, 0xbf), payload]), concat([payload, Uint8Array.of(0)])]
  ) {
    await assert.rejects(verifyPack(await forge(run, { [PACK_ENTRY.runPayload]: content })), FAILED);
  }
  const bad = payload.slice() as Bytes;
  bad[bad.indexOf(0x5f)] = 0xff; // an underscore in the name of a member
  await assert.rejects(verifyPack(await forge(run, { [PACK_ENTRY.runPayload]: bad })), FAILED);
});

Deno.test("a legacy manifest beside the manifest of a pack changes nothing", async () => {
  const report = await verifyPack(await swap(await runPackSample(), { "manifest.json": "{}" }));
  assert.deepEqual([report.ok, report.undeclaredFiles], [false, ["manifest.json"]]);
});

Deno.test("comparing and showing never verify, and never pass damage on as proof", async () => {
  const pack = await runPackSample();
  const damaged = await swap(pack, { [PACK_ENTRY.envelope]: "{}" });
  assert.equal(diffPacks(await readSide(pack), await readSide(damaged)).changed, false);
  assert.equal((await inspectPack(damaged)).packId, (await inspectPack(pack)).packId);
  assert.equal((await verifyPack(damaged)).ok, false);
  await assert.rejects(readSide(utf8("PK")), INVALID);
});

Deno.test("a digest in another letter case is the same digest; an id with blanks is another id", async () => {
  const pack = await runPackSample();
  const manifest = readJsonObject((await unpack(pack)).get(PACK_ENTRY.manifest)!, { what: "manifest" });
  const shout = canonicalBytes({ ...manifest, pack_id: String(manifest.pack_id).toUpperCase() });
  assert.equal((await verifyPack(await swap(pack, { [PACK_ENTRY.manifest]: shout }))).ok, true);
  const blank = canonicalBytes({ ...manifest, pack_id: ` ${manifest.pack_id} ` });
  await assert.rejects(verifyPack(await swap(pack, { [PACK_ENTRY.manifest]: blank })), FAILED);
  const rows = (manifest.contents as JsonObject[]).map((row) => ({ ...row, sha256: ` ${row.sha256}` }));
  const padded = await forge(pack, {}, { manifest: (document) => void (document.contents = rows) });
  assert.equal((await verifyPack(padded)).hashMismatches.length, rows.length);
});
