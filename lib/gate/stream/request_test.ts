import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import { concat, decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { type Line, LineSplitter, readRequest } from "./request.ts";

const read = (value: unknown) => {
  let id: unknown;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return { call: readRequest(utf8(text), (given) => id = given), id: () => id };
};

Deno.test("readRequest() takes a bare intent, which has no id of its own", () => {
  const { call, id } = read({ tool_name: "t", id: "not an id" });
  assert.deepEqual(call, { intent: { tool_name: "t", id: "not an id" } });
  assert.equal(id(), undefined);
});

Deno.test("readRequest() takes an intent with what belongs to it", async () => {
  const { call, id } = read({
    id: "a",
    intent: { tool_name: "t" },
    context_envelope: { records: [] },
    approval_tokens: [{ token_id: "1" }],
    delegation_tokens: null,
  });
  assert.equal(id(), "a");
  const { approvals, delegations, ...others } = call;
  assert.deepEqual(others, { intent: { tool_name: "t" }, contextEnvelope: { records: [] } });
  assert.deepEqual(await Promise.all((approvals ?? []).map(({ read }) => read())), [{ token_id: "1" }]);
  assert.deepEqual(delegations, []);
});

for (
  const [what, line] of Object.entries({
    "text that is not JSON": "{",
    "a list": "[]",
    "a key that occurs twice": '{"intent":{},"intent":{}}',
    "an intent beside its members": { intent: {}, tool_name: "t" },
    "a mistyped member": { intent: {}, aproval_tokens: [] },
    "an intent that is not an object": { intent: "x" },
    "an id that is not a name": { id: 1.5, intent: {} },
    "an id that can't be told from its neighbour": '{"id":9007199254740993,"intent":{}}',
    "tokens that are no list": { intent: {}, approval_tokens: {} },
    "a token that is not an object": { intent: {}, delegation_tokens: ["x"] },
    "an envelope that is not an object": { intent: {}, context_envelope: [] },
  })
) {
  Deno.test(`readRequest() refuses ${what}`, () => {
    assert.throws(() => read(line), (error) => error instanceof GaitError && error.code === "invalid_input");
  });
}

function linesOf(pieces: readonly Uint8Array[], limit: number): string[] {
  const splitter = new LineSplitter(limit);
  const found: Line[] = pieces.flatMap((piece) => [...splitter.push(piece)]);
  const last = splitter.end();
  if (last) found.push(last);
  return found.map((line) =>
    line.kind === "line" ? `${line.number}:${decodeUtf8(line.bytes)}` : `${line.number}!`
  );
}

Deno.test("LineSplitter finds the same lines however the bytes are cut", () => {
  fc.assert(fc.property(
    fc.array(fc.stringMatching(/^[a-z]{0,12}$/)),
    fc.array(fc.nat(40), { maxLength: 20 }),
    (texts, cuts) => {
      const whole = utf8(texts.map((text) => text + "\n").join(""));
      const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
      const pieces = places.slice(1).map((end, i) => whole.slice(places[i]!, end));
      assert.deepEqual(concat(pieces), whole);
      const expected = texts.map((text, i) => text.length > 8 ? `${i + 1}!` : `${i + 1}:${text}`);
      assert.deepEqual(linesOf(pieces, 8), expected);
    },
  ));
});

Deno.test("LineSplitter takes a line of exactly the limit and refuses one byte more", () => {
  assert.deepEqual(linesOf([utf8("12345678\n123456789\nx\n")], 8), ["1:12345678", "2!", "3:x"]);
});

Deno.test("LineSplitter takes a last line without newline", () => {
  assert.deepEqual(linesOf([utf8("a\nb")], 8), ["1:a", "2:b"]);
  assert.deepEqual(linesOf([utf8("a\n123456789")], 8), ["1:a", "2!"]);
  assert.deepEqual(linesOf([utf8("a\n")], 8), ["1:a"]);
});
