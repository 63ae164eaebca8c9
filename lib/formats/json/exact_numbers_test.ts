import assert from "node:assert/strict";
import fc from "fast-check";
import { firstChanged, firstRounded } from "./exact_numbers.ts";
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
