/*
 * The attacks on archives of docs/threat_model.md 1 to 7, on the reader that everything else stands on. Where
 * docs/spec/core.md 3.8 tolerates something, the test says so.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, equalBytes, utf8 } from "../../lib/formats/bytes.ts";
import { MAX_ENTRIES, openZip, type ZipLimits } from "../../lib/formats/zip/mod.ts";
import { writeZip } from "../../lib/formats/zip/write.ts";
import { buildZip, deflate, type Entry, type Frame, type Header, record } from "../support/zip_builder.ts";

const INVALID = { code: "invalid_input" };
const AMBIGUOUS = { code: "verification_failed", detail: "archive_ambiguous" };
const DUPLICATE = { code: "verification_failed", detail: "archive_duplicate_entries" };
const NO_FILE = { code: "verification_failed", detail: "archive_entry_not_a_file" };

const open = (entries: readonly Entry[], frame: Frame = {}) => openZip(buildZip(entries, frame));
const two = [{ name: "a.txt", content: "alpha" }, { name: "b.txt", content: "beta" }];

/** All contents by name; only for archives that are expected to be readable. */
async function readAll(bytes: Uint8Array<ArrayBuffer>, limits?: ZipLimits): Promise<Map<string, Uint8Array>> {
  const archive = openZip(bytes, limits);
  const contents = new Map<string, Uint8Array>();
  for (const name of archive.names) contents.set(name, await archive.read(name));
  return contents;
}

function isOurs(error: unknown): boolean {
  return ["invalid_input", "verification_failed"].includes((error as { code?: string }).code ?? "");
}

Deno.test("attack 1: hostile names are data, and only an exact name finds an entry", async () => {
  const names = ["../x", "/x", "C:\\y", "..\\z", "a/../b", "nul\0led", "~/q"];
  const archive = open([...names.map((name) => ({ name, content: name })), { name: "x2", content: "good" }]);
  assert.deepEqual(archive.names, [...names, "x2"]);
  assert.equal(archive.has("x"), false);
  await assert.rejects(archive.read("y"), INVALID);
  assert.deepEqual(await archive.read("../x"), utf8("../x"));
});

Deno.test("an archive around another one is called cut off wherever its end is missing, and nothing else is", () => {
  const name = "inner.zip";
  const inner = buildZip(two);
  const outer = buildZip([{ name, content: inner, packed: inner, method: 0 }, ...two]);
  assert.deepEqual(openZip(outer).names, [name, ...two.map((entry) => entry.name)]);
  for (let length = 30 + name.length + inner.length; length < outer.length; length++) {
    assert.throws(() => openZip(outer.slice(0, length)), {
      code: "verification_failed",
      detail: "archive_truncated",
    });
  }
  assert.throws(() => openZip(concat([buildZip(two), inner])), AMBIGUOUS);
});

Deno.test("attack 2: an entry that inflates to more than it declares is stopped while it unfolds", async () => {
  const zeros = new Uint8Array(64 << 20);
  const packed = await deflate(zeros);
  for (const size of [0, 10, 1000, packed.length, 100_000]) {
    const archive = open([{ name: "a.txt", content: zeros.subarray(0, size), packed }]);
    let largest = 0;
    let sum = 0;
    await assert.rejects(async () => {
      for await (const chunk of archive.chunks("a.txt")) {
        largest = Math.max(largest, chunk.length);
        sum += chunk.length;
      }
    }, INVALID);
    assert.ok(sum <= size);
  }
});

Deno.test("attack 2: memory for a bomb stays bounded", async () => {
  const script = `
    import { openZip } from ${JSON.stringify(new URL("../../lib/formats/zip/mod.ts", import.meta.url).href)};
    import { buildZip } from ${JSON.stringify(new URL("../support/zip_builder.ts", import.meta.url).href)};
    const zeros = new Uint8Array(1 << 20);
    const endless = new ReadableStream({
      start() { this.left = 512; },
      pull(c) { if (this.left-- > 0) c.enqueue(zeros); else c.close(); },
    });
    const packed = new Uint8Array(await new Response(endless.pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer());
    const codes = [];
    for (const size of [9, 70_000]) {
      const archive = openZip(buildZip([{ name: "a", content: new Uint8Array(size), packed }]));
      codes.push(await archive.read("a").then(() => "read", (error) => error.code));
    }
    const peak = Number(/VmHWM:\\s+(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? 0);
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ codes, peak })));
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", script],
    stderr: "inherit",
  }).output();
  const { codes, peak } = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual(codes, ["invalid_input", "invalid_input"]);
  // 512 MiB unfolded at once would need more than that; a bare process takes about 60 MB.
  assert.ok(peak < 300_000, `peak of ${peak} kB`);
});

Deno.test("attack 2: a declared size beyond what deflate can reach is refused before inflating", async () => {
  const packed = await deflate(new Uint8Array(100));
  await assert.rejects(open([{ packed, size: packed.length * 1032 + 1, crc: 0 }]).read("a.txt"), INVALID);
});

Deno.test("attack 2: the limit of an entry holds at n and n + 1, by header", async () => {
  const limits = { entryBytes: 100, totalBytes: 1000 };
  const of = (size: number) => openZip(buildZip([{ content: new Uint8Array(size) }]), limits).read("a.txt");
  assert.equal((await of(100)).length, 100);
  await assert.rejects(of(101), INVALID);
  await assert.rejects(openZip(buildZip([{ size: 0xfffffffe, compressedSize: 0 }])).read("a.txt"), INVALID);
});

Deno.test("attack 2: the limit of all entries together holds at n and n + 1", async () => {
  const entries = ["a", "b", "c"].map((name) => ({ name, content: new Uint8Array(100) }));
  assert.equal((await readAll(buildZip(entries), { entryBytes: 100, totalBytes: 300 })).size, 3);
  await assert.rejects(readAll(buildZip(entries), { entryBytes: 100, totalBytes: 299 }), INVALID);
});

Deno.test("attack 2: the number of entries is limited at n and n + 1", () => {
  const entries = Array.from({ length: MAX_ENTRIES + 1 }, (_, i) => ({ name: `${i}` }));
  assert.equal(open(entries.slice(1)).names.length, MAX_ENTRIES);
  assert.throws(() => open(entries), INVALID);
});

Deno.test("attack 2: an archive inside an archive is bytes like any other", async () => {
  const inner = buildZip(two);
  assert.deepEqual(await open([{ name: "inner.zip", content: inner }]).read("inner.zip"), inner);
});

for (
  const [kind, names] of Object.entries({
    "exact": ["run.json", "run.json"],
    "trimmed": ["run.json", " run.json\t"],
    "trimmed with U+0085 and U+00A0": ["run.json", "\u0085run.json\u00a0"],
    "letter case": ["run.json", "RUN.JSON"],
    "letter case beyond ASCII": ["\u017ftrasse", "STRASSE"],
    "Unicode form": ["caf\u00e9.json", "cafe\u0301.json"],
    "Unicode form and case": ["CAFE\u0301.json", "caf\u00e9.json"],
    "cut at NUL": ["run.json", "run.json\0.txt"],
    "backslash": ["a/run.json", "a\\run.json"],
    "dot segment": ["run.json", "./run.json"],
    "root": ["run.json", "/run.json"],
    "trailing dot or blank": ["run.json", "run.json. "],
    "file and folder": ["run", "run/"],
  })
) {
  Deno.test(`attack 3: names that are equal by ${kind} are refused`, () => {
    assert.throws(() => open(names.map((name) => ({ name }))), DUPLICATE);
    assert.throws(
      () => open([{ name: "other" }, ...names.toReversed().map((name) => ({ name }))]),
      DUPLICATE,
    );
  });
}

Deno.test("attack 3: blank names do not count as duplicates, and different names stay different", () => {
  open([{ name: "" }, { name: " " }, { name: "\t" }]);
  open([{ name: "a" }, { name: "ab" }, { name: "a/b" }, { name: "../a" }, { name: "a.b" }]);
});

for (
  const [field, lie] of Object.entries<Header>({
    "version needed": { versionNeeded: 10 },
    "flags": { flags: 0x800 },
    "method": { method: 8 },
    "time": { time: 1 },
    "date": { date: 0x22 },
    "crc": { crc: 1 },
    "compressed size": { compressedSize: 4 },
    "size": { size: 4 },
    "size, declared huge": { size: 0xffffffff },
    "name": { name: "c.txt" },
    "name length": { name: "aa.txt" },
    "name case": { name: "A.txt" },
  })
) {
  Deno.test(`attack 4: a local header with another ${field} than the directory is refused`, () => {
    assert.throws(() => open([{ ...two[0], local: lie }, two[1]!]), AMBIGUOUS);
  });
}

Deno.test("attack 4: names that differ by bad UTF-8 alone are not taken for equal entries' names", () => {
  const [left, right] = [Uint8Array.of(0x61, 0xff), Uint8Array.of(0x61, 0xfe)];
  // Both bytes read as U+FFFD, so the entries share one name here.
  assert.throws(() => open([{ name: left }, { name: right }]), DUPLICATE);
});

Deno.test("attack 4: sizes of zero in a local header need the flag that says so", () => {
  const local = { crc: 0, compressedSize: 0, size: 0 };
  const behind = record([[4, 0x08074b50], [4, 0x57f4675d], [4, 5], [4, 5]]);
  const alpha = { ...two[0]!, crc: 0x57f4675d };
  assert.throws(() => open([{ ...alpha, local, behind }]), AMBIGUOUS);
  assert.throws(() => open([{ ...alpha, local }]), AMBIGUOUS);
  assert.deepEqual(open([{ ...alpha, flags: 8, local, behind }]).names, ["a.txt"]);
});

Deno.test("attack 4: a data descriptor must agree with the directory", () => {
  const crc = 0x57f4675d;
  const local = { crc: 0, compressedSize: 0, size: 0 };
  const with_ = (fields: [number, number][]) =>
    open([{ ...two[0]!, crc, flags: 8, local, behind: record(fields) }]);
  with_([[4, crc], [4, 5], [4, 5]]); // without signature
  for (const fields of [[crc + 1, 5, 5], [crc, 4, 5], [crc, 5, 4]] as const) {
    assert.throws(
      () => with_([[4, 0x08074b50], ...fields.map((field) => [4, field] as [number, number])]),
      AMBIGUOUS,
    );
  }
  assert.throws(() => with_([]), AMBIGUOUS);
});

Deno.test("attack 4: overlapping entries are refused", () => {
  assert.throws(
    () => open([...two, { name: "a.txt", centralOnly: true, content: "alpha", central: { offset: 0 } }]),
    {
      code: "verification_failed",
    },
  );
  // The second entry begins inside the data of the first.
  const inner = buildZip([{ name: "b.txt", content: "beta" }]).subarray(0, 30 + 5 + 4);
  assert.throws(
    () =>
      open([{ name: "a.txt", content: inner }, {
        name: "b.txt",
        content: "beta",
        centralOnly: true,
        central: { offset: 35 },
      }]),
    AMBIGUOUS,
  );
});

Deno.test("attack 4: gaps between entries, and before the directory, are refused", () => {
  assert.throws(() => open([{ ...two[0]!, behind: utf8("x") }, two[1]!]), AMBIGUOUS);
  assert.throws(() => open(two, { gapBeforeDirectory: utf8("x") }), AMBIGUOUS);
});

Deno.test("attack 4: bytes inside or behind the directory that belong to no entry are refused", () => {
  assert.throws(() => open(two, { insideDirectory: utf8("junk") }), AMBIGUOUS);
  assert.throws(() => open(two, { beforeEnd: utf8("junk") }), isOurs);
});

Deno.test("attack 4: inert bytes around the archive are tolerated with a remark (docs/spec/core.md 3.8)", async () => {
  for (const frame of [{ before: utf8("#!/bin/sh\n") }, { before: utf8("junk"), absoluteOffsets: true }]) {
    const archive = open(two, frame);
    assert.equal(archive.remarks.length, 1);
    assert.deepEqual(await archive.read("b.txt"), utf8("beta"));
  }
  assert.equal(open(two, { after: utf8("\n") }).remarks.length, 1);
  assert.equal(open(two, { before: utf8("x"), after: utf8("PK") }).remarks.length, 2);
  assert.equal(open(two, { comment: utf8("made by hand") }).remarks.length, 0);
});

Deno.test("attack 4: bytes around the archive that look like another one are refused", () => {
  const other = buildZip([{ name: "a.txt", content: "other" }]);
  const empty = buildZip([]);
  for (
    const bytes of [
      other,
      empty,
      utf8("PK\x01\x02"),
      utf8("PK\x03\x04"),
      utf8("PK\x05\x06"),
      utf8("PK\x07\x08"),
    ]
  ) {
    assert.throws(() => open(two, { before: bytes }), isOurs);
    assert.throws(() => open(two, { before: bytes, absoluteOffsets: true }), isOurs);
    assert.throws(() => open(two, { after: bytes }), isOurs);
    assert.throws(() => open(two, { after: concat([utf8("x"), bytes, utf8("y")]) }), isOurs);
    assert.throws(() => open(two, { comment: bytes }), isOurs);
    assert.throws(() => open(two, { comment: concat([bytes, utf8("padding behind it")]) }), isOurs);
  }
});

Deno.test("attack 4: an end record in the comment, taken by readers that search from the end, is refused", () => {
  // Its own comment length does not fit, so only some readers take it.
  const misfit = buildZip([], { end: { comment: 0xffff } });
  assert.throws(() => open(two, { comment: misfit }), AMBIGUOUS);
});

Deno.test("attack 4: an end record that contradicts itself or the file is refused", () => {
  for (
    const end of [
      { disk: 1 },
      { startDisk: 1 },
      { countHere: 1 },
      { countHere: 1, count: 1 },
      { countHere: 3, count: 3 },
      { size: 10 },
      { size: 0x7fffffff },
      { offset: 0x7fffffff },
      { size: 0 },
      { offset: 0x1000 },
    ]
  ) {
    assert.throws(() => open(two, { end }), isOurs, JSON.stringify(end));
  }
});

Deno.test("attack 4: ZIP64 is refused, by its marks and by its locator", () => {
  for (const end of [{ countHere: 0xffff, count: 0xffff }, { size: 0xffffffff }, { offset: 0xffffffff }]) {
    assert.throws(() => open(two, { end }), isOurs);
  }
  for (const lie of [{ size: 0xffffffff }, { compressedSize: 0xffffffff }]) {
    assert.throws(
      () => open([{ ...two[0], ...lie, extra: record([[2, 1], [2, 8], [4, 5], [4, 0]]) }]),
      INVALID,
    );
  }
  const locator = record([[4, 0x07064b50], [4, 0], [4, 0], [4, 0], [4, 1]]);
  assert.throws(() => open(two, { beforeEnd: locator }), isOurs);
  assert.throws(
    () => open([{ ...two[0], central: { extra: concat([record([[2, 0xcafe], [2, 20]]), locator]) } }]),
    AMBIGUOUS,
  );
});

Deno.test("attack 4: a Unicode Path field that gives an entry a second name is refused", () => {
  const field = (name: string) =>
    concat([record([[2, 0x7075], [2, 5 + name.length], [1, 1], [4, 0x12345678]]), utf8(name)]);
  const timestamp = record([[2, 0x5455], [2, 5], [1, 1], [4, 315532800]]);
  assert.throws(() => open([{ ...two[0], extra: field("z.txt") }]), AMBIGUOUS);
  assert.throws(() => open([{ ...two[0], local: { extra: field("z.txt") } }]), AMBIGUOUS);
  assert.throws(
    () => open([{ ...two[0], central: { extra: concat([timestamp, field("z.txt")]) } }]),
    AMBIGUOUS,
  );
  assert.deepEqual(open([{ ...two[0], extra: concat([timestamp, field("a.txt")]) }]).names, ["a.txt"]);
});

Deno.test("attack 4: an end record in the comment or an extra field of an entry is refused, and so is a later disk", () => {
  const end = record([[4, 0x06054b50], [4, 0], [4, 0], [4, 0], [4, 0], [2, 0]]);
  const field = concat([record([[2, 0x9999], [2, end.length]]), end]);
  assert.throws(() => open([{ ...two[0], central: { extra: field } }]), AMBIGUOUS);
  const bytes = buildZip(two);
  const central = bytes.findLastIndex((_, at) =>
    bytes[at] === 0x50 && bytes[at + 1] === 0x4b && bytes[at + 2] === 1 && bytes[at + 3] === 2
  );
  const other = bytes.slice();
  other[central + 34] = 1;
  assert.throws(() => openZip(other), INVALID);
  const commented = concat([bytes.subarray(0, -22), end, bytes.subarray(-22)]);
  const view = new DataView(commented.buffer);
  view.setUint16(central + 32, end.length, true);
  const last = commented.length - 22;
  view.setUint32(last + 12, view.getUint32(last + 12, true) + end.length, true);
  assert.throws(() => openZip(commented), AMBIGUOUS);
});

Deno.test("attack 6: encrypted entries and unknown methods are refused when they are read", async () => {
  for (const flags of [0x1, 0x20, 0x40, 0x2000]) {
    await assert.rejects(open([{ flags }]).read("a.txt"), INVALID, String(flags));
  }
  for (const method of [1, 6, 9, 12, 14, 93, 95, 97, 98, 99, 0xffff]) {
    await assert.rejects(open([{ method }]).read("a.txt"), INVALID);
  }
  await assert.rejects(open([{ content: "abc", size: 4 }]).read("a.txt"), INVALID); // stored, with two sizes
});

Deno.test("attack 6: links, folders and devices are refused when they are read, whatever system made them", async () => {
  for (const type of [0o120000, 0o040000, 0o010000, 0o020000, 0o060000, 0o140000]) {
    for (const versionMadeBy of [0x0314, 0x1314, 0x0014, 0x0a14]) {
      const archive = open([{ content: "x", attributes: (type | 0o644) * 0x10000, versionMadeBy }]);
      await assert.rejects(archive.read("a.txt"), NO_FILE);
    }
  }
  await assert.rejects(open([{ attributes: 0x10, versionMadeBy: 20 }]).read("a.txt"), NO_FILE);
  await assert.rejects(open([{ name: "d/" }]).read("d/"), NO_FILE);
  for (const attributes of [0, 0x20, 0o644 * 0x10000, 0o100755 * 0x10000]) {
    assert.deepEqual(await open([{ content: "x", attributes }]).read("a.txt"), utf8("x"));
  }
});

Deno.test("attack 6: a wrong checksum is refused, stored and deflated", async () => {
  const content = utf8("content");
  await assert.rejects(open([{ content, crc: 1 }]).read("a.txt"), INVALID);
  await assert.rejects(open([{ content, packed: await deflate(content), crc: 1 }]).read("a.txt"), INVALID);
});

Deno.test("attack 7: another order, time and method of the same files is accepted", async () => {
  const content = utf8("x".repeat(1000));
  const archive = open([
    { name: "z", content, packed: await deflate(content), time: 0x7000, date: 0x5a21 },
    { name: "a", content, attributes: 0o755 * 0x10000 },
  ]);
  for (const name of ["z", "a"]) assert.deepEqual(await archive.read(name), content);
});

/** A small archive as the writer makes it, and one with stored entries and a comment. */
async function samples(): Promise<Uint8Array<ArrayBuffer>[]> {
  const files = [
    { name: "manifest.json", content: utf8('{"a":1,"a2":[1,2,3]}') },
    { name: "run.jsonl", content: utf8('{"x":"yyyyyyyyyyyyyyyyyyyyyyy"}\n'.repeat(3)) },
    { name: "empty", content: new Uint8Array() },
  ];
  return [await writeZip(files), buildZip(files, { comment: utf8("note") })];
}

/** INVARIANT: whatever was done to an archive, what is read is the original or an error of ours. */
async function neverOther(
  changed: Uint8Array<ArrayBuffer>,
  original: Map<string, Uint8Array>,
  label: string,
) {
  let archive;
  try {
    archive = openZip(changed);
  } catch (error) {
    if (!isOurs(error)) assert.fail(`${label}: ${error}`);
    return;
  }
  for (const [name, content] of original) {
    if (!archive.has(name)) continue;
    try {
      const read = await archive.read(name);
      if (!equalBytes(read, content)) assert.fail(`${label}: other content for ${name}`);
    } catch (error) {
      if (!isOurs(error)) assert.fail(`${label}: ${error}`);
    }
  }
}

Deno.test("an archive that is cut at any byte gives no content", async () => {
  for (const whole of await samples()) {
    for (let length = 0; length < whole.length; length++) {
      assert.throws(
        () => openZip(whole.slice(0, length)),
        isOurs,
        `${length} of ${whole.length}`,
      );
    }
  }
});

Deno.test("an archive in which any one byte is changed gives the original content or an error", async () => {
  for (const whole of await samples()) {
    const original = await readAll(whole);
    for (let at = 0; at < whole.length; at++) {
      for (const mask of [0x01, 0x20, 0x80, 0xff]) {
        const changed = whole.slice();
        changed[at]! ^= mask;
        await neverOther(changed, original, `byte ${at} ^ ${mask}`);
      }
    }
  }
});

Deno.test("an archive that was mutated at random gives the original content or an error", async () => {
  const wholes = await samples();
  const originals = await Promise.all(wholes.map((whole) => readAll(whole)));
  const change = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) }),
    fc.record({
      kind: fc.constant("insert" as const),
      at: fc.nat(),
      value: fc.integer({ min: 0, max: 255 }),
    }),
    fc.record({ kind: fc.constant("delete" as const), at: fc.nat(), value: fc.integer({ min: 1, max: 60 }) }),
    fc.record({
      kind: fc.constant("repeat" as const),
      at: fc.nat(),
      value: fc.integer({ min: 1, max: 120 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(1), fc.array(change, { minLength: 1, maxLength: 4 }), async (which, changes) => {
      let bytes = [...wholes[which]!];
      for (const { kind, at: where, value } of changes) {
        const at = where % (bytes.length + 1);
        if (kind === "set") bytes[at % bytes.length] = value;
        else if (kind === "insert") bytes.splice(at, 0, value);
        else if (kind === "delete") bytes.splice(at, value);
        else bytes = [...bytes.slice(0, at), ...bytes.slice(at, at + value), ...bytes.slice(at)];
      }
      await neverOther(Uint8Array.from(bytes), originals[which]!, JSON.stringify(changes));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("openZip() refuses random bytes without any other error", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assert.throws(() => openZip(Uint8Array.from(bytes)), isOurs);
  }));
});
