/**
 * The log of traces under a disk that fails (anchors 5.3, items 21 and 22): whatever was released can be had back,
 * and what could not be written was not released.
 */
import assert from "node:assert/strict";
import { type Disk, disk as realDisk } from "../../lib/effects/disk.ts";
import { makeJournals } from "../../lib/effects/journals.ts";
import { makeFiles } from "../../lib/effects/mod.ts";
import { decodeUtf8, utf8 } from "../../lib/formats/bytes.ts";
import { JOURNAL_FOLDER, openTraceLog } from "../../lib/gate/trace/log.ts";
import { recoverTraces } from "../../lib/gate/trace/recover.ts";
import { DiskFull, failingDisk, type Failure } from "./failing_disk.ts";

const now = () => 0;
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const record = (i: number) => [{ name: `trace_${i % 3}.json`, content: utf8(`{"decision": ${i}}\n`) }];
const textOf = (i: number) => decodeUtf8(record(i)[0]!.content);

async function inFolder(play: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gait-traces-" });
  try {
    await Deno.mkdir(`${folder}/${JOURNAL_FOLDER}`);
    await play(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const recover = (folder: string) => recoverTraces(folder, makeFiles(), makeJournals());

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
  inFolder(async (folder) => {
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
        await inFolder(async (folder) => {
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
  inFolder(async (folder) => {
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
    assert.deepEqual(await recover(folder), { restored: [], torn: [] });
  }));

Deno.test("recoverTraces() never replaces a whole record of somebody else", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/trace_0.json`, '{"of": "somebody else"}\n');
    const line = JSON.stringify({ files: { "trace_0.json": textOf(0) } }) + "\n";
    await Deno.writeTextFile(`${folder}/${JOURNAL_FOLDER}/left.jsonl`, line);
    assert.deepEqual((await recover(folder)).restored, [`${folder}/trace_0_2.json`]);
    assert.deepEqual(await contents(folder), [textOf(0), '{"of": "somebody else"}\n'].sort());
  }));

Deno.test("recoverTraces() leaves the journal of a living process alone", () =>
  inFolder(async (folder) => {
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
    "a name that is no record": '{"files":{".journal":"{}"}}',
    "a line that is no JSON": "junk",
    "content that is no text": '{"files":{"trace_0.json":1}}',
  })
) {
  Deno.test(`recoverTraces() stops at a journal with ${what}, and keeps it`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/${JOURNAL_FOLDER}/left.jsonl`;
      await Deno.writeTextFile(path, line + "\n");
      await assert.rejects(recover(folder), { code: "invalid_input" });
      assert.equal(await Deno.readTextFile(path), line + "\n");
      assert.deepEqual(await contents(folder), []);
    }));
}

Deno.test("openTraceLog() keeps no journal of what it did not release, and goes on when a full disk has room", () =>
  inFolder(async (folder) => {
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

Deno.test("openTraceLog() releases nothing into a journal that somebody removed", () =>
  inFolder(async (folder) => {
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
