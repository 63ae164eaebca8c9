import assert from "node:assert/strict";
import fc from "fast-check";
import {
  compareInstants,
  EPOCH_1980,
  isZeroTime,
  parseTime,
  timeOfMillis,
  toUtc,
  ZERO_TIME,
} from "./time.ts";

const INVALID = { code: "invalid_input" };

Deno.test("parseTime() brings accepted times into the output form", () => {
  const pairs: [string, string][] = [
    ["2026-02-05T00:00:00Z", "2026-02-05T00:00:00Z"],
    ["2026-02-05T00:00:00.500Z", "2026-02-05T00:00:00.5Z"],
    ["2026-02-05T00:00:00.000Z", "2026-02-05T00:00:00Z"],
    ["2026-02-05T00:00:00.123456789Z", "2026-02-05T00:00:00.123456789Z"],
    ["2026-02-05T00:00:00.1234567899999Z", "2026-02-05T00:00:00.123456789Z"],
    ["2026-02-05T00:00:00.00000000099Z", "2026-02-05T00:00:00Z"],
    [`2026-02-05T00:00:00.${"1".repeat(400)}Z`, "2026-02-05T00:00:00.111111111Z"],
    ["2026-02-05T00:00:00+00:00", "2026-02-05T00:00:00Z"],
    ["2026-02-05T00:00:00-00:00", "2026-02-05T00:00:00Z"],
    ["2026-02-05T00:00:00.10+05:30", "2026-02-05T00:00:00.1+05:30"],
    ["2026-02-05T00:00:00-23:59", "2026-02-05T00:00:00-23:59"],
    ["2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"],
    ["2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"],
    ["0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"],
    ["9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"],
  ];
  for (const [given, normal] of pairs) {
    assert.equal(parseTime(given), normal);
    assert.equal(parseTime(normal), normal);
  }
});

Deno.test("parseTime() refuses everything else", () => {
  const texts = [
    "",
    " ",
    "2026-02-05",
    "2026-02-05T00:00:00",
    "2026-02-05 00:00:00Z",
    "2026-02-05t00:00:00Z",
    "2026-02-05T00:00:00z",
    "2026-02-05T00:00Z",
    "2026-02-05T24:00:00Z",
    "2026-02-05T23:60:00Z",
    "2026-02-05T23:59:60Z",
    "2026-02-05T00:00:00.Z",
    "2026-02-05T00:00:00,5Z",
    "2026-02-05T00:00:00+24:00",
    "2026-02-05T00:00:00+05:60",
    "2026-02-05T00:00:00+0530",
    "2026-02-05T00:00:00+05",
    "2026-02-05T00:00:00+5:30",
    "2026-02-05T00:00:00 Z",
    " 2026-02-05T00:00:00Z",
    "2026-02-05T00:00:00Z ",
    "2026-02-05T00:00:00Z\n",
    "2026-02-05T00:00:00ZZ",
    "2026-00-05T00:00:00Z",
    "2026-13-05T00:00:00Z",
    "2026-02-00T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-2-5T00:00:00Z",
    "02026-02-05T00:00:00Z",
    "+2026-02-05T00:00:00Z",
    "-001-02-05T00:00:00Z",
    "26-02-05T00:00:00Z",
    "２０２６-02-05T00:00:00Z",
    "2026-02-05T00:00:00\u2212" + "05:00",
    "1770249600",
    "Thu, 05 Feb 2026 00:00:00 GMT",
  ];
  for (const text of texts) assert.throws(() => parseTime(text), INVALID, JSON.stringify(text));
});

Deno.test("toUtc() converts offsets and keeps the fraction", () => {
  const pairs: [string, string][] = [
    ["2026-02-05T00:00:00Z", "2026-02-05T00:00:00Z"],
    ["2026-02-05T05:30:00+05:30", "2026-02-05T00:00:00Z"],
    ["2026-02-04T19:00:00.000000001-05:00", "2026-02-05T00:00:00.000000001Z"],
    ["2026-01-01T00:00:00.5+00:01", "2025-12-31T23:59:00.5Z"],
    ["2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00Z"],
    ["0001-01-01T00:00:00+01:00", "0000-12-31T23:00:00Z"],
    ["0050-06-01T12:00:00+02:00", "0050-06-01T10:00:00Z"],
  ];
  for (const [given, utc] of pairs) assert.equal(toUtc(parseTime(given)), utc);
});

Deno.test("toUtc() refuses an instant that has no year of four digits", () => {
  assert.throws(() => toUtc(parseTime("9999-12-31T23:59:59-00:01")), INVALID);
  assert.throws(() => toUtc(parseTime("0000-01-01T00:00:00+00:01")), INVALID);
});

Deno.test("isZeroTime() goes by the instant", () => {
  for (
    const text of ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000001Z", "0001-01-01T02:00:00+02:00"]
  ) {
    assert.equal(isZeroTime(parseTime(text)), true, text);
  }
  for (
    const text of ["0001-01-01T00:00:00.000000001Z", "0001-01-01T00:00:00+02:00", "0000-01-01T00:00:00+00:01"]
  ) {
    assert.equal(isZeroTime(parseTime(text)), false, text);
  }
  assert.equal(isZeroTime(ZERO_TIME), true);
  assert.equal(isZeroTime(EPOCH_1980), false);
});

Deno.test("toUtc() agrees with Date for whole seconds and any offset", () => {
  const offset = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
  const second = fc.integer({
    min: Date.parse("0001-02-01T00:00:00Z") / 1000,
    max: Date.parse("9999-11-30T00:00:00Z") / 1000,
  });
  fc.assert(fc.property(second, offset, (seconds, minutes) => {
    const two = (n: number) => String(n).padStart(2, "0");
    const local = new Date((seconds + minutes * 60) * 1000).toISOString().slice(0, 19);
    const size = Math.abs(minutes);
    const text = `${local}${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
    assert.equal(toUtc(parseTime(text)), new Date(seconds * 1000).toISOString().replace(".000", ""));
  }));
});

Deno.test("parseTime() accepts a day exactly when the calendar has it", () => {
  for (const year of [1, 4, 100, 400, 1900, 2000, 2023, 2024]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const [y, m, d] = [
          String(year).padStart(4, "0"),
          String(month).padStart(2, "0"),
          String(day).padStart(2, "0"),
        ];
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        const accepted = (() => {
          try {
            return parseTime(`${y}-${m}-${d}T00:00:00Z`) !== undefined;
          } catch {
            return false;
          }
        })();
        assert.equal(accepted, real, `${y}-${m}-${d}`);
      }
    }
  }
});

Deno.test("timeOfMillis() writes milliseconds without trailing zeros", () => {
  assert.equal(timeOfMillis(0), "1970-01-01T00:00:00Z");
  assert.equal(timeOfMillis(1770249600120), "2026-02-05T00:00:00.12Z");
});

Deno.test("compareInstants() compares across offsets and down to nanoseconds", () => {
  const inOrder = [
    "0001-01-01T00:00:00Z",
    "2026-01-02T03:04:05+01:00",
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.000000001Z",
    "2026-01-02T03:04:05.1Z",
    "2026-01-02T03:04:06Z",
  ].map((text) => parseTime(text));
  for (const [i, left] of inOrder.entries()) {
    for (const [j, right] of inOrder.entries()) {
      assert.equal(Math.sign(compareInstants(left, right)), Math.sign(i - j), `${left} ${right}`);
    }
  }
  assert.equal(compareInstants(parseTime("2026-01-01T01:00:00+01:00"), parseTime("2026-01-01T00:00:00Z")), 0);
});
