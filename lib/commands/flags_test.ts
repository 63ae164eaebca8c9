import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import { choice, integer, list, names, text, type ValueFlag } from "./flags.ts";
import { duration } from "./duration_flag.ts";

function read<T>(flag: ValueFlag<T>, ...given: string[]): T {
  return given.reduce((before, value) => flag.read(value, "--flag", before), flag.absent);
}

function refuses<T>(flag: ValueFlag<T>, ...given: string[]): void {
  assert.throws(() => read(flag, ...given), (error) => {
    assert(error instanceof GaitError);
    assert.equal(error.code, "invalid_input");
    assert.match(error.message, /--flag/);
    return true;
  });
}

Deno.test("text() is undefined when it is absent or blank, and keeps everything else as it is", () => {
  const flag = text("file", "");
  assert.equal(flag.absent, undefined);
  for (const blank of ["", " ", "\t"]) assert.equal(read(flag, blank), undefined);
  assert.equal(read(flag, " a b "), " a b ");
  assert.equal(read(flag, "a", "b"), "b");
  assert.equal(read(flag, "a", ""), undefined);
});

Deno.test("text() with a default refuses a blank value, which would not mean the default", () => {
  const flag = text("folder", "", { default: "./out" });
  assert.deepEqual([flag.absent, flag.default, read(flag, "x")], ["./out", "./out", "x"]);
  for (const blank of ["", "  "]) refuses(flag, blank);
});

Deno.test("integer() accepts exact whole numbers, and none below the least", () => {
  const flag = integer("n", "", { default: 3, least: 0 });
  assert.deepEqual([flag.absent, flag.default], [3, "3"]);
  // A limit that a script leaves blank by mistake must not be dropped.
  refuses(flag, "");
  assert.deepEqual([read(flag, "0"), read(flag, "+7"), read(flag, "007")], [0, 7, 7]);
  for (const bad of ["-1", "1.0", "1e3", "0x10", " 1", "1 ", "9007199254740992", "Infinity", "ten", "１"]) {
    refuses(flag, bad);
  }
  assert.equal(integer("n", "").absent, undefined);
  assert.equal(read(integer("n", ""), "-5"), -5);
});

Deno.test("integer() reads every safe integer as itself", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (number) => {
    assert.equal(read(integer("n", ""), String(number)), number === 0 ? 0 : number);
  }));
});

Deno.test("integer() gives a safe integer or refuses, whatever it is given", () => {
  fc.assert(fc.property(fc.string(), (given) => {
    try {
      const number = read(integer("n", ""), given);
      assert(number === undefined || Number.isSafeInteger(number));
    } catch (error) {
      assert(error instanceof GaitError);
    }
  }));
});

Deno.test("duration() gives nanoseconds, and refuses durations that are not positive", () => {
  const flag = duration("");
  assert.equal(flag.absent, undefined);
  assert.equal(read(flag, "1h30m"), 5_400_000_000_000n);
  assert.equal(read(flag, ""), undefined);
  const brief = duration("", { default: "2m" });
  assert.deepEqual([brief.absent, brief.default, read(brief, "1s")], [
    120_000_000_000n,
    "2m",
    1_000_000_000n,
  ]);
  refuses(brief, "");
  for (const bad of ["0", "0s", "-1m", "5", "1d", "1h 30m", "soon"]) refuses(flag, bad);
});

Deno.test("choice() accepts its words in any case, with surrounding blanks, and no others", () => {
  const flag = choice("mode", "", ["dev", "prod"], { default: "dev" });
  assert.deepEqual([flag.absent, flag.default, flag.choices], ["dev", "dev", ["dev", "prod"]]);
  assert.deepEqual([read(flag, "PROD"), read(flag, " prod ")], ["prod", "prod"]);
  refuses(flag, "");
  const lenient = choice("mode", "", ["dev", "prod"], { default: "dev", blank: "prod" });
  assert.deepEqual([lenient.absent, read(lenient, " "), read(lenient, "dev")], ["dev", "prod", "dev"]);
  for (const bad of ["production", "pro", "dev,prod", "constructor"]) refuses(flag, bad);
  assert.equal(choice("mode", "", ["dev"]).absent, undefined);
});

Deno.test("list() splits at commas and drops what is empty; the last occurrence counts", () => {
  const flag = list("list", "");
  assert.deepEqual(flag.absent, []);
  assert.deepEqual(read(flag, " a, b,,c "), ["a", "b", "c"]);
  assert.deepEqual(read(flag, "a", "b"), ["b"]);
  assert.deepEqual(read(flag, "a", ""), []);
});

Deno.test("names() adds up over its occurrences, and refuses an empty name", () => {
  const flag = names("tool", "");
  assert.deepEqual(read(flag, "a,b", "c"), ["a", "b", "c"]);
  for (const bad of ["", ",", "a,", "a,,b"]) refuses(flag, bad);
});

Deno.test("list() and names() agree wherever no name is empty", () => {
  const name = fc.string({ minLength: 1 }).filter((item) => !item.includes(",") && item.trim() !== "");
  fc.assert(fc.property(fc.array(name, { minLength: 1 }), (items) => {
    const given = items.join(",");
    const listed = read(list("list", ""), given);
    if (listed.length === items.length) assert.deepEqual(read(names("tool", ""), given), listed);
  }));
});

Deno.test("choice() with exact accepts only the exact spelling", () => {
  const loose = choice("mode", "", ["raw", "full"]);
  const exact = choice("mode", "", ["raw", "full"], { exact: true });
  assert.equal(loose.read(" RAW ", "--mode", undefined), "raw");
  assert.equal(exact.read("raw", "--mode", undefined), "raw");
  for (const given of ["RAW", " raw", "other"]) {
    assert.throws(() => exact.read(given, "--mode", undefined), { code: "invalid_input" });
  }
});
