/**
 * The log of traces under a disk that fails (docs/threat_model.md 21 and 22): whatever was released can be had back,
 * and what could not be written was not released.
 */
import assert from "node:assert/strict";
import { type Disk, disk as realDisk } from "../../lib/effects/disk.ts";
import { makeJournals } from "../../lib/effects/journals.ts";
import { invalidInput } from "../../lib/errors/mod.ts";
import { makeFiles } from "../../lib/effects/mod.ts";
import { decodeUtf8, utf8 } from "../../lib/formats/bytes.ts";
import { JOURNAL_FOLDER, openTraceLog } from "../../lib/gate/trace/log.ts";
import { recoverTraces } from "../../lib/gate/trace/recover.ts";
import { DiskFull, failingDisk, type Failure } from "../support/failing_disk.ts";
import { inFolder } from "../support/folder.ts";

const now = () => 0;
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const record = (i: number) => [{ name: `trace_${i % 3}.json`, content: utf8(`{"decision": ${i}}\n`) }];
const textOf = (i: number) => decodeUtf8(record(i)[0]!.content);

const inTraceFolder = (test: (folder: string) => Promise<void>) =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/${JOURNAL_FOLDER}`);
    await test(folder);
  });

/** What the records hold is looked at in `lib/gate/trace/journal_line_test.ts`. */
const recover = (folder: string) =>
  recoverTraces(folder, makeFiles(), makeJournals(), () => Promise.resolve("verified"));

async function contents(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) found.push(await Deno.readTextFile(`${folder}/${name}`));
  }
  return found.sort();
}

async function journalsIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(`${folder}/${JOURNAL_FOLDER}`)) names.push(name);
  return names;
}

/** Append some records and close; tells which were released. */
async function play(folder: string, journals: ReturnType<typeof makeJournals>, count: number) {
  const log = openTraceLog(folder, { journals, random, now });
  const outcomes = await Promise.allSettled(Array.from({ length: count }, async (_, i) => {
    await null;
    await log.append(record(i));
    return i;
  }));
  const closed = await log.close().then(() => true, () => false);
  return { released: outcomes.flatMap((one) => one.status === "fulfilled" ? [one.value] : []), closed };
}

Deno.test("openTraceLog() writes every record under a name of its own and leaves no journal", () =>
  inTraceFolder(async (folder) => {
    const { released, closed } = await play(folder, makeJournals(), 20);
    assert.deepEqual([released.length, closed], [20, true]);
    assert.deepEqual(await contents(folder), Array.from({ length: 20 }, (_, i) => textOf(i)).sort());
    assert.deepEqual(await journalsIn(folder), []);
  }));

for (const failure of ["before", "half", "after"] satisfies Failure[]) {
  for (const dead of [false, true]) {
    const how = `${failure}, ${dead ? "and the disk stays dead" : "once"}`;
    Deno.test(`openTraceLog() loses nothing that it released when the n-th disk call fails (${how})`, async () => {
      let calls = 1;
      for (let n = 1; n <= calls; n++) {
        await inTraceFolder(async (folder) => {
          const failing = failingDisk(n, failure, dead);
          const { released, closed } = await play(folder, makeJournals(failing.disk), 6);
          calls = failing.calls();
          if (closed) {
            for (const name of await journalsIn(folder)) {
              assert.equal(
                await Deno.readTextFile(`${folder}/${JOURNAL_FOLDER}/${name}`),
                "",
                `${n}: not settled`,
              );
            }
          }
          await recover(folder);
          const found = await contents(folder);
          for (const i of released) assert(found.includes(textOf(i)), `${n}: record ${i} is lost`);
          for (const text of found) JSON.parse(text);
        });
      }
    });
  }
}

Deno.test("recoverTraces() writes records again that a crash took, tore or never let be written", () =>
  inTraceFolder(async (folder) => {
    const journals = makeJournals();
    // A log that is not closed is what a crash leaves.
    const log = openTraceLog(folder, { journals, random, now });
    for (let i = 0; i < 9; i++) await log.append(record(i));
    const [name] = await journalsIn(folder);
    const left = await Deno.readFile(`${folder}/${JOURNAL_FOLDER}/${name}`);
    await log.close();
    await Deno.writeFile(
      `${folder}/${JOURNAL_FOLDER}/crashed.jsonl`,
      new Uint8Array([...left, ...utf8('{"fil')]),
    );
    await Deno.remove(`${folder}/trace_0.json`);
    await Deno.writeTextFile(`${folder}/trace_1_2.json`, "");
    await Deno.writeTextFile(`${folder}/trace_2.json`, '{"decision"');

    const { restored, torn } = await recover(folder);
    assert.equal(restored.length, 3);
    assert.deepEqual(torn, [`${folder}/${JOURNAL_FOLDER}/crashed.jsonl.torn`]);
    assert.equal(await Deno.readTextFile(torn[0]!), '{"fil');
    assert.deepEqual(await contents(folder), Array.from({ length: 9 }, (_, i) => textOf(i)).sort());
    assert.deepEqual(await recover(folder), { restored: [], unverified: 0, torn: [] });

    // Another torn journal of that name takes a number: the end that was kept stays.
    await Deno.writeTextFile(`${folder}/${JOURNAL_FOLDER}/crashed.jsonl`, "other");
    const again = await recover(folder);
    assert.notDeepEqual(again.torn, torn);
    assert.deepEqual(
      [await Deno.readTextFile(torn[0]!), await Deno.readTextFile(again.torn[0]!)],
      ['{"fil', "other"],
    );
  }));

const same = () => [{ name: "trace_a.json", content: utf8('{"decision": "a"}\n') }];

/** Names and bytes of the records in a folder. */
async function records(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) found[name] = await Deno.readTextFile(`${folder}/${name}`);
  }
  return found;
}

/** Put back the journals as they were before a log was closed: what a loss of power leaves. */
async function withJournalsOf(
  folder: string,
  play: () => Promise<void>,
  close: () => Promise<void>,
): Promise<void> {
  await play();
  const kept = new Map<string, Uint8Array>();
  for (const name of await journalsIn(folder)) {
    kept.set(name, await Deno.readFile(`${folder}/${JOURNAL_FOLDER}/${name}`));
  }
  await close();
  for (const [name, content] of kept) await Deno.writeFile(`${folder}/${JOURNAL_FOLDER}/${name}`, content);
}

const damages: Readonly<Record<string, (path: string) => Promise<void>>> = {
  gone: (path) => Deno.remove(path),
  empty: (path) => Deno.truncate(path),
  "short of its last byte": async (path) => await Deno.truncate(path, (await Deno.stat(path)).size - 1),
  "full of zeros": async (path) => await Deno.writeFile(path, new Uint8Array((await Deno.stat(path)).size)),
};

for (const [how, damage] of Object.entries(damages)) {
  Deno.test(`recoverTraces() counts decisions with the same bytes, each under the name that was answered (files ${how})`, () =>
    inTraceFolder(async (folder) => {
      const log = openTraceLog(folder, { journals: makeJournals(), random, now });
      const names: string[] = [];
      const play = async () => {
        names.push(...(await Promise.all(Array.from({ length: 20 }, () => log.append(same())))).flat());
        for (let i = 0; i < 5; i++) names.push(...await log.append(same()));
      };
      await withJournalsOf(folder, play, () => log.close());
      const before = await records(folder);
      assert.equal(new Set(names).size, 25);
      assert.deepEqual(Object.keys(before).sort(), names.toSorted());
      const hit = names.filter((_, at) => at % 3 !== 1);
      for (const name of hit) await damage(`${folder}/${name}`);
      const { restored } = await recover(folder);
      assert.deepEqual(restored.toSorted(), hit.map((name) => `${folder}/${name}`).sort());
      assert.deepEqual(await records(folder), before);
      assert.deepEqual(await journalsIn(folder), []);
    }));
}

Deno.test("openTraceLog() gives every decision a file of its own when two processes write the same ones", () =>
  inTraceFolder(async (folder) => {
    // Both look before either writes, so each name is wanted twice.
    const blind = { ...makeJournals(), isFree: () => true };
    const logs = [0, 1].map(() => openTraceLog(folder, { journals: blind, random, now }));
    const names: string[] = [];
    const play = async () => {
      for (let i = 0; i < 4; i++) {
        names.push(...(await Promise.all(logs.map((log) => log.append(same())))).flat());
      }
    };
    await withJournalsOf(folder, play, async () => {
      for (const log of logs) await log.close();
    });
    const before = await records(folder);
    assert.deepEqual(Object.keys(before).sort(), names.toSorted());
    assert.equal(new Set(names).size, 8);
    for (const name of names) await Deno.remove(`${folder}/${name}`);
    await recover(folder);
    assert.deepEqual(await records(folder), before);
  }));

Deno.test("recoverTraces() replaces no whole file that took the name of a record, and writes nothing twice", () =>
  inTraceFolder(async (folder) => {
    const other = '{"of": "somebody else"}\n';
    const line = JSON.stringify({ files: { "trace_a.json": textOf(0) } }) + "\n";
    await Deno.writeTextFile(`${folder}/trace_a.json`, other);
    for (const journal of ["one", "one again"]) {
      // The second time is a recovery that a crash interrupted before it removed the journal.
      await Deno.writeTextFile(`${folder}/${JOURNAL_FOLDER}/${journal}.jsonl`, line);
      await recover(folder);
    }
    assert.deepEqual(await records(folder), { "trace_a.json": other, "trace_a_2.json": textOf(0) });
  }));

Deno.test("recoverTraces() refuses a journal that is a link, and leaves what it leads to alone", () =>
  inTraceFolder(async (folder) => {
    const target = `${folder}/elsewhere.txt`;
    const line = JSON.stringify({ files: { "trace_a.json": textOf(0) } }) + "\n";
    await Deno.writeTextFile(target, line);
    await Deno.symlink(target, `${folder}/${JOURNAL_FOLDER}/left.jsonl`);
    await assert.rejects(recover(folder), { code: "unsafe_operation" });
    assert.equal(await Deno.readTextFile(target), line);
    assert.equal((await journalsIn(folder)).length, 1);
  }));

Deno.test("recoverTraces() writes nothing of a journal in which one decision does not hold", () =>
  inTraceFolder(async (folder) => {
    const path = `${folder}/${JOURNAL_FOLDER}/left.jsonl`;
    const line = (name: string) => JSON.stringify({ files: { [name]: "{}" } }) + "\n";
    await Deno.writeTextFile(path, line("trace_a.json") + line("trace_b.json"));
    const check = ([record]: readonly { name: string }[]) =>
      record!.name === "trace_b.json"
        ? Promise.reject(invalidInput("changed"))
        : Promise.resolve("verified" as const);
    const made = [makeFiles(), makeJournals()] as const;
    await assert.rejects(recoverTraces(folder, ...made, check), { code: "invalid_input" });
    assert.deepEqual(await contents(folder), []);
    assert.equal(await Deno.readTextFile(path), line("trace_a.json") + line("trace_b.json"));
    const unknown = await recoverTraces(folder, ...made, () => Promise.resolve("unknown_key"));
    assert.deepEqual([unknown.restored.length, unknown.unverified], [2, 2]);
  }));

Deno.test("recoverTraces() never replaces a whole record of somebody else", () =>
  inTraceFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/trace_0.json`, '{"of": "somebody else"}\n');
    const line = JSON.stringify({ files: { "trace_0.json": textOf(0) } }) + "\n";
    await Deno.writeTextFile(`${folder}/${JOURNAL_FOLDER}/left.jsonl`, line);
    assert.deepEqual((await recover(folder)).restored, [`${folder}/trace_0_2.json`]);
    assert.deepEqual(await contents(folder), [textOf(0), '{"of": "somebody else"}\n'].sort());
  }));

Deno.test("recoverTraces() leaves the journal of a living process alone", () =>
  inTraceFolder(async (folder) => {
    const log = openTraceLog(folder, { journals: makeJournals(), random, now });
    await log.append(record(0));
    await Deno.remove(`${folder}/trace_0.json`);
    assert.deepEqual((await recover(folder)).restored, []);
    assert.equal((await journalsIn(folder)).length, 1);
    await log.close();
  }));

for (
  const [what, line] of Object.entries({
    "a name that leads out of the folder": '{"files":{"../x.json":"{}"}}',
    "a name that is not a record": '{"files":{".journal":"{}"}}',
    "a line that is not JSON": "junk",
    "content that is not a text": '{"files":{"trace_0.json":1}}',
  })
) {
  Deno.test(`recoverTraces() stops at a journal with ${what}, and keeps it`, () =>
    inTraceFolder(async (folder) => {
      const path = `${folder}/${JOURNAL_FOLDER}/left.jsonl`;
      await Deno.writeTextFile(path, line + "\n");
      await assert.rejects(recover(folder), { code: "invalid_input" });
      assert.equal(await Deno.readTextFile(path), line + "\n");
      assert.deepEqual(await contents(folder), []);
    }));
}

Deno.test("openTraceLog() keeps no journal of what it did not release, and goes on when a full disk has room", () =>
  inTraceFolder(async (folder) => {
    let full = false;
    const disk: Disk = {
      ...realDisk,
      async create(path, mode) {
        const file = await realDisk.create(path, mode);
        return {
          ...file,
          sync: () => file.sync(),
          close: () => file.close(),
          write: (b) => full ? noRoom() : file.write(b),
        };
      },
    };
    const log = openTraceLog(folder, { journals: makeJournals(disk), random, now });
    await log.append(record(0));
    full = true;
    for (let i = 1; i < 100; i++) await assert.rejects(log.append(record(i)));
    // The one that holds record 0, and no other.
    assert.equal((await journalsIn(folder)).length, 1);
    full = false;
    await log.append(record(100));
    await log.close();
    assert.deepEqual(await contents(folder), [textOf(0), textOf(100)].sort());
    assert.deepEqual(await journalsIn(folder), []);
  }));

const noRoom = () => Promise.reject(new DiskFull());

Deno.test("openTraceLog() makes the file of a lone decision during the fsync, and leaves none when that fails", () =>
  inTraceFolder(async (folder) => {
    let syncs = 0;
    const disk: Disk = {
      ...realDisk,
      async create(path, mode) {
        const file = await realDisk.create(path, mode);
        return {
          write: (bytes) => file.write(bytes),
          close: () => file.close(),
          async sync() {
            syncs++;
            // Made before the disk answers, and before anybody hears of the decision.
            await new Promise((resolve) => setTimeout(resolve));
            assert.ok((await contents(folder)).includes(textOf(syncs)));
            if (syncs === 2) throw new DiskFull();
            await file.sync();
          },
        };
      },
    };
    const log = openTraceLog(folder, { journals: makeJournals(disk), random, now });
    await log.append(record(1));
    await assert.rejects(log.append(record(2)), { code: "io_failure" });
    assert.deepEqual(await contents(folder), [textOf(1)]);
    await log.append(record(3));
    await log.close();
    assert.deepEqual(await contents(folder), [textOf(1), textOf(3)]);
  }));

Deno.test("openTraceLog() releases nothing into a journal that somebody removed", () =>
  inTraceFolder(async (folder) => {
    const log = openTraceLog(folder, { journals: makeJournals(), random, now });
    await log.append(record(0));
    const [name] = await journalsIn(folder);
    await Deno.remove(`${folder}/${JOURNAL_FOLDER}/${name}`);
    await assert.rejects(log.append(record(1)), { code: "io_failure" });
    // The next one gets a journal of its own.
    await log.append(record(2));
    assert.equal((await journalsIn(folder)).length, 1);
    await log.close();
    assert.deepEqual(await contents(folder), [textOf(0), textOf(2)].sort());
    assert.deepEqual(await journalsIn(folder), []);
  }));

Deno.test("openTraceLog() refuses a name that the disk does not take, and no other record with it", () =>
  inTraceFolder(async (folder) => {
    const log = openTraceLog(folder, { journals: makeJournals(), random, now });
    const long = [{ name: `trace_${"x".repeat(300)}.json`, content: utf8("{}") }];
    const outcomes = await Promise.allSettled([record(0), long, record(1)].map((one) => log.append(one)));
    assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    await log.close();
    assert.deepEqual(await contents(folder), [textOf(0), textOf(1)]);
  }));

Deno.test("openTraceLog() keeps a second copy of a record for two minutes at most, while it is used", () =>
  inTraceFolder(async (folder) => {
    let time = 0;
    const log = openTraceLog(folder, { journals: makeJournals(), random, now: () => time });
    await log.append(record(0));
    const [first] = await journalsIn(folder);
    const isThere = async () => (await journalsIn(folder)).includes(first!);
    time = 60_000;
    await log.append(record(1));
    assert(await isThere());
    time = 120_000;
    await log.append(record(2));
    // It is removed in the background.
    for (let turn = 0; turn < 1_000 && await isThere(); turn++) await new Promise((done) => setTimeout(done));
    assert(!await isThere());
    await log.close();
  }));
