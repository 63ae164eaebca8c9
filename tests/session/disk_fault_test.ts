/**
 * The n-th write, fsync, rename or whatever else of a session operation fails (docs/threat_model.md 21 and 22): what was
 * reported as done is there, what was not is not, and the session goes on.
 */
import assert from "node:assert/strict";
import { makeFiles, systemEffects } from "../../lib/effects/mod.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { appendEvent } from "../../lib/session/append.ts";
import { checkpointSession } from "../../lib/session/checkpoint.ts";
import { compactSession } from "../../lib/session/compact.ts";
import { recoverSession } from "../../lib/session/recover.ts";
import type { SessionEffects } from "../../lib/session/session.ts";
import { startSession } from "../../lib/session/start.ts";
import { sessionStatus } from "../../lib/session/status.ts";
import { verifySessionChain } from "../../lib/session/verify_chain.ts";
import { headPath, sessionPaths } from "../../lib/session/paths.ts";
import { NO_KEYS } from "../../lib/signing/mod.ts";
import { failingDisk, type Failure } from "../support/failing_disk.ts";
import { inFolder } from "../support/folder.ts";

type Effects = SessionEffects & { readonly os: string; readonly arch: string };

const real = systemEffects();
const append = (journal: string, effects: Effects = real) =>
  appendEvent(journal, { toolName: "t", verdict: "allow" }, effects, "1.0.0");
const checkpoint = (journal: string, name: string, effects: Effects = real) =>
  checkpointSession(journal, { out: `${journal}.${name}.zip` }, effects, "1.0.0");

/** A session of four events, the first two sealed. */
async function makeTemplate(journal: string): Promise<void> {
  await startSession(journal, { sessionId: "s", runId: "r" }, real, "1.0.0");
  for (const event of [1, 2, "seal", 3, 4]) {
    if (event === "seal") await checkpoint(journal, "one");
    else await append(journal);
  }
}

/** A copy of a session; its runpack stays where it is. */
async function copySession(from: string, to: string): Promise<void> {
  const [source, target] = [sessionPaths(from), sessionPaths(to)];
  await Deno.copyFile(source.journal, target.journal);
  await Deno.copyFile(source.state, target.state);
  await Deno.copyFile(source.chain, target.chain);
  await Deno.copyFile(headPath(source.chain), headPath(target.chain));
}

const OPERATIONS: Readonly<Record<string, (journal: string, effects: Effects) => Promise<unknown>>> = {
  append,
  checkpoint: (journal, effects) => checkpoint(journal, "two", effects),
  compact: (journal, effects) => compactSession(journal, {}, effects, "1.0.0"),
};

/** Sequence, checkpoints and events that a session has once an operation was done. */
const BEFORE = { sequence: 4, checkpoints: 1, events: 4 };
const AFTER: Readonly<Record<string, typeof BEFORE>> = {
  append: { sequence: 5, checkpoints: 1, events: 5 },
  checkpoint: { sequence: 4, checkpoints: 2, events: 4 },
  compact: { sequence: 4, checkpoints: 1, events: 2 },
};

/** How an operation ends when the n-th call of the disk fails, and how many calls it makes. */
async function run(name: string, journal: string, n: number, failure: Failure, dead: boolean) {
  const { disk, calls } = failingDisk(n, failure, dead);
  const effects = { ...real, files: makeFiles(disk) };
  try {
    await OPERATIONS[name]!(journal, effects);
    return { done: true, calls: calls() };
  } catch (error) {
    assert(error instanceof GaitError, String(error));
    assert.equal(error.code, "io_failure");
    return { done: false, calls: calls() };
  }
}

for (const name of Object.keys(OPERATIONS)) {
  for (const dead of [false, true]) {
    Deno.test(`${name} keeps its word when any call of the disk fails${dead ? " for good" : ""}`, () =>
      inFolder(async (folder) => {
        await makeTemplate(`${folder}/template.jsonl`);
        for (const failure of ["before", "after", "half"] as const) {
          for (let n = 1;; n++) {
            const journal = `${folder}/${failure}${n}.jsonl`;
            await copySession(`${folder}/template.jsonl`, journal);
            const { done, calls } = await run(name, journal, n, failure, dead);
            if (calls < n) {
              assert(done);
              break; // there was no n-th call
            }
            await assertKept(name, journal, done, dead);
          }
        }
      }));
  }
}

async function assertKept(name: string, journal: string, done: boolean, dead: boolean): Promise<void> {
  let state;
  try {
    ({ state } = await sessionStatus(journal, real, "1.0.0"));
  } catch (error) {
    assert(dead && error instanceof GaitError && error.detail === "torn_tail", String(error));
    const { recovery } = await recoverSession(journal, real, "1.0.0");
    assert.equal((await Deno.readFile(recovery.kept_as)).length, recovery.cut_bytes);
    ({ state } = await sessionStatus(journal, real, "1.0.0"));
  }
  const is = {
    sequence: state.last_sequence,
    checkpoints: state.checkpoint_count,
    events: state.event_count,
  };
  if (done) assert.deepEqual(is, AFTER[name]);
  // A process that died, or one that recorded the checkpoint and could not write the chain, may have done it.
  else if (dead || name !== "append") {
    assert([BEFORE, AFTER[name]!].some((one) => text(one) === text(is)), text(is));
  } else assert.deepEqual(is, BEFORE, "an error means that nothing was appended");
  assert.equal((await append(journal)).event.sequence, is.sequence + 1);
  const report = await verifySessionChain(real.files, sessionPaths(journal).chain, {
    trusted: NO_KEYS,
    requireSignature: false,
    strict: true,
    requireHead: true,
    atLeast: is.checkpoints,
  });
  assert(report.ok, JSON.stringify([report.linkageErrors, report.checkpointErrors, report.warnings]));
}

const text = JSON.stringify;

Deno.test("start leaves a whole session or none when any call of the disk fails", () =>
  inFolder(async (folder) => {
    const ids = { sessionId: "s", runId: "r" };
    for (const failure of ["before", "after", "half"] as const) {
      for (let n = 1;; n++) {
        const journal = `${folder}/${failure}${n}.jsonl`;
        const { disk, calls } = failingDisk(n, failure, true);
        const started = startSession(journal, ids, { ...real, files: makeFiles(disk) }, "1.0.0");
        const done = await started.then(() => true, () => false);
        if (calls() < n) break;
        assert(!done || await sessionStatus(journal, real, "1.0.0"));
        assert.equal((await startSession(journal, ids, real, "1.0.0")).event_count, 0);
      }
    }
  }));

Deno.test("recover can be done again when any call of the disk fails, and loses no byte", () =>
  inFolder(async (folder) => {
    await makeTemplate(`${folder}/template.jsonl`);
    for (let n = 1;; n++) {
      const journal = `${folder}/${n}.jsonl`;
      await copySession(`${folder}/template.jsonl`, journal);
      await Deno.writeTextFile(journal, '{"record_type":"ev', { append: true });
      const { disk, calls } = failingDisk(n, "half", true);
      await recoverSession(journal, { ...real, files: makeFiles(disk) }, "1.0.0").catch(() => {});
      if (calls() < n) break;
      await recoverSession(journal, real, "1.0.0");
      assert.equal((await sessionStatus(journal, real, "1.0.0")).state.last_sequence, 4);
      const kept = [...Deno.readDirSync(folder)].filter((entry) => entry.name.startsWith(`${n}.jsonl.torn-`));
      assert(kept.length > 0);
      for (const { name } of kept) {
        assert.equal(await Deno.readTextFile(`${folder}/${name}`), '{"record_type":"ev');
      }
    }
  }));
