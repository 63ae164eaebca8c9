import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTime } from "../formats/time.ts";
import { nanosOf, timeOfNanos } from "./nano_time.ts";

Deno.test("timeOfNanos() is exact to the nanosecond", () => {
  assert.equal(timeOfNanos(1_767_225_601_123_456_789n), "2026-01-01T00:00:01.123456789Z");
  assert.equal(timeOfNanos(1_767_225_603_000_000_001n), "2026-01-01T00:00:03.000000001Z");
  assert.equal(timeOfNanos(1_767_225_600_000_000_000n), "2026-01-01T00:00:00Z");
  assert.equal(timeOfNanos(1n), "1970-01-01T00:00:00.000000001Z");
});

Deno.test("timeOfNanos() gives a valid time for every value of the field, in the same order", () => {
  const nanos = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
  fc.assert(fc.property(nanos, nanos, (a, b) => {
    const full = (time: string) => time.replace("Z", "").padEnd(20, ".").padEnd(29, "0");
    assert.equal(parseTime(timeOfNanos(a)), timeOfNanos(a));
    if (a < b) assert.ok(full(timeOfNanos(a)) < full(timeOfNanos(b)));
  }));
});

Deno.test("nanosOf() reads decimal texts and whole numbers up to 64 bits", () => {
  assert.equal(nanosOf("18446744073709551615"), 2n ** 64n - 1n);
  assert.equal(nanosOf("18446744073709551616"), undefined);
  assert.equal(nanosOf(1000), 1000n);
});

Deno.test("nanosOf() gives nothing for zero, which means unknown in OTLP, and for what is no such number", () => {
  for (const value of ["0", 0, "", "-1", "1.5", "0x10", " 1", -1, 1.5, null, undefined, [], {}, true]) {
    assert.equal(nanosOf(value as never), undefined);
  }
});
