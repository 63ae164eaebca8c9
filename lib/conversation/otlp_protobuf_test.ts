import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import { concat, utf8 } from "../formats/bytes.ts";
import { readOtlpProtobuf } from "./otlp_protobuf.ts";

const varint = (value: bigint): Uint8Array => {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  do {
    bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0));
    left >>= 7n;
  } while (left > 0n);
  return Uint8Array.from(bytes);
};
const key = (number: number, wire: number) => varint(BigInt(number * 8 + wire));
const field = (number: number, ...parts: Uint8Array[]) => {
  const inside = concat(parts);
  return concat([key(number, 2), varint(BigInt(inside.length)), inside]);
};
const text = (number: number, value: string) => field(number, utf8(value));
const fixed64 = (number: number, value: bigint) => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return concat([key(number, 1), bytes]);
};
const exported = (...span: Uint8Array[]) => field(1, field(2, field(2, ...span)));
const attribute = (name: string, ...value: Uint8Array[]) => field(9, text(1, name), field(2, ...value));
const id = field(1, Uint8Array.of(0, 1, 255));

const read = (bytes: Uint8Array) => readOtlpProtobuf(bytes, "x");
const spanOf = (...parts: Uint8Array[]) =>
  // deno-lint-ignore no-explicit-any -- only its members are looked at
  (read(exported(...parts)) as any)[0].resourceSpans[0].scopeSpans[0].spans[0];

Deno.test("readOtlpProtobuf() writes each kind of value as OTLP JSON has it", () => {
  const span = spanOf(
    id,
    text(5, "pay"),
    concat([key(6, 0), varint(3n)]),
    fixed64(7, 1_700_000_000_000_000_001n),
    attribute("text", text(1, "é")),
    attribute("no", concat([key(2, 0), varint(0n)])),
    attribute("int", concat([key(3, 0), varint(-9_007_199_254_740_993n)])),
    attribute("double", fixed64(4, 0x3ff8000000000000n)),
    attribute("list", field(5, field(1, text(1, "a")), field(1, concat([key(3, 0), varint(0n)])))),
    attribute("map", field(6, field(1, text(1, "k"), field(2, text(1, ""))))),
    attribute("bytes", field(7, Uint8Array.of(1, 2))),
    field(15, concat([key(3, 0), varint(2n)]), text(2, "no")),
    text(99, "a field of a later version"),
  );
  const attributes = span.attributes.map(({ key, value }: { key: string; value: unknown }) => [key, value]);
  assert.deepEqual(attributes, [
    ["text", { stringValue: "é" }],
    ["no", { boolValue: false }],
    ["int", { intValue: "-9007199254740993" }],
    ["double", { doubleValue: 1.5 }],
    ["list", { arrayValue: { values: [{ stringValue: "a" }, { intValue: "0" }] } }],
    ["map", { kvlistValue: { values: [{ key: "k", value: { stringValue: "" } }] } }],
    ["bytes", { bytesValue: "AQI=" }],
  ]);
  assert.equal(span.traceId, "0001ff");
  assert.equal(span.kind, 3);
  assert.equal(span.startTimeUnixNano, "1700000000000000001");
  assert.deepEqual(span.status, { code: 2, message: "no" });
});

Deno.test("readOtlpProtobuf() refuses what readers would take differently, or what is broken inside", () => {
  const deep = (levels: number): Uint8Array =>
    levels === 0 ? text(1, "x") : field(5, field(1, deep(levels - 1)));
  const faults = [
    [id, text(5, "pay"), text(5, "ship")],
    [id, field(2, Uint8Array.of(1)), field(2, Uint8Array.of(2))],
    [attribute("two", text(1, "a"), text(1, "b"))],
    [attribute("kinds", text(1, "a"), concat([key(3, 0), varint(1n)]))],
    [attribute("later", text(8, "a"))],
    [field(1, Uint8Array.of(0)), field(5, Uint8Array.of(0xff))],
    [id, concat([key(5, 0), varint(1n)])],
    [id, concat([key(5, 3)])],
    [attribute("deep", deep(200))],
    [Uint8Array.of(0x2a, 0x7f, 0x61)],
  ];
  for (const [i, parts] of faults.entries()) {
    assert.throws(() => read(exported(...parts)), { code: "invalid_input" }, `fault ${i}`);
  }
});

Deno.test("readOtlpProtobuf() reads messages behind their lengths, and passes other files over", () => {
  const one = exported(id);
  const framed = (bytes: Uint8Array) => concat([new Uint8Array([0, 0, 0, bytes.length]), bytes]);
  assert.equal(read(concat([framed(one), framed(one)]))?.length, 2);
  const others = [
    utf8('\n{"resourceSpans":[]}'),
    utf8(""),
    utf8("\n"),
    concat([framed(one), Uint8Array.of(1)]),
    concat([one, Uint8Array.of(0)]),
    concat([text(2, "\u0001")]),
  ];
  for (const bytes of others) assert.equal(read(bytes), undefined);
});

Deno.test("readOtlpProtobuf() throws nothing but a GaitError, whatever bytes are changed or cut off", () => {
  const whole = exported(
    id,
    text(5, "pay"),
    fixed64(7, 1n),
    attribute("a", field(6, field(1, text(1, "k"), field(2, text(1, "v"))))),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
      (all, cut) => {
        const bytes = whole.slice(0, whole.length - cut % 4);
        for (const [at, by] of all) if (at < bytes.length) bytes[at] = by;
        try {
          read(bytes);
        } catch (error) {
          if (!(error instanceof GaitError)) throw error;
          assert.equal(error.code, "invalid_input");
        }
      },
    ),
    { numRuns: 2000 },
  );
});
