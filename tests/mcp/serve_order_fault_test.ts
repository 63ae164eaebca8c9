/**
 * The trace of a call and its event in the journal of the session are written with one wait for both (docs/spec/mcp.md
 * 6.4): an event never stands without its trace, and a call whose event can't be written is answered with no verdict.
 */
import assert from "node:assert/strict";
import { type Disk, disk as realDisk, type DiskFile } from "../../lib/effects/disk.ts";
import { systemEffects } from "../../lib/effects/mod.ts";
import { fileTime } from "../../lib/mcp/trace_name.ts";
import { appendEvent } from "../../lib/session/append.ts";
import { sessionStatus } from "../../lib/session/status.ts";
import { DiskFull } from "../support/failing_disk.ts";
import { inFolder } from "../support/folder.ts";
import { ask, isJournal, isTraceLog, journaled, openService, requestOf } from "./service.ts";

const wave = (from: number, session: (i: number) => string) =>
  Array.from({ length: 6 }, (_, i) => requestOf(from + i, session(i)));
const verdicts = (count: number, verdict: "allow" | undefined) =>
  Array.from({ length: count }, () => verdict);

function tracesIn(folder: string): string[] {
  return [...Deno.readDirSync(`${folder}/traces`)].flatMap(({ isFile, name }) => isFile ? [name] : []);
}

Deno.test("an event is written when the traces of its batch are durable and in their files, never before", () =>
  inFolder(async (folder) => {
    let unsynced = 0;
    let events = 0;
    const watched = (path: string, file: DiskFile): DiskFile => ({
      close: () => file.close(),
      async write(bytes) {
        if (isTraceLog(path)) unsynced++;
        if (isJournal(path)) {
          assert.equal(unsynced, 0);
          for (const line of new TextDecoder().decode(bytes).trim().split("\n")) {
            const { event } = JSON.parse(line);
            assert.equal(
              JSON.parse(Deno.readTextFileSync(event.trace_path)).intent_digest,
              event.intent_digest,
            );
            events++;
          }
        }
        return await file.write(bytes);
      },
      async sync() {
        await file.sync();
        if (isTraceLog(path)) unsynced = 0;
      },
    });
    const disk: Disk = {
      ...realDisk,
      create: async (path, mode) => watched(path, await realDisk.create(path, mode)),
      openAppend: async (path, mode) => watched(path, await realDisk.openAppend(path, mode)),
    };
    const { service, close } = await openService(folder, disk);
    for (const from of [0, 10, 20]) {
      const requests = wave(from, (i) => ["", "a", "b"][i % 3]!);
      const answers = await Promise.all(requests.map((one) => ask(service, one)));
      assert.deepEqual(answers.map((answer) => answer?.verdict), verdicts(6, "allow"));
    }
    await close();
    assert.equal(events, 12);
  }));

Deno.test("what another process appends between two calls is kept, and the next call stands behind it", () =>
  inFolder(async (folder) => {
    const { service, close } = await openService(folder, realDisk);
    const journal = `${folder}/sessions/s.journal.jsonl`;
    const real = systemEffects();
    for (let n = 0; n < 4; n++) {
      const answers = await Promise.all([
        ask(service, requestOf(n, "s")),
        ask(service, requestOf(n + 10, "s")),
      ]);
      assert.deepEqual(answers.map((answer) => answer?.verdict), verdicts(2, "allow"));
      await appendEvent(journal, { toolName: "other", verdict: "allow" }, real, "1.0.0");
    }
    await close();
    const events = await journaled(`${folder}/sessions`);
    assert.deepEqual([events.length, new Set(events).size], [12, 9]);
    assert.equal((await sessionStatus(journal, real, "1.0.0")).state.last_sequence, 12);
  }));

Deno.test("a trace whose name another process took has another one, and so says the event", () =>
  inFolder(async (folder) => {
    const time = Date.parse("2026-01-02T03:04:05Z");
    const { service, close } = await openService(folder, realDisk, { now: () => time });
    const stem = `${folder}/traces/trace_run_r_${fileTime(BigInt(time) * 1_000_000n + 1n)}`;
    await Deno.writeTextFile(`${stem}.json`, "other");
    const answers = await Promise.all([0, 1, 2].map((n) => ask(service, requestOf(n, "s"))));
    assert.deepEqual(answers.map((answer) => answer?.verdict), verdicts(3, "allow"));
    await close();
    const numbered = answers.find((answer) => answer!.trace_path === `${stem}_2.json`)!;
    assert.equal(
      JSON.parse(await Deno.readTextFile(numbered.trace_path)).intent_digest,
      numbered.intent_digest,
    );
    assert.equal(await Deno.readTextFile(`${stem}.json`), "other");
    const events = await journaled(`${folder}/sessions`);
    assert.deepEqual(events.sort(), answers.map((answer) => answer!.trace_path).sort());
  }));

Deno.test("a decision whose event can't be written has its trace, and no answer", () =>
  inFolder(async (folder) => {
    const { service, close } = await openService(folder, realDisk);
    assert.equal((await ask(service, requestOf(0, "s")))?.verdict, "allow");
    const journal = `${folder}/sessions/s.journal.jsonl`;
    const whole = await Deno.readTextFile(journal);
    await Deno.writeTextFile(journal, "edited\n" + whole);
    const refused = await Promise.all([1, 2, 3].map((n) => ask(service, requestOf(n, "s"))));
    assert.deepEqual(refused, verdicts(3, undefined));
    assert.equal(tracesIn(folder).length, 4);
    assert.equal(await Deno.readTextFile(journal), "edited\n" + whole);
    // The journal of another session is not concerned.
    assert.equal((await ask(service, requestOf(4, "other")))?.verdict, "allow");
    await close();
  }));

Deno.test("events that could not be synced are taken back, and the other calls of the batch have their answers", () =>
  inFolder(async (folder) => {
    let full = false;
    const disk: Disk = {
      ...realDisk,
      async openAppend(path, mode) {
        const file = await realDisk.openAppend(path, mode);
        const isFull = () => full && path.endsWith("/a.journal.jsonl");
        return {
          write: (bytes) => file.write(bytes),
          sync: () => isFull() ? Promise.reject(new DiskFull()) : file.sync(),
          close: () => file.close(),
        };
      },
    };
    const { service, close } = await openService(folder, disk);
    const play = (from: number) =>
      Promise.all(wave(from, (i) => ["a", "b"][i % 2]!).map((one) => ask(service, one)));
    assert((await play(0)).every((answer) => answer?.verdict === "allow"));
    full = true;
    const half = await play(10);
    assert.deepEqual(
      half.map((answer) => answer?.verdict),
      half.map((_, i) => i % 2 === 0 ? undefined : "allow"),
    );
    assert.equal(tracesIn(folder).length, 12);
    full = false;
    assert((await play(20)).every((answer) => answer?.verdict === "allow"));
    await close();
    assert.equal((await journaled(`${folder}/sessions`)).length, 15);
  }));
