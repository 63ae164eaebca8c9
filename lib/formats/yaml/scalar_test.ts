import assert from "node:assert/strict";
import fc from "fast-check";
import type { YamlScalar } from "./node.ts";
import { quoteIfNeeded } from "./quote.ts";
import { parseYaml } from "./parse.ts";
import { resolvePlain, scalarBool, scalarInteger, scalarNumber, scalarText } from "./scalar.ts";

const plain = (text: string): YamlScalar => ({ kind: "scalar", text, plain: true, at: 0 });
const quoted = (text: string): YamlScalar => ({ kind: "scalar", text, plain: false, at: 0 });

Deno.test("scalarText() takes numbers in shortest decimal form and keeps what is none (docs/spec/gate.md 1.1)", () => {
  const rows = {
    "123": "123",
    "1.50": "1.5",
    "1.0": "1",
    "5.": "5",
    ".5": "0.5",
    "0x10": "16",
    "0o17": "15",
    "0b101": "5",
    "017": "15",
    "-017": "-15",
    "1_000": "1000",
    "+1": "1",
    "1.5e3": "1500",
    "1.0e-7": "0.0000001",
    "1e3": "1e3",
    "08": "08",
    "2026-01-01": "2026-01-01",
    "True": "true",
    "TRUE": "true",
    "FALSE": "false",
    "yes": "yes",
    ".inf": "+Inf",
    "+.Inf": "+Inf",
    "-.INF": "-Inf",
    ".nan": "NaN",
    "~": "",
    "Null": "",
    "": "",
    "18446744073709551615": "18446744073709551615",
    "0x1FFFFFFFFFFFFFFFF": "0x1FFFFFFFFFFFFFFFF",
    "1e999": "1e999",
    "12:30": "12:30",
    "1.2.3": "1.2.3",
    "nULL": "nULL",
  };
  for (const [text, expected] of Object.entries(rows)) {
    assert.equal(scalarText(plain(text)), expected, text);
    assert.equal(scalarText(quoted(text)), text);
  }
});

Deno.test("scalarInteger() reads integers of 64 bits in all their forms, and nothing else", () => {
  const rows: [YamlScalar, bigint | undefined][] = [
    [plain("0x10"), 16n],
    [plain("0o17"), 15n],
    [plain("-0b11"), -3n],
    [plain("017"), 15n],
    [plain("08"), 8n],
    [plain("1_000"), 1000n],
    [plain("1.5"), 1n],
    [plain("-1.9"), -1n],
    [plain("1e2"), 100n],
    [plain(""), 0n],
    [plain("null"), 0n],
    [plain("9223372036854775807"), 2n ** 63n - 1n],
    [plain("9223372036854775808"), undefined],
    [plain("-9223372036854775808"), -(2n ** 63n)],
    [plain("1e300"), undefined],
    [plain(".inf"), undefined],
    [plain("true"), undefined],
    [plain("five"), undefined],
    [quoted("5"), 5n],
    [quoted("+5"), 5n],
    [quoted("08"), 8n],
    [quoted("1_0"), 10n],
    [quoted("2.9"), 2n],
    [quoted("1e2"), 100n],
    [quoted("-5"), undefined],
    [quoted("0x10"), undefined],
    [quoted(""), undefined],
    [quoted("9".repeat(1_000_000)), undefined],
    [plain("9".repeat(1_000_000)), undefined],
  ];
  for (const [scalar, expected] of rows) {
    assert.equal(scalarInteger(scalar), expected, scalar.text.slice(0, 30));
  }
});

Deno.test("scalarBool() takes six words and null for a boolean, and nothing that only looks like one", () => {
  for (const text of ["true", "True", "TRUE"]) assert.equal(scalarBool(plain(text)), true);
  for (const text of ["false", "False", "FALSE", "", "~", "null"]) {
    assert.equal(scalarBool(plain(text)), false);
  }
  for (const text of ["yes", "no", "on", "off", "y", "n", "1", "0", "tRUE"]) {
    assert.equal(scalarBool(plain(text)), undefined, text);
  }
  assert.equal(scalarBool(quoted("true")), undefined);
});

Deno.test("scalarNumber() is finite or undefined", () => {
  assert.equal(scalarNumber(plain("0.25")), 0.25);
  assert.equal(scalarNumber(plain("1")), 1);
  assert.equal(scalarNumber(quoted("0.5")), 0.5);
  for (const scalar of [plain(".nan"), plain("-.inf"), plain("1e999"), quoted("-1"), plain("x")]) {
    assert.equal(scalarNumber(scalar), undefined, scalar.text);
  }
});

Deno.test("quoteIfNeeded() writes every text so that it reads as the same text", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.string({
      unit: fc.constantFrom(..."-?:#&*!|>'\"%@`,[]{}~=<. \t\r\n0123456789_eExobnNyY\u0085\u2028\ufeff"),
      maxLength: 6,
    }),
    fc.constantFrom("null", "True", "0x1", "1_0", "08", "12:30", "---", "... ", "<<"),
  );
  fc.assert(
    fc.property(text, (text) => {
      const { root } = parseYaml(`k: ${quoteIfNeeded(text)}\n`, "t");
      assert.ok(root?.kind === "mapping");
      const value = root.entries[0]!.value;
      assert.ok(value.kind === "scalar");
      assert.equal(scalarText(value), text);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("resolvePlain() reads a huge text as a text at once", () => {
  for (
    const text of ["1_".repeat(1_000_000), "0x" + "f".repeat(2_000_000), "-" + "0".repeat(2_000_000) + "9"]
  ) {
    assert.equal(resolvePlain(text).kind, "str");
  }
});
