/**
 * A recording whose process is killed at a random moment: whatever was answered is in the runpack that the next start,
 * or `run recover`, makes. GAIT_KILL_ROUNDS sets the number of rounds.
 */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { entriesOf, type RunEntry } from "../support/gated.ts";
import { type Talk, talkTo } from "../support/talk.ts";

const ROUNDS = Number(Deno.env.get("GAIT_KILL_ROUNDS") ?? 20);
const POLICY =
  "default_verdict: block\nrules: [{name: read, effect: allow, match: {tool_names: [tool.read]}}]\n";
const STREAM = argv`gate stream --policy policy.yaml --trace-dir t --runpack run.zip --capture-mode raw`;
const call = (n: number) =>
  JSON.stringify({
    id: n,
    intent: {
      tool_name: n % 3 === 0 ? "tool.rm" : "tool.read",
      args: { n },
      context: { identity: "a", workspace: "/w", risk_class: "low" },
    },
  });
const result = (n: number) => JSON.stringify({ "gait.result": { id: n, status: "ok", result: { n } } });

/** A small generator, so that a failing round can be played again by its seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Answered {
  readonly calls: Map<number, string>;
  readonly results: Set<number>;
}

/** Read what comes until the process is gone. */
async function readAnswers(talk: Talk, limit: number, answered: Answered): Promise<void> {
  for (let n = 0; n < limit; n++) {
    let answer;
    try {
      answer = await talk.next();
    } catch {
      return;
    }
    note(answer, answered);
  }
}

// deno-lint-ignore no-explicit-any -- an answer
function note(answer: any, { calls, results }: Answered): void {
  if (answer.recorded) results.add(answer.id);
  else if (answer.ok) calls.set(answer.id, answer.call_id);
}

/** Let a stream decide and record, and kill it somewhere in between. */
async function killed({ folder }: Stage, seed: number): Promise<Answered> {
  const next = random(seed);
  const answered: Answered = { calls: new Map(), results: new Set() };
  const talk = talkTo(folder, ...STREAM);
  const total = 1 + Math.floor(next() * 60);
  const lines: string[] = [];
  for (let n = 1; n <= total; n++) {
    lines.push(call(n));
    if (n % 3 !== 0 && next() < 0.7) lines.push(result(n));
  }
  // Part by part, some of them awaited, so that the kill finds records that are answered, on their way, or not begun.
  const last = Math.floor(next() * lines.length);
  let unread = 0;
  for (let at = 0; at <= last;) {
    const part = lines.slice(at, at + 1 + Math.floor(next() * 8));
    await talk.send(...part);
    at += part.length;
    unread += part.length;
    if (at > last || next() < 0.4) continue;
    await readAnswers(talk, unread, answered);
    unread = 0;
  }
  talk.kill("SIGKILL");
  const { rest } = await talk.end();
  for (const answer of rest) note(answer, answered);
  return answered;
}

function checkEntries(entries: readonly RunEntry[], { calls, results }: Answered): void {
  const byId = new Map(entries.map((entry) => [entry.intent_id, entry]));
  for (const [n, id] of calls) {
    const entry = byId.get(id);
    assert.ok(entry, `call ${n} was answered and is not recorded`);
    assert.deepEqual(entry.args, { n });
    if (results.has(n)) assert.deepEqual([entry.status, entry.result], ["ok", { n }]);
  }
  for (const n of results) assert(calls.has(n));
  assert.equal(new Set(entries.map(({ args }) => args?.n)).size, entries.length, "a call is there twice");
}

Deno.test(`a recording survives SIGKILL at any moment (${ROUNDS} rounds)`, () =>
  onStage(async (stage) => {
    const { gait, write, files, folder, bytes } = stage;
    await write("policy.yaml", POLICY);
    for (let round = 1; round <= ROUNDS; round++) {
      const seed = round * 7919;
      const answered = await killed(stage, seed);
      const hadJournal = (await files()).includes("run.zip.journal");
      const recovered = await gait`run recover run.zip --json`;
      if (!hadJournal) {
        assert.equal(recovered.code, 6, `seed ${seed}`);
        assert.equal(answered.calls.size, 0);
        continue;
      }
      assert.equal(recovered.code, 0, `seed ${seed}: ${recovered.stdout}`);
      const { path } = recovered.json;
      if (path !== undefined) {
        assert.equal((await gait`verify ${path}`).code, 0, `seed ${seed}`);
        checkEntries(await entriesOf(await bytes(path)), answered);
        await Deno.remove(`${folder}/${path}`);
      } else assert.equal(answered.calls.size, 0, `seed ${seed}`);
      assert(!(await files()).includes("run.zip.journal"));
    }
  }));

Deno.test("the next start recovers a recording, cuts its torn end and replaces no runpack", () =>
  onStage(async (stage) => {
    const { gaitWith, write, files, read, folder, bytes } = stage;
    await write("policy.yaml", POLICY);
    const talk = talkTo(folder, ...STREAM);
    await talk.send(call(1), result(1), call(2));
    const answered: Answered = { calls: new Map(), results: new Set() };
    await readAnswers(talk, 3, answered);
    talk.kill("SIGKILL");
    await talk.end();
    const journal = await read("run.zip.journal");
    await write("run.zip.journal", journal + '{"call":{"call_id":"call_00');
    const { code, stderr } = await gaitWith({ stdin: call(9) }, ...STREAM);
    assert.equal(code, 0, stderr);
    assert.deepEqual((await files()).filter((name) => name.startsWith("run")), [
      "run.zip",
      "run.zip.journal.torn",
      "run_2.zip",
    ]);
    checkEntries(await entriesOf(await bytes("run.zip")), answered);
    assert.equal((await entriesOf(await bytes("run_2.zip"))).length, 1);
  }));

Deno.test("a recording that was changed is recovered by nobody, and one that was sealed already only once", () =>
  onStage(async (stage) => {
    const { gait, gaitWith, write, read, files, folder, bytes } = stage;
    await write("policy.yaml", POLICY);
    const talk = talkTo(folder, ...STREAM);
    await talk.send(call(1), call(2));
    await readAnswers(talk, 2, { calls: new Map(), results: new Set() });
    talk.kill("SIGKILL");
    await talk.end();
    const journal = await read("run.zip.journal");
    const [head, first] = journal.split("\n");
    for (
      const changed of [
        journal.replace('"verdict":"allow"', '"verdict":"yes"'),
        `${head}\n${first}\n${first}\n`,
        `${first}\n`,
        `${head}\n{"result":{"call_id":"call_0009","status":"ok","result_digest":"${
          "ab".repeat(32)
        }","at":"2026-01-01T00:00:00Z"}}\n`,
        `${head}\n{"other":{}}\n`,
      ]
    ) {
      await write("run.zip.journal", changed);
      assert.equal((await gait`run recover run.zip`).code, 6, changed);
      assert.equal((await gaitWith({ stdin: call(3) }, ...STREAM)).code, 6);
      assert.equal(await read("run.zip.journal"), changed);
    }
    await write("run.zip.journal", journal);
    assert.equal((await gait`run recover run.zip`).code, 0);
    const sealed = await bytes("run.zip");
    // The process died after the runpack was written and before the journal was removed.
    await write("run.zip.journal", journal);
    assert.equal((await gait`run recover run.zip --json`).json.path, "run.zip");
    assert.deepEqual(await bytes("run.zip"), sealed);
    assert.deepEqual((await files()).filter((name) => name.startsWith("run")), ["run.zip"]);
    await write("target.journal", journal);
    await Deno.symlink(`${folder}/target.journal`, `${folder}/link.zip.journal`);
    assert.equal((await gait`run recover link.zip`).code, 8);
    assert.equal((await gait`run recover none.zip`).code, 6);
  }));
