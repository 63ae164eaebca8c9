import assert from "node:assert/strict";
import fc from "fast-check";
import { firstChanged, firstRespelled, firstRounded } from "./exact_numbers.ts";
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

Deno.test("firstChanged() finds what canonical JSON writes as another number, and says where it stands", () => {
  const cases: [string, string, string][] = [
    ['{"args":{"n":9007199254740993}}', "9007199254740993", "args.n"],
    ['{"a":[1,{"b\\u0041":[ {"x":"1e999,[", "y" : -0.0}]}]}', "-0.0", "a[1].bA[0].y"],
    ['[0.1,-0.5,{"":1e400}]', "1e400", "[2]."],
    ['{"a":{"b":1},"c":0.1000000000000000000000000001}', "0.1000000000000000000000000001", "c"],
    ['{"\\"a":[[],[],-0]}', "-0", '"a[2]'],
    ["-0", "-0", ""],
    ["[1e-400]", "1e-400", "[0]"],
    ["[9007199254740992]", "9007199254740992", "[0]"],
    ["[-9007199254740991,1e16]", "1e16", "[1]"],
  ];
  for (const [text, number, path] of cases) assert.deepEqual(firstChanged(text), { number, path }, text);
  assert.equal(firstChanged(`[0.${"0".repeat(400)}1]`)?.path, "[0]");
  for (const text of ['["-0",{"-0":0}]', "[-0.5,-10,0,0.0,0e0]", "[9007199254740991,1e15,0.1,1e-300]"]) {
    assert.equal(firstChanged(text), undefined, text);
  }
});

Deno.test("firstChanged() finds exactly the numbers that canonical JSON changes", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = JSON.stringify(value, (_, item) => Number.isInteger(item) ? item % 2 ** 53 || 0 : item);
    assert.equal(firstChanged(text), undefined);
    assert.equal(firstChanged(`{"deep":[${text},{"n":9007199254740993}]}`)?.path, "deep[1].n");
  }));
});

Deno.test("firstChanged() reads long texts and numbers without exhausting the stack", () => {
  const long = JSON.stringify("\n".repeat(1 << 21));
  assert.equal(firstChanged(`{${long}:[${long},123456789012345678901]}`)?.number, "123456789012345678901");
  assert.equal(firstChanged(`[1${"0".repeat(1 << 20)}e-${1 << 20}]`), undefined);
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
