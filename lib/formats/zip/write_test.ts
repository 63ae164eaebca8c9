import assert from "node:assert/strict";
import { BlobReader, configure, Uint8ArrayWriter, ZipReader } from "@zip-js/zip-js";
import fc from "fast-check";
import { concat, hex, utf8 } from "../bytes.ts";
import { zipByZipJs } from "./_zip_js.ts";
import { MAX_ENTRIES, openZip } from "./mod.ts";
import { deflate } from "./deflated.ts";
import { writeZip, writeZipPieces, type ZipFile } from "./write.ts";

const VECTOR: { files: Record<string, string>; sha256: string; sha256_stored: string } = JSON.parse(
  await Deno.readTextFile(new URL("../../../testdata/zip/writer.json", import.meta.url)),
);
const FILES: (ZipFile & { readonly content: Uint8Array })[] = Object.entries(VECTOR.files).map((
  [name, text],
) => ({ name, content: utf8(text) }));
const repository = new URL("../../../", import.meta.url);

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

Deno.test("writeZip() gives the pinned bytes, in whatever order the files come", async () => {
  assert.equal(await digest(await writeZip(FILES)), VECTOR.sha256);
  assert.equal(await digest(await writeZip(FILES.toReversed())), VECTOR.sha256);
  assert.equal(await digest(await writeZip(FILES, "stored")), VECTOR.sha256_stored);
});

Deno.test("writeZip() gives the same bytes however the content is cut, stored or deflated", async () => {
  const content = Uint8Array.from(
    { length: 200_000 },
    (_, i) => (i >> 3) * 31 % 251 ^ (i % 977 === 0 ? i : 0),
  );
  async function* cut(size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += size) {
      yield await Promise.resolve(content.slice(at, at + size));
    }
  }
  for (const packing of ["deflated", "stored"] as const) {
    const whole = await digest(await writeZip([{ name: "a", content }], packing));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 500, max: 250_000 }), async (size) => {
        assert.equal(await digest(await writeZip([{ name: "a", content: cut(size) }], packing)), whole);
      }),
      { numRuns: 15 },
    );
  }
});

Deno.test("writeZip() keeps stored entries bit by bit in the canonical form, permissions included", async () => {
  const archive = openZip(
    await writeZip([{ name: "a", content: utf8("x"), executable: true }, ...FILES], "stored"),
  );
  assert.deepEqual(archive.names.filter((name) => !archive.isCanonical(name)), []);
  assert.deepEqual([archive.modeOf("a"), archive.modeOf("empty")], [0o755, 0o644]);
  for (const { name, content } of FILES) assert.deepEqual(await archive.read(name), content);
});

Deno.test("writeZip() refuses names of folders, whose content would be lost, names that are too long or occur twice, and too many entries", async () => {
  const content = utf8("x");
  await assert.rejects(() => writeZip([{ name: "a/", content }]), { code: "invalid_input" });
  const many = Array.from({ length: MAX_ENTRIES + 1 }, (_, i) => ({ name: `${i}`, content }));
  await assert.rejects(() => writeZip(many), { code: "invalid_input" });
  await assert.rejects(() => writeZip([{ name: "é".repeat(0x8000), content }]), { code: "invalid_input" });
  await assert.rejects(() => writeZip([{ name: "a", content }, { name: "a", content }]), /two entries "a"/);
});

Deno.test("writeZip() gives the pinned bytes in every time zone", async () => {
  const script = `
    import { writeZip } from ${JSON.stringify(new URL("write.ts", import.meta.url).href)};
    const files = ${JSON.stringify(Object.entries(VECTOR.files))};
    const encoder = new TextEncoder();
    const bytes = await writeZip(files.map(([name, text]) => ({ name, content: encoder.encode(text) })));
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    Deno.stdout.writeSync(encoder.encode(new Date(0).getHours() + " " + sum.toHex()));
  `;
  const seen = await Promise.all(["Pacific/Kiritimati", "America/St_Johns"].map(async (zone) => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=js", script],
      cwd: repository,
      env: { TZ: zone },
      stderr: "inherit",
    }).output();
    return new TextDecoder().decode(stdout).split(" ");
  }));
  assert.notEqual(seen[0]![0], seen[1]![0], "the zones must differ");
  assert.deepEqual(seen.map(([, sum]) => sum), [VECTOR.sha256, VECTOR.sha256]);
});

Deno.test("writeZip() writes the headers of docs/spec/core.md 3.7", async () => {
  const bytes = await writeZip(FILES);
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 22;
  assert.equal(view.getUint32(end, true), 0x06054b50);
  assert.equal(view.getUint16(end + 20, true), 0, "no comment");
  const names: string[] = [];
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < view.getUint16(end + 10, true); i++) {
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + view.getUint16(at + 28, true)));
    const extraLength = view.getUint16(at + 30, true);
    // deno-lint-ignore no-control-regex
    const flags = /^[\x00-\x7f]*$/.test(name) ? 0x8 : 0x808;
    assert.equal(view.getUint16(at + 4, true), 0x0314);
    assert.equal(view.getUint16(at + 6, true), 20);
    assert.equal(view.getUint16(at + 8, true), flags);
    assert.equal(view.getUint16(at + 10, true), 8, "deflate, also for an empty file");
    assert.equal(view.getUint32(at + 12, true), 0x0021_0000, "1980-01-01 00:00");
    assert.equal(
      hex(bytes.subarray(at + 46 + utf8(name).length, at + 46 + utf8(name).length + extraLength)),
      "555405000100a6ce12",
    );
    assert.equal(view.getUint32(at + 38, true), 0x81a40000);
    const local = view.getUint32(at + 42, true);
    assert.deepEqual(
      [view.getUint32(local + 14, true), view.getUint32(local + 18, true), view.getUint32(local + 22, true)],
      [0, 0, 0],
      "sizes stand in the data descriptor",
    );
    names.push(name);
    at += 46 + utf8(name).length + extraLength;
  }
  assert.deepEqual(names, ["café", "empty", "intents.jsonl", "run.json"]);
});

Deno.test("writeZip() sorts by bytes, not by UTF-16", async () => {
  const names = ["\u{1f600}", "\uffff", "b", "a/b", "a.b"];
  const archive = openZip(await writeZip(names.map((name) => ({ name, content: utf8(name) }))));
  assert.deepEqual(archive.names, ["a.b", "a/b", "b", "\uffff", "\u{1f600}"]);
});

Deno.test("writeZip() makes archives that openZip() reads without a remark", async () => {
  const archive = openZip(await writeZip(FILES));
  assert.deepEqual(archive.remarks, []);
  for (const { name, content } of FILES) assert.deepEqual(await archive.read(name), content);
  assert.deepEqual(openZip(await writeZip([])).names, []);
});

Deno.test("writeZip() makes archives that zip.js reads at its strictest", async () => {
  configure({ useWebWorkers: false });
  const reader = new ZipReader(new BlobReader(new Blob([await writeZip(FILES)])), { strictness: "strict" });
  const seen = new Map<string, Uint8Array>();
  for (const entry of await reader.getEntries()) {
    if (entry.directory) assert.fail("no folder was written");
    seen.set(entry.filename, await entry.getData(new Uint8ArrayWriter(), { checkSignature: true }));
  }
  await reader.close();
  assert.deepEqual(
    seen,
    new Map(FILES.toSorted((a, b) => a.name < b.name ? -1 : 1).map((f) => [f.name, f.content])),
  );
});

Deno.test("writeZip() gives the bytes of zip.js, whatever the names, also for contents that are compressed already", async () => {
  const cut = (content: Uint8Array) => [content.subarray(0, 7), content.subarray(7)];
  await fc.assert(fc.asyncProperty(
    fc.uniqueArray(
      fc.record({
        name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter((name) =>
          !name.endsWith("/")
        ),
        content: fc.uint8Array({ maxLength: 3000, size: "max" }),
        isPacked: fc.boolean(),
        executable: fc.boolean(),
      }),
      { selector: ({ name }) => name, maxLength: 6 },
    ),
    async (given) => {
      const files = await Promise.all(given.map(async ({ isPacked, ...file }) => ({
        ...file,
        content: isPacked ? await deflate(cut(file.content)) : file.content,
      })));
      const archive = await writeZip(given);
      assert.deepEqual(archive, await zipByZipJs(given));
      assert.deepEqual(await writeZip(files), archive);
      assert.deepEqual(concat(await writeZipPieces(files)), archive);
    },
  ));
});

Deno.test("writeZip() writes stored contents that come in pieces as it writes them whole", async () => {
  for (const size of [0, 1, 0xffff, 0x10000, 3 * 0xffff, 200_000]) {
    const content = Uint8Array.from({ length: size }, (_, i) => i * 31 & 0xff);
    const pieces = [content.subarray(0, 1000), new Uint8Array(), content.subarray(1000)];
    const whole = await writeZip([{ name: "é", content }], "stored");
    assert.deepEqual(await writeZip([{ name: "é", content: pieces }], "stored"), whole);
    assert.equal(whole.byteLength, whole.buffer.byteLength);
  }
});

Deno.test("writeZip() takes no content away, however large and whether whole, in pieces or compressed", async () => {
  const piece = 256 * 1024;
  for (const size of [1024, piece, 4 * piece, 4 * piece + 5]) {
    const content = Uint8Array.from({ length: size }, (_, i) => i * i & 0xff);
    const copy = content.slice();
    const pieces = [content.slice(0, piece), content.slice(piece)].filter(({ length }) => length > 0);
    const deflated = await deflate([content]);
    const packed = concat(deflated.packed);
    for (const packing of ["stored", "deflated"] as const) {
      await writeZip([{ name: "a", content }, { name: "b", content: pieces }], packing);
      assert.deepEqual(content, copy);
      assert.deepEqual(concat(pieces), copy);
    }
    await writeZip([{ name: "a", content }, { name: "b", content: deflated }]);
    assert.deepEqual(content, copy);
    assert.deepEqual(concat(deflated.packed), packed);
  }
});

Deno.test("writeZip() gives back the memory of what is spent, piece by piece, and of nothing else", async () => {
  for (const packing of ["stored", "deflated"] as const) {
    const pieceOf = () => Uint8Array.from({ length: 100_000 }, (_, i) => i * i & 0xff);
    const pieces = [pieceOf(), pieceOf()];
    const content = packing === "stored" ? pieces : await deflate(pieces);
    const kept = pieceOf();
    const expected = await writeZip([{ name: "a", content }, { name: "b", content: kept }], packing);
    const given = [{ name: "a", content, isSpent: true }, { name: "b", content: kept }];
    assert.deepEqual(await writeZip(given, packing), expected);
    const left = "packed" in content ? content.packed : pieces;
    assert.deepEqual(left.map(({ length }) => length), left.map(() => 0));
    assert.equal(kept.length, 100_000);
  }
});
