/** Hostile packs, and hostile archives: zip, tar and Zstandard. */
import { framesOf } from "../../lib/conversation/zstandard_frames.ts";
import { readTar } from "../../lib/formats/tar.ts";
import { writeTar } from "../support/tar.ts";
import { diffPacks, readSide } from "../../lib/pack/diff.ts";
import { inspectPack } from "../../lib/pack/inspect.ts";
import { verifyPack } from "../../lib/pack/verify.ts";
import { gatedPack } from "../support/gated_pack.ts";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import type { JsonObject } from "../../lib/formats/json/mod.ts";
import { openZip } from "../../lib/formats/zip/mod.ts";
import { SAMPLE } from "../support/sample_run.ts";
import { forge, runPackSample } from "../support/sample_packs.ts";
import { buildZip } from "../support/zip_builder.ts";
import { type Readers, SHA, what } from "./hostile_reader.ts";
import { call } from "./hostile_runpacks.ts";
import { list } from "./log_lines.ts";

const packWithRows = async (n: number, row: (i: number) => JsonObject) =>
  await forge(await runPackSample(), {}, {
    manifest: (manifest) => void (manifest.contents as JsonObject[]).push(...list(n, row)),
  });

async function runPackOf(n: number): Promise<Uint8Array> {
  return await runPackSample(undefined, (given) => {
    given.intents = list(n, (i) => call(i).intent);
    given.results = list(n, (i) => call(i).result);
    given.refs = SAMPLE.refs;
  });
}

const gatedPacks = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();

/** {@linkcode gatedPack}, made once for the readers that it is for: each of its calls is signed and approved. */
function sharedGatedPack(count: number): Promise<Uint8Array<ArrayBuffer>> {
  const made = gatedPacks.get(count) ?? gatedPack(count);
  gatedPacks.set(count, made);
  return made;
}

export const PACKS: Readers = {
  "tar: files": {
    make: (n) => writeTar(list(n, (i) => ({ name: `a${i}`, content: utf8("x") }))),
    read: (bytes) => readTar(bytes, what),
  },
  "tar: an extended header": {
    make: (n) => writeTar([{ name: "p", kind: "x", content: utf8("1 path=".repeat(n)) }]),
    read: (bytes) => readTar(bytes, what),
  },
  "Zstandard: frames": {
    make: (n) => concat(list(n, () => Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0))),
    read: framesOf,
  },
  "zip: entries": { size: 800, make: (n) => buildZip(list(n, (i) => ({ name: `e${i}` }))), read: openZip },
  "zip: names of blanks": { make: (n) => buildZip([{ name: "a" + " ".repeat(n) + "b" }]), read: openZip },
  "zip: names of dots": {
    make: (n) => buildZip([{ name: "a" + ".".repeat(n) + "b" }, { name: "./".repeat(n) + "c" }]),
    read: openZip,
  },
  "zip: names of U+0085": {
    make: (n) => buildZip([{ name: "a" + "\u0085".repeat(n) + "b" }]),
    read: openZip,
  },
  "zip: a comment of end records": {
    make: (n) => buildZip([], { comment: utf8("PK".repeat(n)) }),
    read: openZip,
  },
  "zip: extra fields": {
    capped: true,
    make: (n) => buildZip([{ extra: new Uint8Array(4 * n) }]),
    read: openZip,
  },
  "zip: bytes in front": { make: (n) => buildZip([], { before: utf8("P".repeat(n)) }), read: openZip },
  "pack verify: rows of nothing": {
    make: (n) => packWithRows(n, (i) => ({ path: `p${i}`, sha256: SHA, type: "blob" })),
    read: (bytes) => verifyPack(bytes),
  },
  "pack verify: a row again and again": {
    make: (n) => packWithRows(n, () => ({ path: "run_payload.json", sha256: SHA, type: "json" })),
    read: (bytes) => verifyPack(bytes),
  },
  "pack verify: entries": {
    size: 400,
    make: async (n) =>
      await forge(await runPackSample(), Object.fromEntries(list(n, (i) => [`b${i}.bin`, utf8("x")]))),
    read: (bytes) => verifyPack(bytes),
  },
  "pack verify: decisions": {
    size: 150,
    make: sharedGatedPack,
    read: (bytes) => verifyPack(bytes),
  },
  "pack inspect: decisions": {
    size: 150,
    make: sharedGatedPack,
    read: inspectPack,
  },
  "pack inspect: calls": { size: 500, make: async (n) => await runPackOf(n), read: inspectPack },
  "pack diff: calls": {
    size: 500,
    make: async (n) => await runPackOf(n),
    read: async (bytes) => diffPacks(await readSide(bytes), await readSide(bytes)),
  },
};
