import assert from "node:assert/strict";
import fc from "fast-check";
import { isRounded } from "./exact_numbers.ts";
import { canonicalize, MAX_DEPTH } from "./canonical.ts";
import { isIntegerLiteral, readJson, readJsonObject } from "./read.ts";
import type { JsonValue } from "./value.ts";

const INVALID = { code: "invalid_input" };
const what = "test";
const read = (text: string) => readJson(text, { what });
const readBytes = (...bytes: number[]) => readJson(Uint8Array.from(bytes), { what });
const QUOTE = 0x22;

Deno.test("readJson() reads every kind of value, with white space around it", () => {
  assert.deepEqual(read(' \t\r\n{"a": [1, -2.5e3, "x", true, false, null, {}]} \n'), {
    a: [1, -2500, "x", true, false, null, {}],
  });
});

Deno.test("readJson() refuses what RFC 8259 does not allow", () => {
  const texts = [
    "",
    " ",
    "{",
    "[1,]",
    '{"a":1,}',
    "{a:1}",
    "{'a':1}",
    "[1 2]",
    "// x\n1",
    "/* x */1",
    "1 // x",
    "01",
    "+1",
    "1.",
    ".5",
    "1e",
    "0x10",
    "-",
    "--1",
    "1_000",
    "NaN",
    "Infinity",
    "-Infinity",
    "undefined",
    "True",
    "nul",
    '"\t"',
    '"\n"',
    '"\\x41"',
    '"\\u12g4"',
    '"\\u{41}"',
    '"',
    "\u00a01",
    "\ufeff1",
    "1\u2028",
    '{"a" 1}',
    '{"a":}',
    "[,1]",
    "]",
    "1]",
    "{}{}",
    "1 1",
    "{} null",
    "\0",
    "1\0",
  ];
  for (const text of texts) assert.throws(() => read(text), INVALID, JSON.stringify(text));
});

Deno.test("readJson() refuses a BOM in bytes", () => {
  assert.throws(() => readBytes(0xef, 0xbb, 0xbf, 0x31), INVALID);
  assert.throws(() => readBytes(0xff, 0xfe, 0x31, 0x00), INVALID);
});

Deno.test("readJson() marks each bad UTF-8 byte inside a text with its own U+FFFD", () => {
  const cases: [number[], string][] = [
    [[0xff], "\ufffd"],
    [[0xc0, 0x80], "\ufffd\ufffd"],
    [[0xe2, 0x82], "\ufffd\ufffd"],
    [[0xe2, 0x82, 0x41], "\ufffd\ufffdA"],
    [[0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
    [[0xf4, 0x90, 0x80, 0x80], "\ufffd\ufffd\ufffd\ufffd"],
    [[0xf0, 0x9f, 0x98, 0x80], "\u{1f600}"],
    [[0x80, 0xc3, 0xa9], "\ufffdé"],
  ];
  for (const [bytes, text] of cases) assert.equal(readBytes(QUOTE, ...bytes, QUOTE), text);
});

Deno.test("readJson() refuses bad UTF-8 outside of texts", () => {
  assert.throws(() => readBytes(0x31, 0xff), INVALID);
  assert.throws(() => readBytes(0xc2, 0xa0, 0x31), INVALID);
});

Deno.test("readJson() replaces escapes of lone surrogates, and only those", () => {
  const cases: [string, string][] = [
    [String.raw`"\ud800"`, "\ufffd"],
    [String.raw`"\uDC00\uD800"`, "\ufffd\ufffd"],
    [String.raw`"\ud800\ud83d\ude00"`, "\ufffd\u{1f600}"],
    [String.raw`"\ud83d\ude00"`, "\u{1f600}"],
    [String.raw`"\\ud800"`, "\\ud800"],
    [String.raw`"\\\ud800"`, "\\\ufffd"],
    [String.raw`"\ud83dx\ude00"`, "\ufffdx\ufffd"],
    [String.raw`"\ud83d\n"`, "\ufffd\n"],
  ];
  for (const [text, value] of cases) assert.equal(read(text), value, text);
  assert.deepEqual(read(String.raw`{"\udfff": 1}`), { "\ufffd": 1 });
});

Deno.test("readJson() never gives a lone surrogate, not even from halves of different origin", () => {
  for (const text of ['"\ud800"', '"\\ud83d\ude00"', '"\ud83d\\ude00"']) {
    assert.equal((read(text) as string).isWellFormed(), true);
    canonicalize(read(text));
  }
});

Deno.test("readJson() refuses numbers beyond the range of a double, wherever they stand", () => {
  for (const number of ["1e400", "-1e400", "1E309", "1.8e308", "9".repeat(310), "-" + "9".repeat(400)]) {
    assert.throws(() => read(number), INVALID);
    assert.throws(() => read(`{"a":[{"b":${number}}]}`), INVALID);
  }
  assert.equal(read("1.7976931348623157e308"), Number.MAX_VALUE);
  assert.equal(read("1e-400"), 0);
  assert.equal(read('"1e400"'), "1e400");
});

Deno.test("readJson() lets the last of two equal keys count, unless they are refused", () => {
  assert.deepEqual(read('{"a":1,"b":2,"a":3}'), { a: 3, b: 2 });
  const refuse = (text: string) => readJson(text, { what, duplicates: "refuse" });
  for (
    const text of [
      '{"a":1,"a":1}',
      '[{"x":{"k":1,"j":2,"k":3}}]',
      String.raw`{"a":1,"\u0061":2}`,
      String.raw`{"\ud800":1,"\ud801":2}`,
      '{"__proto__":1,"__proto__":2}',
      '{"":1,"":2}',
    ]
  ) {
    assert.throws(() => refuse(text), { code: "invalid_input", detail: "duplicate_json_key" }, text);
  }
  assert.deepEqual(refuse('{"a":{"a":[{"a":1},{"a":1}]},"A":"a"}'), {
    a: { a: [{ a: 1 }, { a: 1 }] },
    A: "a",
  });
});

Deno.test("readJson() accepts MAX_DEPTH levels and refuses one more, by arrays and by objects", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    for (const core of ["1", "1.0"]) {
      const nest = (depth: number) => open.repeat(depth) + core + close.repeat(depth);
      for (const duplicates of ["last", "refuse"] as const) {
        // Two values side by side have twice as many brackets as levels.
        const pair = (depth: number) => `[${nest(depth - 1)},${nest(depth - 1)}]`;
        for (const text of [nest, pair]) {
          assert.equal(typeof readJson(text(MAX_DEPTH), { what, duplicates }), "object");
          assert.throws(() => readJson(text(MAX_DEPTH + 1), { what, duplicates }), INVALID);
        }
      }
    }
  }
});

Deno.test("readJson() survives 20 000 and 1 000 000 brackets", () => {
  for (const depth of [20_000, 1_000_000]) {
    for (const duplicates of ["last", "refuse"] as const) {
      for (const core of ["", "1.0"]) {
        const text = "[".repeat(depth) + core + "]".repeat(depth);
        assert.throws(() => readJson(text, { what, duplicates }), INVALID);
      }
      assert.throws(() => readJson("[".repeat(depth), { what, duplicates }), INVALID);
    }
  }
  assert.throws(() => read('{"a":'.repeat(100_000) + "1.5" + "}".repeat(100_000)), INVALID);
});

Deno.test("readJson() counts nesting, not brackets", () => {
  const wide = `[${"[],".repeat(5 * MAX_DEPTH)}{}]`;
  assert.equal((read(wide) as unknown[]).length, 5 * MAX_DEPTH + 1);
  const quoted = JSON.stringify("[".repeat(5 * MAX_DEPTH));
  assert.equal(read(quoted), "[".repeat(5 * MAX_DEPTH));
});

Deno.test("readJson() keeps a member named __proto__ as data and changes no prototype", () => {
  const value = readJsonObject('{"__proto__":{"polluted":1.5},"a":1.0}', { what });
  assert.equal(Object.hasOwn(value, "__proto__"), true);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

Deno.test("readJsonObject() refuses everything but an object", () => {
  for (const text of ["null", "[]", "1", '"{}"', "true"]) {
    assert.throws(() => readJsonObject(text, { what }), INVALID);
  }
});

Deno.test("isIntegerLiteral() distinguishes 1 from 1.0 and 1e0", () => {
  const integers = ["1", "0", "-0", "-1", "9007199254740993"];
  const others = ["1.0", "1e0", "1E0", "-0.0", "0e5", "10.00e1", "1e300"];
  for (const literal of [...integers, ...others]) {
    const object = readJsonObject(`{"x":1.5,"n":${literal},"deep":{"n":${literal}}}`, { what });
    assert.equal(isIntegerLiteral(object, "n"), integers.includes(literal), literal);
    assert.equal(isIntegerLiteral(object["deep"] as object, "n"), integers.includes(literal), literal);
  }
});

Deno.test("isIntegerLiteral() goes by the value that counts when a key occurs twice", () => {
  assert.equal(isIntegerLiteral(readJsonObject('{"n":1.0,"n":1}', { what }), "n"), true);
  assert.equal(isIntegerLiteral(readJsonObject('{"n":1,"n":1.0}', { what }), "n"), false);
});

Deno.test("readJson() reads back whatever JSON.stringify writes", () => {
  // Compared with the value itself: JSON.parse is no oracle, see escaped_keys.ts.
  fc.assert(fc.property(fc.jsonValue(), (given) => {
    const value = given as JsonValue;
    const text = JSON.stringify(value);
    assert.equal(canonicalize(readJson(text, { what, duplicates: "refuse" })), canonicalize(value));
    assert.equal(canonicalize(readJson(new TextEncoder().encode(text), { what })), canonicalize(value));
  }));
});

Deno.test("readJson() throws nothing but invalid_input, whatever the bytes", () => {
  const chars = fc.constantFrom(...'{}[]",:\\u0dDeE1.-+ \t\nfalsetrun\0\ufeff');
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.array(chars, { maxLength: 30 }).map((list) => new TextEncoder().encode(list.join(""))),
  );
  fc.assert(
    fc.property(garbage, (bytes) => {
      try {
        readJson(bytes, { what, duplicates: "refuse" });
      } catch (error) {
        assert.equal((error as { code?: string }).code, "invalid_input");
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("what decides reads no text that becomes another one: lone surrogates, bytes that are no UTF-8", () => {
  const notUnicode = { code: "invalid_input", detail: "text_not_unicode" };
  const bytes = Uint8Array.from([QUOTE, 0xff, QUOTE]);
  for (const input of [String.raw`"\ud800"`, '"\ud800"', String.raw`{"\udc00":1}`, bytes]) {
    assert.throws(() => readJson(input, { what, numbers: "unchanged" }), notUnicode);
    let reported = "";
    readJson(input, { what, numbers: (reason) => reported = reason });
    assert.notEqual(reported, "");
  }
  assert.equal(readJson(String.raw`"\ufffd"`, { what, numbers: "unchanged" }), "\ufffd");
});

/** JSON texts with numbers of every form, and texts and names that look like numbers. */
const numeric = fc.letrec<{ value: string }>((tie) => {
  const digits = fc.oneof(
    fc.constantFrom("0", "7", "12", "9".repeat(15), "9".repeat(16), "1" + "0".repeat(22)),
    {
      arbitrary: fc.bigInt({ min: 1n, max: 10n ** 21n }).map(String),
      weight: 2,
    },
  );
  const number = fc.tuple(
    fc.constantFrom("", "-"),
    digits,
    fc.constantFrom("", "", ".0", ".5", ".30000000000000004", `.${"0".repeat(310)}1`),
    fc.constantFrom("", "", "e0", "E5", "e-3", "e+20"),
  ).map((parts) => parts.join(""));
  const name = fc.constantFrom('"a"', '"1e5"', '"__proto__"', '"\\u0061b"', '"1.5"', '"7"');
  const member = fc.tuple(name, tie("value")).map(([key, value]) => `${key}: ${value}`);
  return {
    value: fc.oneof(
      { maxDepth: 4, depthSize: "medium" },
      number,
      fc.constantFrom('"3e5f"', '"12345678901234567890"', "true", "null", '"[1.5"', '"\\"2e3"'),
      fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(" , ")}]`),
      fc.uniqueArray(member, { maxLength: 4, selector: (text) => text.slice(0, text.indexOf(":")) })
        .map((members) => `{${members.join(",")}}`),
    ),
  };
}).value;

/** Every object of a value, in order. */
function objectsIn(value: JsonValue): object[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

Deno.test("readJson() reads numbers in a text without repeated keys as it reads them where keys may repeat", () => {
  fc.assert(
    fc.property(numeric, (text) => {
      for (const numbers of ["text", "double"] as const) {
        const free = readJson(text, { what, numbers });
        const strict = readJson(text, { what, numbers, duplicates: "refuse" });
        assert.deepEqual(strict, free);
        const others = objectsIn(free);
        objectsIn(strict).forEach((object, i) => {
          for (const key of Object.keys(object)) {
            assert.equal(isIntegerLiteral(object, key), isIntegerLiteral(others[i]!, key), key);
          }
        });
      }
    }),
    { numRuns: 1000, seed: 20261129 },
  );
});

Deno.test("readJson() keeps as text exactly the numbers that a double can't represent", () => {
  fc.assert(
    fc.property(numeric, (text) => {
      const keep = (_: string, value: unknown, { source }: { source?: string }) =>
        typeof value === "number" && isRounded(source!) ? source : value;
      // The names of the texts have no escape that JSON.parse might mistake (escaped_keys.ts).
      const expected = JSON.parse(text.replaceAll("\\u0061", "a"), keep as Parameters<typeof JSON.parse>[1]);
      assert.deepEqual(readJson(text, { what, numbers: "text", duplicates: "refuse" }), expected);
    }),
    { numRuns: 1000, seed: 20261130 },
  );
});

Deno.test("readJson() refuses a number beyond the range of a double before repeated keys, wherever it stands", () => {
  for (const numbers of ["text", "double"] as const) {
    const refuse = (text: string) => () => readJson(text, { what, numbers, duplicates: "refuse" });
    for (const number of ["1e400", "-1E309", "9".repeat(310), "-" + "9".repeat(400)]) {
      assert.throws(refuse(number), INVALID);
      assert.throws(refuse(`{"a":1,"a":[{"b":${number}}]}`), { code: "invalid_input", detail: undefined });
    }
    refuse('{"a":"1e400","1e400":1}')();
  }
});

Deno.test("readJson() says of a file that is called YAML that it may be the wrong one", () => {
  const hintOf = (what: string) => {
    try {
      readJson("default_verdict: block\n", { what });
    } catch (error) {
      return (error as { hint?: string }).hint ?? "";
    }
    return assert.fail("it was read");
  };
  for (const what of ['intent "policy.yaml"', "call.YML"]) {
    assert.match(hintOf(what), /check which file is which/);
  }
  assert.match(hintOf('intent "intent.json"'), /^Repair the JSON there/);
});
