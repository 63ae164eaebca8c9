import assert from "node:assert/strict";
import fc from "fast-check";
import { invalidInput } from "../../errors/mod.ts";
import { type TraceRow, unreadableRow } from "./row.ts";
import { traceTable } from "./trace_table.ts";

const FILE = { size: 1, modified: 1 };
const DIGEST = "ab".repeat(32);

const row = (path: string, more: Partial<TraceRow> = {}): TraceRow => ({
  ...{ path, id: "id", time: "", at: 0, tool: "t", caller: "c", verdict: "allow", rules: [], reasons: [] },
  ...{ intent: DIGEST, policy: DIGEST, approved: false },
  ...more,
});

const text = fc.oneof(
  fc.string({ maxLength: 12, unit: "binary" }),
  fc.constantFrom("", DIGEST, "0a1b", "0A1B", "trace"),
);
const at = fc.oneof(
  fc.constantFrom(0, -1, 1),
  fc.date({ noInvalidDate: true }).map((date) => date.getTime()),
);
const path = fc.tuple(
  fc.constantFrom("", "gait-out/", "gait-out/traces/", "Ä/"),
  fc.oneof(
    fc.constantFrom("trace_0a1b.json", "trace_0A1B.json", `trace_${DIGEST}.json`, "trace_.json"),
    text,
  ),
).map((parts) => parts.join(""));
const anyRow = fc.record({
  ...{ path, at, id: text, intent: text, tool: text, caller: text, policy: text, verdict: text },
  ...{ rules: fc.array(text, { maxLength: 2 }), reasons: fc.array(text, { maxLength: 2 }) },
  approved: fc.boolean(),
  time: fc.oneof(text, at.map((at) => new Date(at).toISOString())),
}, { noNullPrototype: true });

Deno.test("a row comes back as it was given, whatever its texts are", () => {
  fc.assert(fc.property(fc.array(anyRow, { maxLength: 20 }), (given) => {
    const { rows, add, paths } = traceTable();
    const last = new Map(given.map((row) => [row.path, row]));
    given.forEach((row) => add(row, FILE));
    assert.deepEqual(new Map([...rows].map((row) => [row.path, row])), last);
    assert.deepEqual([...paths()].sort(), [...last.keys()].sort());
  }));
});

Deno.test("times of the gate are given back with the digits that they were written with", () => {
  const { rows, add } = traceTable();
  const times = [
    ...["2026-11-29T19:22:15.315Z", "2026-11-29T19:22:15.31Z", "2026-11-29T19:22:15.310Z"],
    ...["2026-11-29T19:22:10Z", "2026-11-29T19:22:10.000Z", "2026-11-29T20:22:10+01:00", ""],
  ];
  times.forEach((time, i) => add(row(`trace_${i}.json`, { time, at: Date.parse(time) || 0 }), FILE));
  assert.deepEqual([...rows].map(({ time }) => time).sort(), [...times].sort());
});

Deno.test("a text is found in path, id and intent as in their texts, also across the parts of a path", () => {
  const needle = fc.oneof(
    text.map((text) => text.toLowerCase()),
    fc.constantFrom(
      "/",
      "out/traces/trace_0a",
      "e_0a1b.js",
      "json",
      "1b.",
      ".json",
      "a1",
      "s/",
      "x/trace_0a",
    ),
  );
  fc.assert(fc.property(fc.array(anyRow, { maxLength: 8 }), needle, (given, needle) => {
    const { rows, add } = traceTable();
    given.forEach((row) => add(row, FILE));
    const holds = rows.holding(needle);
    for (const [n, { path, id, intent }] of [...rows].entries()) {
      assert.equal(holds(n), [path, id, intent].some((text) => text.toLowerCase().includes(needle)));
    }
  }));
});

Deno.test("rows that come and go one by one are in the order of one sort", () => {
  const step = fc.record({ at: fc.nat(8), removes: fc.boolean(), looks: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const { rows, add, remove, size } = traceTable();
    let present: TraceRow[] = [];
    steps.forEach(({ at, removes, looks }, i) => {
      if (removes && present.length > 0) {
        const gone = present[at % present.length]!;
        remove(gone.path);
        present = present.filter((row) => row !== gone);
      } else {
        const added = { ...unreadableRow(`trace_${i}.json`, invalidInput("bad")), at };
        add(added, FILE);
        present.push(added);
      }
      assert.equal(size(), present.length);
      if (!looks) return;
      const wanted = [...present].sort((a, b) => b.at - a.at || (a.path < b.path ? -1 : 1));
      assert.deepEqual([...rows], wanted);
      assert.equal(rows.length, wanted.length);
      assert.deepEqual(wanted.map((_, n) => rows.at(n)), wanted);
      assert.equal(rows.at(wanted.length), undefined);
    });
  }));
});

Deno.test("what rows have alike is kept once, and let go of with the last of them", () => {
  const { rows, add, remove } = traceTable();
  add(row("trace_1.json", { at: 1 }), FILE);
  add(row("trace_2.json", { at: 2 }), FILE);
  assert.equal(rows.kindAt(0), rows.kindAt(1));
  const before = rows.kindAt(0);
  remove("trace_1.json");
  assert.equal(rows.kindAt(0), before);
  remove("trace_2.json");
  assert.equal(rows.length, 0);
  add(row("trace_3.json"), FILE);
  assert.notEqual(rows.kindAt(0), before);
});

Deno.test("rows of an intent are found, and their keys are equal", () => {
  const { rows, add } = traceTable();
  ["ab", "abab", "", "ab", "AB"].forEach((intent, i) => add(row(`trace_${i}.json`, { intent, at: i }), FILE));
  assert.deepEqual([...rows.withIntent("ab")].map(({ path }) => path), ["trace_3.json", "trace_0.json"]);
  assert.deepEqual([...rows.withIntent("")].map(({ path }) => path), ["trace_2.json"]);
  const keys = [0, 1, 2, 3, 4].map((n) => rows.intentKeyAt(n));
  assert.equal(keys[1], keys[4]);
  assert.equal(new Set(keys).size, 4);
  assert.equal(keys[2], "");
});

Deno.test("of very many rows that come and go the newest are left", () => {
  const { rows, add, remove } = traceTable();
  for (let i = 0; i < 30_000; i++) {
    add(row(`trace_${i.toString(16).padStart(8, "0")}.json`, { at: i }), FILE);
    if (i >= 100) remove(`trace_${(i - 100).toString(16).padStart(8, "0")}.json`);
  }
  assert.equal(rows.length, 100);
  assert.equal(rows.at(0)!.path, "trace_0000752f.json");
});
