import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../../../formats/bytes.ts";
import { INVALID_REQUEST, type Message, PARSE_ERROR, readMessage } from "./message.ts";
import { ID, MAX_MESSAGE_DEPTH, OWN_PROGRESS_TOKEN } from "./scan.ts";
import { spliced } from "./splice.ts";

const read = (text: string) => readMessage(utf8(text));
const request = (more: string, id = "1") => `{"jsonrpc":"2.0","id":${id},"method":"tools/call",${more}}`;

/** The refusal of a text. */
function refusal(text: string | Uint8Array) {
  const found = typeof text === "string" ? read(text) : readMessage(text);
  assert.equal(found.kind, "fault", JSON.stringify(found));
  return found.kind === "fault" ? found : undefined;
}

Deno.test("readMessage() tells requests, notifications, responses and errors without an id apart", () => {
  const kinds = [
    '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","method":"notifications/initialized","params":{}}',
    '{"jsonrpc":"2.0","id":"a","result":{}}',
    '{"jsonrpc":"2.0","id":0,"error":{"code":1,"message":"m"}}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}',
  ].map((text) => read(text).kind);
  assert.deepEqual(kinds, ["request", "notification", "response", "response", "orphan"]);
});

Deno.test("readMessage() keeps bytes, and a number that a double can't represent as its text", () => {
  const text = request('"params":{"arguments":{"n":9007199254740993,"m":1.50}}');
  const message = read(text) as Extract<Message, { kind: "request" }>;
  assert.equal(new TextDecoder().decode(message.bytes), text);
  assert.deepEqual(message.params["arguments"], { n: "9007199254740993", m: 1.5 });
  assert.equal(message.scan.inexactArguments, true);
  const exact = read(request('"params":{"arguments":{"n":9007199254740991},"x":9007199254740993}'));
  assert.equal(exact.kind === "request" && exact.scan.inexactArguments, false);
});

Deno.test("readMessage() refuses what two readers could understand differently", () => {
  const deep = (depth: number) => request(`"params":{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`);
  const texts = [
    request('"params":{"arguments":{"a":{"k":1,"k":2}}}'),
    request('"params":{"arguments":{"k":1,"\\u006b":2}}'),
    request('"params":{},"params":{}'),
    request('"Params":{}'),
    request('"params":{"Name":"x"}'),
    request('"params":{"ARGUMENTS":{}}'),
    request('"params":{"_Meta":{}}'),
    request('"params":{"_meta":{"ProgressToken":1}}'),
    request('"params":{"\\u017fomething":1,"ta\\u017fk":{}}'),
    request('"params":[]'),
    request('"params":null'),
    request('"params":"x"'),
    request('"params":{"a":"\\ud800"}'),
    request('"params":{"\\udc00":1}'),
    request('"params":{}', "1.0"),
    request('"params":{}', "1e0"),
    request('"params":{}', "-0"),
    request('"params":{}', "9007199254740993"),
    request('"params":{}', "true"),
    request('"params":{}', "null"),
    request('"params":{}', "{}"),
    request('"params":{},"result":{}'),
    '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    '{"id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}',
    '{"jsonrpc":"2.0","id":1,"result":[]}',
    '{"jsonrpc":"2.0","id":1,"method":""}',
    '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
    '{"jsonrpc":"2.0","id":1,"result":{"IsError":true}}',
    '{"jsonrpc":"2.0","id":1,"result":{"In\u017ftructions":"x"}}',
    '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"Name":"x"}]}}',
    '{"jsonrpc":"2.0","id":1,"result":{"prompts":[{"name":"x","Description":"y"}]}}',
    '{"jsonrpc":"2.0","id":1,"result":{"inputRequests":{"a":{"Method":"x"}}}}',
    "[]",
    "1",
    "null",
    deep(MAX_MESSAGE_DEPTH - 1),
    "[".repeat(5_000_000),
  ];
  for (const text of texts) assert.equal(refusal(text)?.code, INVALID_REQUEST, text.slice(0, 100));
  assert.equal(read(deep(MAX_MESSAGE_DEPTH - 2)).kind, "request");
  assert.equal(refusal(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))?.code, INVALID_REQUEST);
  for (const text of ["", "{", "x", "{}{}", "\ufeff{}", '{"a":1,}', "[1,]"]) {
    assert.equal(refusal(text)?.code, PARSE_ERROR, text);
  }
});

Deno.test("readMessage() names the id of what it refuses only where it stands once", () => {
  assert.equal(refusal(request('"params":[]', '"a"'))?.id, "a");
  assert.equal(refusal(request('"params":{"a":1,"a":2}', "7"))?.id, 7);
  assert.equal(refusal('{"jsonrpc":"2.0","id":1,"id":1,"method":"ping"}')?.id, null);
  assert.equal(refusal(request('"params":{}', "1.5"))?.id, null);
  assert.equal(refusal('{"jsonrpc":"2.0","method":"ping","params":[]}')?.answerable, false);
});

Deno.test("readMessage() reads the members of a batch one by one", () => {
  const batch = read(`[${request('"params":{}')}, 1, [], ${request('"params":[]', "2")}]`);
  assert.ok(batch.kind === "batch");
  assert.deepEqual(batch.members.map(({ kind }) => kind), ["request", "fault", "fault", "fault"]);
  const [first] = batch.members;
  assert.equal(first?.kind === "request" && first.text, request('"params":{}'));
});

/** Members that no rule of the protocol speaks about. */
const free = fc.dictionary(
  fc.string({ unit: "grapheme", minLength: 1 }).map((key) => `x${key}`),
  fc.jsonValue({ maxDepth: 4, noUnicodeString: false }),
);

Deno.test("readMessage() takes whatever JSON.stringify writes, and locates what it replaces", () => {
  const id = fc.oneof(fc.string({ unit: "grapheme" }), fc.maxSafeInteger().map((n) => n === 0 ? 0 : n));
  fc.assert(fc.property(id, free, fc.boolean(), (id, args, pretty) => {
    const sent = {
      jsonrpc: "2.0",
      method: "tools/call",
      params: { _meta: { progressToken: "t" }, name: "n", arguments: args },
      id,
    };
    const text = JSON.stringify(sent, undefined, pretty ? 2 : undefined);
    const message = read(text);
    assert.ok(message.kind === "request", text);
    assert.equal(message.id, id);
    const changed = spliced(message.text, [
      { range: message.scan.ranges.get(ID)!, value: 5 },
      { range: message.scan.ranges.get(OWN_PROGRESS_TOKEN)!, value: 6 },
    ]);
    const expected = { ...sent, id: 5, params: { ...sent.params, _meta: { progressToken: 6 } } };
    assert.deepEqual(JSON.parse(new TextDecoder().decode(changed)), JSON.parse(JSON.stringify(expected)));
  }));
});

Deno.test("readMessage() throws nothing, whatever the bytes", () => {
  const chars = fc.constantFrom(
    ...'{}[]",:\\u0dDeE1.-+ \t\nfalsetrun\0\ufeff',
    '"id"',
    '"method"',
    '"jsonrpc":"2.0"',
  );
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.array(chars, { maxLength: 40 }).map((list) => utf8(list.join(""))),
  );
  fc.assert(
    fc.property(garbage, (bytes) => {
      readMessage(bytes);
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("readMessage() refuses more values than it would keep, and batches of more members than may wait", () => {
  const message = (list: string) =>
    readMessage(utf8(`{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"list":[${list}]}}}`));
  assert.equal(message(`${"[],".repeat(400_000)}1`).kind, "response");
  assert.equal(message(`${"[],".repeat(600_000)}1`).kind, "fault");
  // Commas within a text separate nothing.
  assert.equal(message(JSON.stringify(",[{".repeat(1_000_000))).kind, "response");
  const batch = (length: number) =>
    readMessage(utf8(`[${Array(length).fill('{"jsonrpc":"2.0","method":"ping"}').join()}]`));
  assert.deepEqual([batch(1_024).kind, batch(1_025).kind], ["batch", "fault"]);
});

Deno.test("readMessage() names the id of a message that is too much, where that stands at its top once", () => {
  const deep = "[".repeat(200) + "]".repeat(200);
  const idOf = (members: string) => refusal(`{${members},"x":${deep}}`)?.id;
  assert.equal(idOf('"jsonrpc":"2.0", "id" : 7 '), 7);
  assert.equal(idOf('"id":"a b"'), "a b");
  assert.equal(refusal(`{"x":${deep},"result":{"id":1},"id":2}`)?.id, 2);
  for (
    const members of [
      '"id":1,"id":1',
      '"id":1.5',
      '"id":null',
      '"id":[1]',
      '"result":{"id":1}',
      '"text":"id"',
      '"\\u0069d":1',
      '"id":"\\u0061"',
      `"id":"${"a".repeat(2_000)}"`,
    ]
  ) assert.equal(idOf(members), null, members.slice(0, 80));
  const batch = read(`[{"id":1,"x":${deep}},{"id":"b","method":"ping"},{"method":"ping"}]`);
  assert.ok(batch.kind === "batch");
  assert.deepEqual(batch.members.map((member) => member.kind === "fault" && [member.id, member.answerable]), [
    [1, false],
    ["b", true],
  ]);
  assert.equal(refusal(`[[{"id":1,"x":${deep}}]]`)?.id, null);
});
