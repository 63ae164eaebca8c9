import assert from "node:assert/strict";
import { utf8 } from "../../formats/bytes.ts";
import { isSessionJournal, readSessionJournal } from "./session.ts";

const HEAD = {
  session: {
    run: {
      run_id: "r1",
      created_at: "2026-01-02T03:04:05Z",
      timeline: [{ event: "run_started", ts: "2026-01-02T03:04:05Z" }],
    },
    refs: { run_id: "r1" },
    capture_mode: "reference",
  },
};
const attempt = (id: string, more: object = {}) => ({
  attempt: {
    timeline: [{ event: "intent_captured", ts: "2026-01-02T03:04:05Z", ref: id }],
    intents: [{ intent_id: id, tool_name: "t" }],
    results: [{ intent_id: id, status: "ok" }],
    receipts: [],
    context: { context_ref_count: 2 },
    intent_args: { [id]: { n: 1 } },
    result_payloads: { [id]: { executed: true } },
    ...more,
  },
});
const journal = (...lines: (object | string)[]) =>
  utf8(lines.map((line) => typeof line === "string" ? line : JSON.stringify(line) + "\n").join(""));

Deno.test("readSessionJournal() puts the pieces of all attempts together, in their order", () => {
  const bytes = journal(HEAD, attempt("i1"), attempt("i2"));
  assert.ok(isSessionJournal(bytes));
  const { input, torn } = readSessionJournal(bytes, "journal")!;
  assert.deepEqual([input.results.length, torn.length, input.run.run_id, input.refs.context_ref_count], [
    2,
    0,
    "r1",
    2,
  ]);
  assert.deepEqual(input.intents.map(({ intent_id }) => intent_id), ["i1", "i2"]);
  assert.equal(input.run.timeline?.length, 3);
});

Deno.test("readSessionJournal() reads very many attempts, in time that grows with their number", () => {
  const ids = Array.from({ length: 50_000 }, (_, i) => `i${i}`);
  const { input } = readSessionJournal(journal(HEAD, ...ids.map((id) => attempt(id))), "journal")!;
  assert.deepEqual([input.results.length, input.intents.length], [ids.length, ids.length]);
  assert.deepEqual(Object.keys(input.normalization?.intent_args ?? {}), ids);
});

Deno.test("readSessionJournal() keeps a member of any name as data", () => {
  const { input } = readSessionJournal(
    journal(HEAD, attempt("__proto__"), attempt("constructor")),
    "journal",
  )!;
  assert.deepEqual(Object.keys(input.normalization?.result_payloads ?? {}), ["__proto__", "constructor"]);
});

Deno.test("readSessionJournal() cuts a torn end off, and is silent about a journal of nothing", () => {
  const { input, torn } = readSessionJournal(journal(HEAD, attempt("i1"), '{"attempt":{"in'), "journal")!;
  assert.deepEqual([input.intents.length, new TextDecoder().decode(torn)], [1, '{"attempt":{"in']);
  assert.equal(readSessionJournal(journal('{"session":{"run'), "journal"), undefined);
});

for (
  const [what, ...lines] of [
    ["a head without a run", { session: { refs: {} } }],
    ["a head that is none", { session: 1 }],
    ["another line", HEAD, { result: {} }],
    ["a member that occurs twice", HEAD, '{"attempt":{},"attempt":{}}\n'],
    ["an empty line", HEAD, "\n"],
    ["a list that is none", HEAD, attempt("i1", { intents: {} })],
    ["an object that is none", HEAD, attempt("i1", { intent_args: [] })],
    ["an intent that is none", HEAD, attempt("i1", { intents: [1] })],
  ] as const
) {
  Deno.test(`readSessionJournal() refuses ${what}`, () => {
    assert.throws(() => readSessionJournal(journal(...lines), "journal"), { code: "invalid_input" });
  });
}

Deno.test("isSessionJournal() takes the journal of a gate for none", () => {
  assert.equal(isSessionJournal(journal({ recording: {} })), false);
  assert.equal(isSessionJournal(new Uint8Array()), false);
});
