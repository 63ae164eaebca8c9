import assert from "node:assert/strict";
import { GaitError } from "../errors/mod.ts";
import { zstdCompressSync } from "node:zlib";
import { concat, utf8 } from "../formats/bytes.ts";
import { crc32For } from "../formats/zip/crc32.ts";
import { writeTar } from "../../tests/support/tar.ts";
import { openZip } from "../formats/zip/mod.ts";
import { writeZip } from "../formats/zip/write.ts";
import { isUnpacked, unpackLog } from "./unpack_log.ts";

const LIMIT = 1 << 20;

async function gzip(bytes: Uint8Array<ArrayBuffer>) {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

const textsOf = async (bytes: Uint8Array<ArrayBuffer>, limit = LIMIT) =>
  (await unpackLog("logs", bytes, limit)).map(({ what, bytes, found }) => [
    what,
    new TextDecoder().decode(bytes),
    found,
  ]);

const refused = (run: Promise<unknown>) =>
  assert.rejects(run, (error) => error instanceof GaitError && error.code === "invalid_input");

Deno.test("unpackLog() takes a plain file as it is, and what a gzip file holds", async () => {
  assert.deepEqual(await textsOf(utf8("{}")), [["logs", "{}", undefined]]);
  assert.deepEqual(await textsOf(await gzip(utf8("{}"))), [["logs", "{}", undefined]]);
});

Deno.test("unpackLog() gives the entries of an archive by name, unpacked, and each may be left out", async () => {
  const archive = await writeZip([
    { name: "b.json", content: utf8("{}") },
    { name: "a/c.json.gz", content: await gzip(utf8("[]")) },
  ]);
  assert.deepEqual(await textsOf(archive), [
    ['logs, entry "a/c.json.gz"', "[]", true],
    ['logs, entry "b.json"', "{}", true],
  ]);
});

Deno.test("unpackLog() gives the entries of archives in an archive, three deep, within one limit", async () => {
  const zip = (content: Uint8Array<ArrayBuffer>, name: string) => writeZip([{ name, content }]);
  const inner = await zip(utf8("{}"), "a.json");
  const tar = writeTar([{ name: "b.zip", content: inner }]);
  assert.deepEqual(await textsOf(await zip(await gzip(tar), "c.tar.gz")), [
    ['logs, entry "c.tar.gz", entry "b.zip", entry "a.json"', "{}", true],
  ]);
  assert.deepEqual(await textsOf(await gzip(inner)), [['logs, entry "a.json"', "{}", true]]);
  const deep = await zip(await zip(await zip(inner, "b.zip"), "c.zip"), "d.zip");
  assert.deepEqual((await unpackLog("logs", deep, LIMIT)).map(({ what }) => what), [
    'logs, entry "d.zip", entry "c.zip", entry "b.zip"',
  ]);
  const half = await zip(await gzip(new Uint8Array(LIMIT / 2 + 1)), "a");
  await refused(
    unpackLog("logs", await writeZip([{ name: "a", content: half }, { name: "b", content: half }]), LIMIT),
  );
  await refused(unpackLog("logs", await zip(inner.slice(0, -10), "torn.zip"), LIMIT));
});

Deno.test("unpackLog() refuses what unpacks to more than its limit: a file, an entry, all entries together", async () => {
  const large = new Uint8Array(LIMIT + 1);
  const half = new Uint8Array(LIMIT / 2 + 1);
  await refused(unpackLog("logs", large, LIMIT));
  await refused(unpackLog("logs", await gzip(large), LIMIT));
  await refused(unpackLog("logs", await writeZip([{ name: "a", content: large }]), LIMIT));
  await refused(unpackLog("logs", await writeZip([{ name: "a", content: await gzip(large) }]), LIMIT));
  const twice = [{ name: "a", content: await gzip(half) }, { name: "b", content: await gzip(half) }];
  await refused(unpackLog("logs", await writeZip(twice), LIMIT));
});

Deno.test("unpackLog() unpacks gzip files of several members, files that were packed twice, and Zstandard", async () => {
  const members = concat([await gzip(utf8('{"a":1}\n')), await gzip(utf8('{"b":2}\n'))]);
  const zstandard = new Uint8Array(zstdCompressSync(utf8("{}")));
  assert.deepEqual(await textsOf(members), [["logs", '{"a":1}\n{"b":2}\n', undefined]]);
  assert.deepEqual(await textsOf(await gzip(await gzip(utf8("{}")))), [["logs", "{}", undefined]]);
  assert.deepEqual(await textsOf(zstandard), [["logs", "{}", undefined]]);
  assert.deepEqual(await textsOf(await writeZip([{ name: "a.zst", content: zstandard }])), [
    ['logs, entry "a.zst"', "{}", true],
  ]);
});

Deno.test("unpackLog() gives the files of an archive of tar by name, packed or not, and each may be left out", async () => {
  const archive = writeTar([
    { name: "b.json", content: utf8("old") },
    { name: "a.gz", content: await gzip(utf8("[]")) },
    { name: "b.json", content: utf8("{}") },
  ]);
  const expected = [['logs, entry "a.gz"', "[]", true], ['logs, entry "b.json"', "{}", true]];
  assert.deepEqual(await textsOf(archive), expected);
  assert.deepEqual(await textsOf(await gzip(archive)), expected);
  assert.equal(isUnpacked(archive.subarray(0, 512)), false);
  assert.equal(isUnpacked(utf8('{"messages":[]}'.repeat(50)).subarray(0, 512)), true);
  await refused(unpackLog("logs", archive.slice(0, -1024 - 512), LIMIT));
});

Deno.test("unpackLog() refuses members and files of Zstandard that are larger than its limit, or damaged", async () => {
  const half = await gzip(new Uint8Array(LIMIT / 2 + 1));
  const large = new Uint8Array(zstdCompressSync(new Uint8Array(LIMIT + 1)));
  await refused(unpackLog("logs", concat([half, half]), LIMIT));
  await refused(unpackLog("logs", await gzip(await gzip(new Uint8Array(LIMIT + 1))), LIMIT));
  await refused(unpackLog("logs", large, LIMIT));
  for (const content of ["x".repeat(LIMIT / 2), "abc".repeat(9)]) {
    const packed = new Uint8Array(zstdCompressSync(utf8(content)));
    const two = concat([packed, packed]);
    assert.deepEqual(await textsOf(two), [["logs", content + content, undefined]]);
    for (let end = 5; end < packed.length; end += 3) {
      await refused(unpackLog("logs", packed.slice(0, end), LIMIT));
      await refused(unpackLog("logs", two.slice(0, packed.length + end), LIMIT));
    }
  }
  await refused(unpackLog("logs", concat([half, utf8("more")]), LIMIT));
});

Deno.test("unpackLog() refuses torn archives and torn gzip files", async () => {
  const packed = await gzip(utf8('{"messages":[]}'));
  const archive = await writeZip([{ name: "a", content: utf8("{}") }]);
  for (let end = 4; end < packed.length; end += 5) {
    await refused(unpackLog("logs", packed.slice(0, end), LIMIT));
  }
  for (let end = 4; end < archive.length; end += 5) {
    await refused(unpackLog("logs", archive.slice(0, end), LIMIT));
  }
});

/** An archive as Python writes it with Zstandard: its directory alone asks for a later version. */
async function zstandardArchive(content: Uint8Array, packed: Uint8Array, size = content.length) {
  const name = utf8("samples/a.json");
  const crc = (await crc32For(content.length))(content);
  const facts = [0, 93, 0, 0x21, crc & 0xffff, crc >>> 16, packed.length & 0xffff, packed.length >>> 16];
  const sizes = [size & 0xffff, size >>> 16, name.length, 0];
  const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
  const local = concat([utf8("PK\x03\x04"), words(20, ...facts, ...sizes), name, packed]);
  const about = words(0x0314, 45, ...facts, ...sizes, 0, 0, 0, 0, 0o100644, 0, 0);
  const directory = concat([utf8("PK\x01\x02"), about, name]);
  const end = words(0, 0, 1, 1, directory.length, 0, local.length & 0xffff, local.length >>> 16, 0);
  return concat([local, directory, utf8("PK\x05\x06"), end]);
}

Deno.test("unpackLog() unpacks entries in Zstandard, which archives of evidence can't have", async () => {
  const content = utf8(`{"text":"${"x".repeat(5000)}"}`);
  const packed = new Uint8Array(zstdCompressSync(content));
  const archive = await zstandardArchive(content, packed);
  assert.deepEqual(await textsOf(archive), [[
    'logs, entry "samples/a.json"',
    new TextDecoder().decode(content),
    true,
  ]]);
  assert.throws(() => openZip(archive), /described in two ways/);
  for (const size of [content.length - 1, content.length + 1, LIMIT + 1]) {
    await refused(unpackLog("logs", await zstandardArchive(content, packed, size), LIMIT));
  }
  await refused(unpackLog("logs", await zstandardArchive(content, packed.slice(0, -3)), LIMIT));
  await refused(unpackLog("logs", await zstandardArchive(utf8("other"), packed, content.length), LIMIT));
});
