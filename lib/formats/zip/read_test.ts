import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, utf8 } from "../bytes.ts";
import { EVIDENCE_LIMITS, openZip, type ZipLimits } from "./mod.ts";
import { buildZip, deflate } from "../../../tests/support/zip_builder.ts";
import { writeZip } from "./write.ts";

const INVALID = { code: "invalid_input" };
const CONTENTS: Record<string, Uint8Array> = {
  "manifest.json": utf8('{"a":1}'),
  "dir/b.jsonl": utf8('{"n":1}\n'.repeat(200)),
  "empty": new Uint8Array(),
  "café": Uint8Array.of(0xff, 0x00),
};

/** An archive made by Python's zipfile; see testdata/zip/README.md. */
function vector(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return Deno.readFile(new URL(`../../../testdata/zip/${name}.zip`, import.meta.url));
}

for (const name of ["stored", "deflated", "reversed", "comment", "before", "after", "streamed"]) {
  Deno.test(`openZip() reads the archive "${name}" of Python's zipfile`, async () => {
    const archive = openZip(await vector(name));
    const names = Object.keys(CONTENTS);
    assert.deepEqual(archive.names, name === "reversed" ? names.toReversed() : names);
    assert.equal(archive.remarks.length, name === "before" || name === "after" ? 1 : 0);
    for (const [entry, content] of Object.entries(CONTENTS)) {
      assert.equal(archive.has(entry), true);
      assert.equal(archive.sizeOf(entry), content.length);
      assert.deepEqual(await archive.read(entry), Uint8Array.from(content));
    }
  });
}

Deno.test("openZip() reads an archive of nothing", async () => {
  const archive = openZip(await vector("none"));
  assert.deepEqual(archive.names, []);
  assert.equal(archive.sizeOf("a"), undefined);
  await assert.rejects(archive.read("a"), INVALID);
});

Deno.test("openZip() refuses to read an entry packed with bzip2, and reads on", async () => {
  const archive = openZip(await vector("bzip2"));
  for (const name of archive.names) await assert.rejects(archive.read(name), INVALID);
});

Deno.test("openZip() refuses anything that is not an archive", () => {
  for (
    const text of ["", "PK", "PK\x05\x06", "x".repeat(21), "x".repeat(22), "PK\x05\x06" + "\0".repeat(17)]
  ) {
    assert.throws(() => openZip(utf8(text)), INVALID);
  }
});

Deno.test("chunks() gives the content of read(), in pieces", async () => {
  const content = new Uint8Array(3_000_000).map((_, i) => (i * i) >>> 7);
  const archive = openZip(await writeZip([{ name: "big", content }]));
  const parts: Uint8Array[] = [];
  for await (const part of archive.chunks("big")) parts.push(part.slice());
  assert.ok(parts.length > 1);
  assert.deepEqual(concat(parts), content);
  assert.deepEqual(await archive.read("big"), content);
});

/** Sizes that are inflated at once, in pieces, and by the runtime; the first two also by our own code for all sizes. */
const SIZES = [1000, 300_000, 2_000_000];
const LIMITS = [EVIDENCE_LIMITS, { ...EVIDENCE_LIMITS, ownInflateBytes: 1_000_000 }];

/** Reading the only entry of an archive, as a whole and in chunks. */
function bothWays(bytes: Uint8Array<ArrayBuffer>, limits: ZipLimits): (() => Promise<Uint8Array>)[] {
  const inChunks = async () => {
    const parts: Uint8Array[] = [];
    for await (const part of openZip(bytes, limits).chunks("a")) parts.push(part.slice());
    return concat(parts);
  };
  return [() => openZip(bytes, limits).read("a"), inChunks];
}

Deno.test("read() and chunks() give the same content, and refuse the same damage, whoever inflates", async () => {
  for (const size of SIZES) {
    const content = new Uint8Array(size).map((_, i) => (i * i) >>> 7);
    const deflated = await deflate(content);
    for (const packed of [content, deflated]) {
      const method = packed === content ? 0 : 8;
      const entry = { name: "a", content, packed, method };
      for (const limits of LIMITS) {
        for (const read of bothWays(buildZip([entry]), limits)) assert.deepEqual(await read(), content);
        const otherChecksum = buildZip([{ ...entry, crc: 1 }]);
        const cut = buildZip([{ ...entry, packed: packed.subarray(0, packed.length >> 1) }]);
        const tooLong = buildZip([{ ...entry, size: size - 1 }]);
        for (const damaged of [otherChecksum, cut, tooLong]) {
          for (const read of bothWays(damaged, limits)) await assert.rejects(read, INVALID);
        }
        for (const read of bothWays(buildZip([entry]), { ...limits, totalBytes: size - 1 })) {
          await assert.rejects(read, INVALID);
        }
      }
    }
  }
});

Deno.test("chunks() can be left early without a leak", async () => {
  const archive = openZip(await writeZip([{ name: "big", content: new Uint8Array(3_000_000) }]));
  for await (const part of archive.chunks("big")) {
    assert.ok(part.length > 0);
    break;
  }
});

Deno.test("openZip() accepts an entry of exactly 100 MiB and refuses one byte more", async () => {
  const size = EVIDENCE_LIMITS.entryBytes;
  assert.equal(size, 104_857_600);
  const whole = await writeZip([{ name: "big", content: new Uint8Array(size) }]);
  let seen = 0;
  for await (const part of openZip(whole).chunks("big")) seen += part.length;
  assert.equal(seen, size);
  const larger = await writeZip([{ name: "big", content: new Uint8Array(size + 1) }]);
  await assert.rejects(openZip(larger).read("big"), INVALID);
  await assert.rejects(openZip(larger).chunks("big").next(), INVALID);
});

Deno.test("openZip() reads back whatever writeZip() wrote", async () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    .filter((text) => /^[^\s./\\\0][^/\\\0]*[^\s./\\\0]$|^[a-z]$/.test(text));
  const file = fc.record({ name, content: fc.uint8Array({ maxLength: 300 }) });
  const fold = ({ name }: { name: string }) =>
    name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
  await fc.assert(fc.asyncProperty(fc.uniqueArray(file, { maxLength: 5, selector: fold }), async (files) => {
    const archive = openZip(await writeZip(files));
    assert.equal(archive.names.length, files.length);
    for (const { name, content } of files) {
      assert.deepEqual(await archive.read(name), Uint8Array.from(content));
    }
  }));
});

Deno.test("openZip() says what verifies a file that is JSON, and that another may be cut off", () => {
  for (
    const [text, hint] of [['\n {"a":1}', /gait trace verify/], ["[", /gait run import/], [
      "PK",
      /cut off/,
    ]] as const
  ) {
    assert.throws(() => openZip(new TextEncoder().encode(text)), { code: "invalid_input", hint });
  }
});
