import assert from "node:assert/strict";
import type { JsonObject } from "../../formats/json/mod.ts";
import { openLedger } from "./ledger.ts";
import { timeIn } from "./times.ts";

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
  for (const time of [253_402_300_800, 1_767_225_600_000, -1, 1.5, "yesterday", "", true, {}]) {
    assert.deepEqual(read({ created: time }), { time: undefined, skipped: 1 });
  }
});
