import assert from "node:assert/strict";
import { GaitError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import { writeZip } from "../formats/zip/write.ts";
import { unpackLog } from "./unpack_log.ts";

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
