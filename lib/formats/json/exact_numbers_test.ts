import assert from "node:assert/strict";
import fc from "fast-check";
import { firstRespelled, firstRounded } from "./exact_numbers.ts";
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

Deno.test("firstRespelled() accepts numbers as RFC 8785 writes them, whatever stands in texts", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), (number, whole) => {
      assert.equal(
        firstRespelled(JSON.stringify({ number, whole, "1.0": '2.00 " 1e2' }, null, 2)),
        undefined,
      );
    }),
  );
});

Deno.test("readJson() refuses to read a signed document that says something else than what was signed", () => {
  const details: Record<string, string> = {
    "1.0": "number_not_exact",
    "1.00": "number_not_exact",
    "1e2": "number_not_exact",
    "1E+21": "number_not_exact",
    "1e021": "number_not_exact",
    "-0": "number_not_exact",
    "0.10": "number_not_exact",
    "9007199254740993": "number_not_exact",
    "0.1000000000000000055": "number_not_exact",
    '"\\ud800"': "text_not_unicode",
    '{"b": 1, "b": 2}': "duplicate_json_key",
    '{"b": 1, "\\u0062": 1}': "duplicate_json_key",
  };
  for (const [value, detail] of Object.entries(details)) {
    const text = `{"a": [${value}]}`;
    for (const input of [text, new TextEncoder().encode(text)]) {
      assert.throws(
        () => readJson(input, { what: "x", signed: true }),
        { code: "invalid_input", detail },
        value,
      );
      assert.doesNotThrow(() => readJson(input, { what: "x" }));
    }
  }
  const bad = new Uint8Array([0x22, 0xff, 0x22]);
  assert.throws(() => readJson(bad, { what: "x", signed: true }), { detail: "text_not_unicode" });
  const fine = '{ "a": [1, 0.1, 1e+21, 1e-7, "\\ufffd", "\\ud83d\\ude00"] }';
  assert.deepEqual(readJson(fine, { what: "x", signed: true }), JSON.parse(fine));
});
