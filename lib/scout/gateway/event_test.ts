import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../../formats/bytes.ts";
import { eventTime } from "./event_time.ts";
import { readEvent } from "./event.ts";
import { fieldsOf, trimLine } from "./log_line.ts";

Deno.test("eventTime() reads every form, takes the first that is a time, and refuses years of five digits", () => {
  const rows: readonly (readonly [unknown, string | undefined])[] = [
    ["2026-04-01T10:00:00+05:30", "2026-04-01T04:30:00Z"],
    [" 2026-04-01 00:00:01.500 ", "2026-04-01T00:00:01.5Z"],
    ["1775037600", "2026-04-01T10:00:00Z"],
    [1000000000001, "2001-09-09T01:46:40.001Z"],
    [1000000000000, undefined], // seconds, far beyond the year 9999
    [1.9, "1970-01-01T00:00:01Z"],
    [-1.5, "1969-12-31T23:59:59Z"],
    ["99999999999999999999", undefined],
    ["2026-02-30T00:00:00Z", undefined],
    [true, undefined],
    ["", undefined],
  ];
  for (const [value, expected] of rows) {
    if (value === 1000000000000) assert.throws(() => eventTime([value]), { code: "invalid_input" });
    else assert.equal(eventTime([value as string]), expected, String(value));
  }
  assert.equal(eventTime([undefined, "bad", 5]), "1970-01-01T00:00:05Z");
  assert.throws(() => eventTime(["9999-12-31T23:59:59-01:00"]), { code: "invalid_input" });
});

Deno.test("eventTime() never gives anything but a time in UTC with a year of four digits", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.integer(), fc.bigInt().map(String)),
      (value) => {
        try {
          const time = eventTime([value]);
          assert.ok(
            time === undefined || /^[0-9]{4}-[0-9-]{5}T[0-9:]{8}(?:\.[0-9]{1,9})?Z$/.test(time),
            time,
          );
        } catch (error) {
          assert.equal((error as { code: string }).code, "invalid_input");
        }
      },
    ),
  );
});

Deno.test("readEvent() takes own members alone, whatever they are called", () => {
  const fields = JSON.parse('{"__proto__":{"tool":"x"},"constructor":{"name":"y"},"route":{"name":7}}');
  const event = readEvent(fields, "kong", 3, "sha256:d");
  assert.deepEqual(
    [event.toolName, event.agentId, event.policyDigest, event.timestamp, event.reasonCodes],
    ["gateway.unknown", "kong", "sha256:d", "1980-01-01T00:00:03Z", null],
  );
  assert.deepEqual(
    readEvent({ reason_codes: "", reasons: ["a"], reason_code: "b" }, "kong", 1, "").reasonCodes,
    ["b"],
  );
});

Deno.test("trimLine() cuts white space around a line and keeps every other byte", () => {
  const around = fc.array(fc.constantFrom(" ", "\t", "\u00a0", "\u2003", "\r", "\v"), { maxLength: 4 });
  fc.assert(fc.property(around, fc.uint8Array({ maxLength: 8 }), around, (before, middle, after) => {
    const core = Uint8Array.from([0x78, ...middle, 0x79]);
    const line = Uint8Array.from([...utf8(before.join("")), ...core, ...utf8(after.join(""))]);
    assert.deepEqual(trimLine(line), core);
  }));
  assert.equal(trimLine(utf8(" \u3000\t")).length, 0);
});

Deno.test("fieldsOf() lets what Docker wraps win over the wrapper", () => {
  const fields = fieldsOf(utf8('{"log":"{\\"status\\":1}","status":2,"stream":"s"}'), "docker", "line");
  assert.deepEqual(fields, { stream: "s", status: 1 });
  assert.deepEqual(fieldsOf(utf8("[1]"), "docker", "line"), { log: "[1]" });
  assert.throws(() => fieldsOf(utf8("null"), "mintmcp", "line"), { code: "invalid_input" });
});
