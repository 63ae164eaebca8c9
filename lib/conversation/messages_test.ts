import assert from "node:assert/strict";
import type { JsonObject } from "../formats/json/mod.ts";
import { openLedger } from "./ledger.ts";
import { timeIn } from "./messages.ts";

function read(value: JsonObject) {
  const ledger = openLedger();
  ledger.use();
  const time = timeIn(value, "message 1", ledger);
  return { time, skipped: ledger.close("conversation 1").skipped.length };
}

Deno.test("timeIn() reads an RFC 3339 text and whole seconds since 1970", () => {
  assert.deepEqual(read({ created_at: "2026-03-01T09:00:00.50+02:00" }), {
    time: "2026-03-01T09:00:00.5+02:00",
    skipped: 0,
  });
  assert.deepEqual(read({ timestamp: 1_767_225_600 }), { time: "2026-01-01T00:00:00Z", skipped: 0 });
  assert.deepEqual(read({ created: 0 }), { time: "1970-01-01T00:00:00Z", skipped: 0 });
});

Deno.test("timeIn() takes a missing, null or zero time as not given", () => {
  for (const value of [{}, { created_at: null }, { created_at: "0001-01-01T00:00:00Z" }]) {
    assert.deepEqual(read(value), { time: undefined, skipped: 0 });
  }
});

Deno.test("timeIn() lists a time that it can't read, up to the last second with a year of four digits", () => {
  assert.deepEqual(read({ created: 253_402_300_799 }), { time: "9999-12-31T23:59:59Z", skipped: 0 });
  for (const time of [-1, 1e300, "yesterday", "", "2026-02-30T00:00:00Z", "2026-01-01", "1.2.3", true, {}]) {
    assert.deepEqual(read({ created: time }), { time: undefined, skipped: 1 });
  }
});

Deno.test("timeIn() reads the times of real logs: finer units, fractions, texts without a zone", () => {
  const times: [unknown, string][] = [
    [1_767_225_600_123, "2026-01-01T00:00:00.123Z"],
    [1_767_225_600_000, "2026-01-01T00:00:00Z"],
    [1_767_225_600_123_456, "2026-01-01T00:00:00.123456Z"],
    ["1767225600123456789", "2026-01-01T00:00:00.123456789Z"],
    [1_767_225_600.25, "2026-01-01T00:00:00.25Z"],
    [1_767_225_600_123.5, "2026-01-01T00:00:00.1235Z"],
    [1.5, "1970-01-01T00:00:01.5Z"],
    ["1767225600", "2026-01-01T00:00:00Z"],
    ["1767225600.000200", "2026-01-01T00:00:00.0002Z"],
    ["2026-01-01T00:00:00", "2026-01-01T00:00:00Z"],
    ["2026-01-01 00:00:00.123456", "2026-01-01T00:00:00.123456Z"],
    ["2026-01-01 00:00:00,123", "2026-01-01T00:00:00.123Z"],
    ["2026-01-01T00:00:00z", "2026-01-01T00:00:00Z"],
    ["2026-01-01T00:00:00+0200", "2026-01-01T00:00:00+02:00"],
    ["2026-01-01 00:00:00 +02:00", "2026-01-01T00:00:00+02:00"],
  ];
  for (const [given, time] of times) {
    const naive = /:\d\d(?:[.,]\d+)?$/.test(String(given).slice(0, 26)) &&
      !/[+-]\d\d:?\d\d$/.test(String(given).slice(10));
    assert.deepEqual(read({ timestamp: given as string }), { time, skipped: naive ? 1 : 0 }, String(given));
  }
});
