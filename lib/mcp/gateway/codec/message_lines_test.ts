import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../../../formats/bytes.ts";
import { type Fault, INVALID_REQUEST } from "./fault.ts";
import { type MessageLine, MessageLines } from "./message_lines.ts";

/** The lines of a text that comes in pieces of a size. */
function split(text: string, maxBytes: number, size: number): MessageLine[] {
  const lines = new MessageLines(maxBytes);
  const bytes = utf8(text);
  const found: MessageLine[] = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...lines.push(bytes.subarray(at, at + size)));
  return found;
}

/** What is read of a line that is too long, whatever its length. */
const tooLong = (text: string, size = 3) => {
  const [line] = split(text + "\n", 1, size);
  assert.ok(line?.kind === "too_long");
  const { refused } = line;
  if (refused.kind === "batch") return refused.members.map(short);
  return short(refused);
};
const short = ({ code, id, isRequest, answerable }: Fault) => {
  assert.equal(code, INVALID_REQUEST);
  return { id, isRequest, answerable };
};

const answer = (id: number | string) => ({ id, isRequest: false, answerable: false });
const request = (id: number | string | null) => ({ id, isRequest: true, answerable: true });
/** Nobody knows what it is, so whoever sent it hears that it was refused. */
const UNKNOWN = { id: null, isRequest: false, answerable: true };

Deno.test("MessageLines names what a line that is too long answers, wherever its id stands", () => {
  const long = JSON.stringify("x".repeat(1_000));
  assert.deepEqual(tooLong(`{"jsonrpc":"2.0","id":7,"result":{"id":1,"t":${long}}}`), answer(7));
  assert.deepEqual(tooLong(`{"result":{"id":1,"t":[${long}]},"jsonrpc":"2.0","id" : "a b" }`), answer("a b"));
  assert.deepEqual(tooLong(`{"result":"\\"id\\":9,{","id":8}`), answer(8));
  assert.deepEqual(tooLong(`{"x":"method","id":8}`), answer(8));
});

Deno.test("MessageLines takes no request for an answer", () => {
  assert.deepEqual(tooLong('{"id":7,"method":"tools/call","params":{"id":1}}'), request(7));
  assert.deepEqual(tooLong('{"params":{"result":1},"method" : "tools/call","id":7}'), request(7));
  assert.deepEqual(tooLong('{"method":"tools/call"}'), request(null));
  for (
    const text of [
      '{"id":7,"id":7}',
      '{"id":1.5}',
      '{"id":[1]}',
      '{"id":{"id":1}}',
      '{"\\u0069d":7}',
      '{"id":"\\u0061"}',
      '{"result":{"id":7}}',
      "[]",
      '["id",7]',
      '[{"method":"x"}]',
      '[],{"id":7}',
      `{"id":"${"a".repeat(2_000)}"}`,
      `{"id":${"1".repeat(2_000)}}`,
      "xx",
      '{"id":7}{"id":8}',
      '[{"id":7}],{"id":8}',
    ]
  ) assert.deepEqual(tooLong(text), UNKNOWN, text.slice(0, 80));
});

Deno.test("MessageLines names every message of a list that is too long", () => {
  assert.deepEqual(tooLong('[{"id":7,"result":{"id":8}}]'), [answer(7)]);
  assert.deepEqual(
    tooLong('[{"id":1,"method":"a"}, {"method":"n"},{"params":[{"id":9}],"id":"b","method":"x"} ,{"id":2}]'),
    [request(1), request("b"), answer(2)],
  );
  assert.deepEqual(tooLong('[{"id":1,"id":2,"method":"a"},{"id":3,"method":"a"}]'), [
    request(null),
    request(3),
  ]);
  const many = (count: number) =>
    JSON.stringify(Array.from({ length: count }, (_, id) => ({ id, method: "a" })));
  assert.deepEqual(tooLong(many(1_024), 4_000), Array.from({ length: 1_024 }, (_, id) => request(id)));
  assert.deepEqual(tooLong(many(1_025), 4_000), UNKNOWN);
});

Deno.test("MessageLines reads the same wherever the bytes are cut, and goes on behind a line that is too long", () => {
  const id = fc.oneof(
    fc.maxSafeInteger(),
    fc.string({ maxLength: 20 }).filter((text) => !/["\\\p{C}]/u.test(text)),
  );
  const members = fc.dictionary(fc.string().filter((key) => !["id", "method"].includes(key)), fc.jsonValue());
  fc.assert(
    fc.property(id, members, members, fc.integer({ min: 1, max: 40 }), (id, before, behind, size) => {
      const text = JSON.stringify({ ...before, id, ...behind });
      assert.deepEqual(tooLong(text, size), answer(id), text);
      assert.deepEqual(tooLong(`[${text},${text}]`, size), [answer(id), answer(id)], text);
      const [first, second] = split(`${text}\n{}\n`, 2, size);
      assert.deepEqual([first!.kind, second], ["too_long", { kind: "message", bytes: utf8("{}") }]);
    }),
  );
});

Deno.test("MessageLines takes a line of exactly the limit, and leaves empty lines out", () => {
  assert.deepEqual(split(" \n\n{}\r\n{} \n", 3, 100).map(({ kind }) => kind), ["message", "message"]);
});
