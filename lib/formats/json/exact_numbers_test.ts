import assert from "node:assert/strict";
import fc from "fast-check";
import { firstRounded } from "./exact_numbers.ts";
import { readJson } from "./mod.ts";

Deno.test("firstRounded() accepts every number that comes back as it was written", () => {
  for (
    const text of [
      "0",
      "-0",
      "1",
      "9007199254740991",
      "0.1",
      "1e21",
      "1.50",
      "100000000000000000000",
      "2.5E-3",
    ]
  ) {
    assert.equal(firstRounded(`[${text}]`), undefined, text);
  }
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
    assert.equal(firstRounded(JSON.stringify({ number })), undefined);
  }));
});

Deno.test("firstRounded() finds a number that a double would change", () => {
  for (
    const text of [
      "9007199254740993",
      "-9007199254740993",
      "0.1000000000000000055",
      "1e-400",
      "123456789012345678",
    ]
  ) {
    assert.equal(firstRounded(`{"a":[1,${text}]}`), text);
  }
});

Deno.test("firstRounded() does not look into texts and keys", () => {
  assert.equal(firstRounded('{"9007199254740993":"\\"9007199254740993"}'), undefined);
});

Deno.test("readJson() refuses inexact numbers where it is asked to, and reads them elsewhere", () => {
  const text = '{"cents":9007199254740993}';
  assert.throws(() => readJson(text, { what: "x", numbers: "exact" }), {
    code: "invalid_input",
    detail: "number_not_exact",
  });
  assert.deepEqual(readJson(text, { what: "x" }), { cents: 9007199254740992 });
});
