import assert from "node:assert/strict";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage, unlinkedLog, unlinkedState, unlinkJob } from "../../tests/support/job.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { utf8 } from "../formats/bytes.ts";
import { encodePackedJobEvent, encodePackedJobState } from "../schema/job.ts";
import { checkHistory } from "./verify.ts";

const STATE = "jobs/job-1/state.json";
const LOG = "jobs/job-1/events.jsonl";

/** A job of six events that waits for its resume. */
async function waiting() {
  const memory = memoryFiles();
  const job = jobStage(fakeEffects({ files: memory }));
  await job.submit({ identity: "agent" });
  await job.checkpoint();
  await job.checkpoint("decision-needed");
  await job.approve();
  await job.checkpoint();
  await job.checkpoint();
  const put = (path: string, text: string) => memory.writeAtomic(path, utf8(text));
  return {
    ...job,
    memory,
    lines: () => memory.text(LOG)!.trimEnd().split("\n"),
    putLines: (lines: readonly string[]) => put(LOG, lines.map((line) => line + "\n").join("")),
    edit: (path: string, change: (text: string) => string) => put(path, change(memory.text(path)!)),
    check: async () => await checkHistory(await job.inspect()),
    codes: async () => (await checkHistory(await job.inspect())).findings.map(({ code }) => code),
  };
}

Deno.test("a job that Gait wrote is chained from its first event to its state", async () => {
  const job = await waiting();
  const { findings, ...check } = await job.check();
  assert.deepEqual(findings, []);
  assert.deepEqual(check, { chained: 6, unchained: 0, stateBound: true, logBound: true });
  await job.resume();
  assert.deepEqual(await job.codes(), []);
});

Deno.test("a line that was changed, removed, inserted or moved is found, and where", async () => {
  const edits: Record<string, (lines: string[]) => string[]> = {
    changed: (lines) => lines.map((line, i) => i === 2 ? line.replace("decision", "Decision") : line),
    removed: (lines) => lines.toSpliced(2, 1),
    inserted: (lines) => lines.toSpliced(3, 0, lines[2]!),
    "inserted without links": (lines) => lines.toSpliced(3, 0, unlinkedLog(lines[2]!)),
    moved: (lines) => lines.with(2, lines[3]!).with(3, lines[2]!),
    "first one removed": (lines) => lines.slice(1),
    "first one changed": (lines) => lines.with(0, lines[0]!.replace("agent", "mallory")),
  };
  for (const [name, edit] of Object.entries(edits)) {
    const job = await waiting();
    await job.putLines(edit(job.lines()));
    const { findings } = await job.check();
    const edited = findings.filter(({ code }) => code === "event_log_edited");
    assert(edited.length > 0 && edited.every(({ line }) => line! >= 1 && line! <= 5), name);
    await assert.rejects(job.resume(), { code: "verification_failed", detail: "event_log_edited" }, name);
  }
  const job = await waiting();
  await job.putLines(edits.changed!(job.lines()));
  const [found] = (await job.check()).findings;
  assert.deepEqual([found!.line, found!.revision], [4, 4]);
  assert.match(found!.text, /line 3 was changed/);
});

Deno.test("the end of a log is that which the state saw", async () => {
  const last = await waiting();
  await last.putLines(last.lines().map((line, i) => i === 5 ? line.replace("progress", "plan") : line));
  assert.deepEqual(await last.codes(), ["event_log_edited"]);
  const cut = await waiting();
  await cut.putLines(cut.lines().slice(0, 4));
  assert.equal((await cut.codes())[0], "event_log_cut");
  for (const job of [last, cut]) {
    await assert.rejects(job.checkpoint(), { code: "verification_failed" });
    await assert.rejects(job.approve(), { code: "verification_failed" });
  }
});

Deno.test("a state that was edited is found, resumes nothing, and no later event vouches for it", async () => {
  const job = await waiting();
  await job.edit(STATE, (text) => text.replace('"actor": "lead"', '"actor": "boss"'));
  assert.deepEqual(await job.codes(), ["state_edited"]);
  for (const change of [job.resume, job.approve, () => job.checkpoint()]) {
    await assert.rejects(change(), { code: "verification_failed", detail: "state_edited" });
  }
  // What makes nothing possible works, and launders nothing.
  const { warnings } = await job.change("pause");
  assert.equal(warnings.length, 1);
  assert.deepEqual(await job.codes(), ["state_edited"]);
  await assert.rejects(job.resume(), { detail: "state_edited" });
  assert.equal((await job.change("stop")).state.status, "emergency_stopped");
  assert.equal((await job.change("cancel")).state.status, "cancelled");
  assert.deepEqual(await job.codes(), ["state_edited"]);
});

Deno.test("taking the digest out of the state hides no edit of it", async () => {
  const job = await waiting();
  await job.edit(STATE, (text) => unlinkedState(text).replace('"actor": "lead"', '"actor": "boss"'));
  assert.deepEqual(await job.codes(), ["state_edited"]);
  await job.edit(STATE, (text) => text.replace('"revision": 6', '"revision": 7'));
  await assert.rejects(job.resume(), { detail: "state_edited" });
});

Deno.test("an edited log never comes to fit again by what is appended to it", async () => {
  const job = await waiting();
  await job.putLines(job.lines().map((line, i) => i === 5 ? line.replace("progress", "plan") : line));
  await job.change("stop");
  assert.deepEqual(await job.codes(), ["event_log_edited"]);
});

Deno.test("what another program wrote is accepted, counted, and covered by the next event", async () => {
  const job = await waiting();
  await unlinkJob(job.memory, "jobs/job-1");
  assert.deepEqual(await job.check(), {
    chained: 0,
    unchained: 6,
    stateBound: false,
    logBound: false,
    findings: [],
  });
  await job.checkpoint();
  const { chained, unchained, findings } = await job.check();
  assert.deepEqual([chained, unchained, findings], [1, 6, []]);
  await job.putLines(job.lines().toSpliced(1, 1));
  assert.deepEqual(await job.codes(), ["event_log_edited"]);
});

Deno.test("an unfinished line, or blank ones, are no edit", async () => {
  for (const tail of ['{"torn', "\n\n \n", ""]) {
    const job = await waiting();
    await job.edit(LOG, (text) => tail === "" ? text.trimEnd() : text + tail);
    await job.checkpoint();
    assert.deepEqual(await job.codes(), [], tail);
  }
});

Deno.test("a log that can't be read stops no stop", async () => {
  const job = await waiting();
  await job.edit(LOG, () => "\u0000\n{\n");
  await assert.rejects(job.checkpoint(), { code: "verification_failed" });
  assert.equal((await job.change("stop")).state.status, "emergency_stopped");
});

Deno.test("packs have neither digests of events nor of the log", async () => {
  const { state, events } = await (await waiting()).inspect();
  assert.equal(encodePackedJobState(state).log_digest, undefined);
  const members = events.flatMap((event) => Object.keys(encodePackedJobEvent(event)));
  assert(!members.some((name) => name.endsWith("_digest")));
});

Deno.test("safety invariants are those of the submit, even where another program wrote the state since", async () => {
  const job = await waiting();
  await job.edit(STATE, (text) => unlinkedState(text));
  await job.putLines(job.lines().map((line, i) => i === 5 ? unlinkedLog(line) : line));
  assert.deepEqual(await job.codes(), []);
  for (
    const [from, to] of [[/"safety_invariant_hash": "./, '"safety_invariant_hash": "x'], [
      "identity=agent",
      "identity=root",
    ]] as const
  ) {
    const before = job.memory.text(STATE)!;
    await job.edit(STATE, (text) => text.replace(from, to));
    assert.deepEqual(await job.codes(), ["ledger_edited"]);
    await assert.rejects(job.resume(), { code: "verification_failed", detail: "ledger_edited" });
    await job.edit(STATE, () => before);
  }
});
