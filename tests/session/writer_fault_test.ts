/**
 * A writer that stays open (docs/spec/sessions.md 4.2): what it acknowledges is in the journal, also when disks fail and
 * others write; what it refuses is not.
 */
import assert from "node:assert/strict";
import { type Disk, disk as realDisk } from "../../lib/effects/disk.ts";
import { makeFiles, systemEffects } from "../../lib/effects/mod.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { appendEvent } from "../../lib/session/append.ts";
import { checkpointSession } from "../../lib/session/checkpoint.ts";
import { compactSession } from "../../lib/session/compact.ts";
import { startSession } from "../../lib/session/start.ts";
import { sessionStatus } from "../../lib/session/status.ts";
import { openSessionWriter } from "../../lib/session/writer.ts";
import type { WriterEffects, WriterOptions } from "../../lib/session/writer_types.ts";
import { sha256 } from "../../lib/signing/mod.ts";
import { DiskFull, failingDisk } from "../support/failing_disk.ts";
import { inFolder } from "../support/folder.ts";

const real = systemEffects();
const IDS = { sessionId: "s", runId: "r" };
const event = (toolName: string) => ({ toolName, verdict: "allow" }) as const;
const status = (journal: string) => sessionStatus(journal, real, "1.0.0");

const withJournal = (test: (journal: string) => Promise<void>) =>
  inFolder((folder) => test(`${folder}/s.jsonl`));

const writerOn = (journal: string, disk: Disk = realDisk, ids = IDS, options: WriterOptions = {}) =>
  openSessionWriter(journal, ids, { ...real, files: makeFiles(disk), hash: sha256 }, "1.0.0", options);

/** Effects in which the time after which the state is written never comes; that for which a lock is held does. */
const withoutStateTimer: WriterEffects = {
  ...real,
  hash: sha256,
  after: (delay, call) => delay < 50 ? real.after(delay, call) : () => {},
};

/** The names of the tools in a journal, in order. */
async function toolsIn(journal: string): Promise<string[]> {
  const lines = (await Deno.readTextFile(journal)).trim().split("\n").map((line) => JSON.parse(line));
  return lines.flatMap(({ event }) => event ? [event.tool_name] : []);
}

/** A disk that counts how often journals and all other files are synced. */
function countingDisk(): { disk: Disk; appends: () => number } {
  let appends = 0;
  const disk: Disk = {
    ...realDisk,
    openAppend: (path, mode) => {
      appends++;
      return realDisk.openAppend(path, mode);
    },
  };
  return { disk, appends: () => appends };
}

Deno.test("events that wait at one moment are written together, in order", () =>
  withJournal(async (journal) => {
    const { disk, appends } = countingDisk();
    const writer = writerOn(journal, disk);
    const names = Array.from({ length: 50 }, (_, i) => `t${i}`);
    const events = await Promise.all(names.map((name) => writer.append(event(name))));
    assert.deepEqual(events.map(({ event }) => event.sequence), names.map((_, i) => i + 1));
    assert.equal(appends(), 1);
    assert.deepEqual(await toolsIn(journal), names);
    await writer.close();
    assert.equal((await status(journal)).state.last_sequence, 50);
  }));

Deno.test("batches that follow each other closely share a lock, and it is free for others between", () =>
  withJournal(async (journal) => {
    const { disk, appends } = countingDisk();
    const writer = writerOn(journal, disk);
    for (let i = 1; i <= 40; i++) await writer.append(event(`t${i}`));
    // Fewer openings of the journal than events; each is under a lock of its own, of at most 8 batches.
    assert(appends() >= 5 && appends() < 40, `${appends()}`);
    let over = false;
    const traffic = (async () => {
      for (let i = 1; !over; i++) await writer.append(event(`w${i}`));
    })();
    // Would fail with `state_contention` if the writer never let go.
    const patient: Record<string, string> = {
      GAIT_SESSION_LOCK_TIMEOUT: "30s",
      GAIT_SESSION_LOCK_RETRY: "5ms",
    };
    const env = { ...real.env, get: (name: string) => patient[name] };
    await appendEvent(journal, event("other"), { ...real, env }, "1.0.0");
    over = true;
    await traffic;
    await writer.close();
    const tools = await toolsIn(journal);
    assert.equal(tools.filter((name) => name === "other").length, 1);
    assert.equal((await status(journal)).state.last_sequence, tools.length);
  }));

Deno.test("an appender does not append to a file that replaced its own", () =>
  withJournal(async (path) => {
    const appender = makeFiles().openAppender(path);
    await Deno.writeTextFile(path, "");
    await appender.append(0, new TextEncoder().encode("a\n"));
    await appender.append(2, new TextEncoder().encode("b\n"));
    await Deno.writeTextFile(`${path}.new`, "x\ny\n");
    await Deno.rename(`${path}.new`, path);
    await assert.rejects(appender.append(4, new TextEncoder().encode("c\n")), { code: "io_failure" });
    assert.equal(await Deno.readTextFile(path), "x\ny\n");
    // It opens the new file when it is asked again.
    await appender.append(4, new TextEncoder().encode("d\n"));
    appender.close();
    assert.equal(await Deno.readTextFile(path), "x\ny\nd\n");
  }));

for (const dead of [false, true]) {
  Deno.test(`what it acknowledges is in the journal when any call of the disk fails${dead ? " for good" : ""}`, async () => {
    for (const failure of ["before", "after", "half"] as const) {
      let calls = 1;
      for (let n = 1; n <= calls; n++) {
        await withJournal(async (journal) => {
          await startSession(journal, IDS, real, "1.0.0");
          const failing = failingDisk(n, failure, dead);
          const writer = writerOn(journal, failing.disk);
          const acknowledged: string[] = [];
          for (const wave of ["a", "b", "c"]) {
            await Promise.all(["1", "2", "3"].map(async (i) => {
              try {
                await writer.append(event(wave + i));
                acknowledged.push(wave + i);
              } catch (error) {
                assert(error instanceof GaitError, String(error));
                assert(error.code === "io_failure" || dead && error.detail === "torn_tail", String(error));
              }
            }));
          }
          await writer.close();
          calls = failing.calls();
          const found = await toolsIn(journal).catch(() => undefined);
          // A disk that died may have left a torn end, which no acknowledged event is behind.
          if (dead && found === undefined) return;
          assert.deepEqual(
            dead ? found!.filter((name) => acknowledged.includes(name)) : found,
            acknowledged,
            `${n}`,
          );
          if (!dead) assert.equal((await status(journal)).state.last_sequence, acknowledged.length);
        });
      }
    }
  });
}

Deno.test("a batch whose fsync fails acknowledges none of its events, and leaves none", () =>
  withJournal(async (journal) => {
    let full = false;
    const disk: Disk = {
      ...realDisk,
      async openAppend(path, mode) {
        const file = await realDisk.openAppend(path, mode);
        return {
          write: (bytes) => file.write(bytes),
          sync: () => full ? Promise.reject(new DiskFull()) : file.sync(),
          close: () => file.close(),
        };
      },
    };
    const writer = writerOn(journal, disk);
    await writer.append(event("first"));
    full = true;
    const lost = await Promise.allSettled(["x", "y", "z"].map((name) => writer.append(event(name))));
    assert.deepEqual(lost.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
    full = false;
    assert.equal((await writer.append(event("last"))).event.sequence, 2);
    await writer.close();
    assert.deepEqual(await toolsIn(journal), ["first", "last"]);
  }));

for (const cut of ["one", "all"] as const) {
  Deno.test(`events that are cut off before the state was written are missed: ${cut}`, () =>
    withJournal(async (journal) => {
      const writer = openSessionWriter(journal, IDS, withoutStateTimer, "1.0.0");
      await writer.append(event("a"));
      await writer.append(event("b"));
      await writer.append(event("c"));
      const lines = (await Deno.readTextFile(journal)).split("\n");
      await Deno.writeTextFile(journal, lines.slice(0, cut === "one" ? -2 : 1).join("\n") + "\n");
      for (let i = 0; i < 2; i++) {
        await assert.rejects(writer.append(event("d")), { code: "invalid_input", detail: "journal_cut" });
      }
      await writer.close();
      await assert.rejects(appendEvent(journal, event("d"), real, "1.0.0"), { detail: "journal_cut" });
    }));
}

Deno.test("what others wrote is not taken back by a writer that closes", () =>
  withJournal(async (journal) => {
    for (const close of [true, false]) {
      const writer = openSessionWriter(journal, IDS, withoutStateTimer, "1.0.0");
      await writer.append(event("a"));
      await checkpointSession(journal, { out: `${journal}-${close}.zip` }, real, "1.0.0");
      await compactSession(journal, {}, real, "1.0.0");
      const { last_sequence } = (await appendEvent(journal, event("b"), real, "1.0.0").then(() =>
        status(journal)
      )).state;
      if (close) await writer.close();
      else assert.equal((await writer.append(event("c"))).event.sequence, last_sequence + 1);
      assert.equal((await status(journal)).state.last_sequence, last_sequence + (close ? 0 : 1));
    }
  }));

Deno.test("others append, seal and compact between its batches, and it goes on behind them", () =>
  withJournal(async (journal) => {
    const writer = writerOn(journal);
    const other = writerOn(journal);
    assert.equal((await writer.append(event("a"))).event.sequence, 1);
    assert.equal((await appendEvent(journal, event("b"), real, "1.0.0")).event.sequence, 2);
    assert.equal((await other.append(event("c"))).event.sequence, 3);
    assert.equal((await writer.append(event("d"))).event.sequence, 4);
    await checkpointSession(journal, { out: `${journal}.zip` }, real, "1.0.0");
    assert.equal((await writer.append(event("e"))).event.sequence, 5);
    await compactSession(journal, {}, real, "1.0.0");
    const both = await Promise.all([
      ...["f", "g", "h"].map((name) => writer.append(event(name))),
      ...["i", "j", "k"].map((name) => other.append(event(name))),
    ]);
    assert.deepEqual(
      both.map(({ event }) => event.sequence).toSorted(),
      [6, 7, 8, 9, "10", "11"].map(Number).toSorted(),
    );
    await writer.close();
    await other.close();
    const { state } = await status(journal);
    assert.deepEqual([state.last_sequence, state.checkpoint_count], [11, 1]);
  }));

Deno.test("a journal that was removed is begun again; that of another session is refused, and left alone", () =>
  withJournal(async (journal) => {
    const writer = writerOn(journal);
    await writer.append(event("a"));
    await Deno.remove(journal);
    assert.equal((await writer.append(event("b"))).event.sequence, 1);
    await Deno.remove(journal);
    await startSession(journal, { sessionId: "other", runId: "r" }, real, "1.0.0");
    const before = await Deno.readTextFile(journal);
    await assert.rejects(writer.append(event("c")), { code: "invalid_input" });
    await writer.close();
    assert.equal(await Deno.readTextFile(journal), before);
  }));

Deno.test("a torn end is refused until it is cut off, by whoever comes next", () =>
  withJournal(async (journal) => {
    const writer = writerOn(journal);
    await writer.append(event("a"));
    await Deno.writeTextFile(journal, '{"record_type":"ev', { append: true });
    await assert.rejects(writer.append(event("b")), { detail: "torn_tail" });
    await assert.rejects(writer.append(event("c")), { detail: "torn_tail" });
    await writer.close();
  }));

for (const started of [true, false]) {
  Deno.test(`a writer that cuts torn ends goes on ${started ? "after another process" : "where one"} died, and keeps the bytes`, () =>
    withJournal(async (journal) => {
      const cutting = () => writerOn(journal, realDisk, IDS, { cutsTornTail: true });
      const first = cutting();
      await first.append(event("a"));
      const writer = started ? first : cutting();
      if (!started) await first.close();
      const whole = await Deno.readTextFile(journal);
      // As a kernel leaves it that copies a write page by page when the process is killed meanwhile.
      const torn = '{"record_type":"event","event":{"sequence":2';
      await Deno.writeTextFile(journal, torn, { append: true });
      const [b, c] = await Promise.all(["b", "c"].map((name) => writer.append(event(name))));
      await writer.close();
      if (!started) assert.equal((await Deno.readTextFile(journal)).startsWith(whole), true);
      assert.deepEqual([b!.event.sequence, c!.event.sequence, b!.warnings.length, c!.warnings], [
        2,
        3,
        1,
        [],
      ]);
      assert.equal(await Deno.readTextFile(`${journal}.torn-1`), torn);
      assert.deepEqual(await toolsIn(journal), ["a", "b", "c"]);
      const found = await status(journal);
      assert.deepEqual([found.state.last_sequence, found.recoveries], [3, 1]);
      // The recovery is part of the running digest of the journal.
      const [next] = (await Deno.readTextFile(journal)).slice(whole.length).split("\n");
      assert.equal(JSON.parse(next!).recovered.kept_as, `${journal}.torn-1`);
    }));
}

Deno.test("a writer that cuts torn ends leaves a journal alone that lacks an event which was acknowledged", () =>
  withJournal(async (journal) => {
    const options = { cutsTornTail: true };
    const before = writerOn(journal);
    for (const name of ["a", "b"]) await before.append(event(name));
    await before.close();
    const cut = (await Deno.readTextFile(journal)).slice(0, -30);
    await Deno.writeTextFile(journal, cut);
    const writer = writerOn(journal, realDisk, IDS, options);
    await assert.rejects(writer.append(event("c")), { code: "invalid_input", detail: "torn_tail" });
    await writer.close();
    assert.equal(await Deno.readTextFile(journal), cut);
    await assert.rejects(Deno.stat(`${journal}.torn-1`), Deno.errors.NotFound);
  }));

Deno.test("a seal covers the events up to the one that it is due behind", () =>
  withJournal(async (journal) => {
    const writer = writerOn(journal);
    const ends: number[] = [];
    const seal = async (sequence: number) => {
      const { checkpoint } = await checkpointSession(
        journal,
        { out: `${journal}.${sequence}.zip` },
        real,
        "1.0.0",
      );
      ends.push(checkpoint.sequence_end);
      return [`sealed ${sequence}`];
    };
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, i) => writer.append(event(`t${i}`), { every: 3, seal })),
    );
    await writer.close();
    assert.deepEqual(ends, [3, 6, 9]);
    assert.deepEqual(all.flatMap(({ warnings }) => warnings), ["sealed 3", "sealed 6", "sealed 9"]);
  }));

Deno.test("the state file follows the journal, and who finds an older one reads on from there", () =>
  withJournal(async (journal) => {
    const writer = writerOn(journal);
    await writer.append(event("a"));
    await writer.close();
    const older = await Deno.readTextFile(`${journal}.state.json`);
    for (const name of ["b", "c"]) await writer.append(event(name));
    await writer.close();
    assert.equal(JSON.parse(await Deno.readTextFile(`${journal}.state.json`)).last_sequence, 3);
    await Deno.writeTextFile(`${journal}.state.json`, older);
    let whole = 0;
    const files = makeFiles();
    const counting = {
      ...files,
      readLines: (...args: Parameters<typeof files.readLines>) => (whole++, files.readLines(...args)),
    };
    const { event: last } = await appendEvent(journal, event("d"), { ...real, files: counting }, "1.0.0");
    assert.deepEqual([last.sequence, whole], [4, 0]);
    // An event that was changed behind what the state knows is found, not taken in.
    await Deno.writeTextFile(`${journal}.state.json`, older);
    await Deno.writeTextFile(journal, (await Deno.readTextFile(journal)).replace('"c"', '"x"'));
    await assert.rejects(appendEvent(journal, event("e"), real, "1.0.0"), { detail: "journal_edited" });
  }));

Deno.test("events are acknowledged while the state file is written, and the lock is held until it stands", () =>
  withJournal(async (journal) => {
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const disk: Disk = {
      ...realDisk,
      async renameUnsynced(from, to) {
        begun.resolve();
        await goOn.promise;
        await realDisk.renameUnsynced(from, to);
      },
    };
    // The lock is kept between events, however late the next one comes.
    const effects: WriterEffects = {
      ...real,
      files: makeFiles(disk),
      hash: sha256,
      after: (delay, call) => delay < 50 ? () => {} : real.after(delay, call),
    };
    await startSession(journal, IDS, real, "1.0.0");
    const writer = openSessionWriter(journal, IDS, effects, "1.0.0");
    await writer.append(event("a"));
    await begun.promise;
    for (const name of ["b", "c"]) await writer.append(event(name));
    assert.deepEqual(await toolsIn(journal), ["a", "b", "c"]);
    const closed = writer.close();
    assert.equal(JSON.parse(await Deno.readTextFile(`${journal}.state.json`)).last_sequence, 0);
    assert((await Deno.stat(`${journal}.lock`)).isFile);
    goOn.resolve();
    await closed;
    assert.equal(JSON.parse(await Deno.readTextFile(`${journal}.state.json`)).last_sequence, 3);
    await assert.rejects(Deno.stat(`${journal}.lock`), Deno.errors.NotFound);
  }));
