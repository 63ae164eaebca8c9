import assert from "node:assert/strict";
import fc from "fast-check";
import type { Limit } from "../../policy/types.ts";
import { budgetToolName, type Charge, count, type Counters, readCounters, writeCounters } from "./count.ts";
import { decodeUtf8, utf8 } from "../../formats/bytes.ts";

const NOON = Date.UTC(2026, 10, 23, 12, 34, 56, 789);
const charge = (limit: Partial<Limit> = {}): Charge => ({
  limit: { requests: 2, window: "hour", scope: "tool_identity", ...limit },
  toolName: "ledger.post",
  identity: "svc|a",
});

Deno.test("count() counts up to the limit and refuses the next call without counting it", () => {
  let counters: ReadonlyMap<string, number> = new Map();
  const seen = [];
  for (let i = 0; i < 4; i++) {
    const step = count(counters, charge(), NOON);
    if (step.count.refused) assert.equal(step.counters, counters, "a refused call changes nothing");
    counters = step.counters;
    seen.push([step.count.used, step.count.remaining, step.count.refused]);
  }
  assert.deepEqual(seen, [[1, 1, false], [2, 0, false], [2, 0, true], [2, 0, true]]);
  assert.deepEqual([...counters], [["hour|tool_identity|2026-11-23T12:00:00Z|ledger.post|svc|a", 2]]);
});

Deno.test("count() keys by scope and window", () => {
  const keyOf = (limit: Partial<Limit>) => {
    const step = count(new Map(), charge(limit), NOON);
    return [step.count.key, [...step.counters.keys()][0]];
  };
  assert.deepEqual(keyOf({ scope: "tool" }), ["ledger.post", "hour|tool|2026-11-23T12:00:00Z|ledger.post"]);
  assert.deepEqual(keyOf({ scope: "identity" }), ["svc|a", "hour|identity|2026-11-23T12:00:00Z|svc|a"]);
  assert.deepEqual(keyOf({ window: "minute", scope: "tool" }), [
    "ledger.post",
    "minute|tool|2026-11-23T12:34:00Z|ledger.post",
  ]);
});

Deno.test("count() starts again in the next window and drops what is past", () => {
  const first = count(new Map([["minute|tool|2001-01-01T00:00:00Z|x", 4], ["a|b|c", 1]]), charge(), NOON);
  assert.deepEqual([...first.counters.keys()], [
    "minute|tool|2001-01-01T00:00:00Z|x",
    "hour|tool_identity|2026-11-23T12:00:00Z|ledger.post|svc|a",
  ]);
  const next = count(first.counters, charge(), NOON + 3_600_000);
  assert.equal(next.count.used, 1);
  assert.deepEqual([...next.counters.keys()], [
    "minute|tool|2001-01-01T00:00:00Z|x",
    "hour|tool_identity|2026-11-23T13:00:00Z|ledger.post|svc|a",
  ]);
});

Deno.test("count() never lets more calls pass in a window than the limit says", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 5 }),
    fc.array(fc.tuple(fc.constantFrom("a", "b", "a|b"), fc.integer({ min: 0, max: 10_000_000 }))),
    (requests, calls) => {
      let counters: ReadonlyMap<string, number> = new Map();
      const passed = new Map<string, number>();
      for (const [identity, time] of calls.toSorted((left, right) => left[1] - right[1])) {
        const step = count(counters, { ...charge({ requests }), identity }, time);
        counters = step.counters;
        const window = `${identity} ${Math.floor(time / 3_600_000)}`;
        if (!step.count.refused) passed.set(window, (passed.get(window) ?? 0) + 1);
      }
      assert([...passed.values()].every((calls) => calls <= requests));
    },
  ));
});

Deno.test("count() gives no window its calls again when the clock is set back over its end", () => {
  const full = [0, 1].reduce((counters) => count(counters, charge(), NOON).counters, new Map() as Counters);
  const boundary = Math.ceil(NOON / 3_600_000) * 3_600_000;
  const later = count(full, charge(), boundary).counters;
  const back = count(later, charge(), boundary - 1);
  assert.deepEqual([back.count.used, back.count.refused], [2, false]);
  assert.deepEqual([...back.counters.keys()], ["hour|tool_identity|2026-11-23T13:00:00Z|ledger.post|svc|a"]);
  assert.equal(count(back.counters, charge(), boundary - 1).count.refused, true);
});

Deno.test("count() keeps what was counted under a clock that was far ahead, and doesn't wait for it", () => {
  const ahead = new Map([["hour|tool|2026-11-23T23:00:00Z|x", 2], ["hour|tool|2099|x", 1]]);
  const { counters, count: counted } = count(ahead, charge(), NOON);
  assert.equal(counted.used, 1);
  assert.deepEqual([...counters.keys()], [
    "hour|tool|2026-11-23T23:00:00Z|x",
    "hour|tool_identity|2026-11-23T12:00:00Z|ledger.post|svc|a",
  ]);
});

Deno.test("budgetToolName() keeps destructive calls of a tool apart, but not those of scripts", () => {
  assert.equal(budgetToolName("t", false), "destructive_budget|t");
  assert.equal(budgetToolName("script", true), "script");
});

const read = (text: string) => Object.fromEntries(readCounters(utf8(text), "state"));

Deno.test("readCounters() gives the counts by key, without blank keys and counts below 1", () => {
  const counters = [{ key: "a", count: 2 }, { key: " ", count: 3 }, { key: "b", count: 0 }, {
    key: "c",
    count: -1,
  }];
  assert.deepEqual(read(JSON.stringify({ schema_id: "anything", counters })), { a: 2 });
  assert.deepEqual(read("{}"), {});
  assert.deepEqual(read('{"counters":null}'), {});
});

Deno.test("readCounters() keeps the higher count of a key that stands there twice", () => {
  assert.deepEqual(read('{"counters":[{"key":"a","count":5},{"key":"a","count":1}]}'), { a: 5 });
});

Deno.test("readCounters() refuses anything that is not a state", () => {
  const texts = [
    "",
    "x",
    "[]",
    "null",
    '{"counters":{}}',
    '{"counters":[1]}',
    '{"counters":[{"key":1,"count":1}]}',
    '{"counters":[{"key":"a","count":"1"}]}',
    '{"counters":[{"key":"a","count":1.5}]}',
    '{"counters":[{"key":"a","count":1e300}]}',
    '{"tool_name":"tool.read","args":{}}',
    '{"schema_id":"gait.gate.trace","trace_id":"a"}',
    '{"schema_id":"gait.gate.trace","counters":[]}',
  ];
  for (const text of texts) assert.throws(() => read(text), { code: "invalid_input" }, text);
});

Deno.test("writeCounters() writes sorted counters that readCounters() gives back", () => {
  const counters = new Map([["b|\u{1f600}", 1], ["b|\uffff", 3], ["a", 2]]);
  const text = decodeUtf8(writeCounters(counters));
  assert.deepEqual(JSON.parse(text), {
    schema_id: "gait.gate.rate_limit_state",
    schema_version: "1.0.0",
    counters: [{ key: "a", count: 2 }, { key: "b|\uffff", count: 3 }, { key: "b|\u{1f600}", count: 1 }],
  });
  assert(text.startsWith('{\n  "schema_id"') && text.endsWith("}\n"));
  assert.deepEqual(read(text), Object.fromEntries(counters));
});
