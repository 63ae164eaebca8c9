import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { detectFormat } from "./formats/table.ts";
import { readRoots, splitConversations } from "./input.ts";
import type { JsonValue } from "../formats/json/mod.ts";

const roots = (text: string) => readRoots(utf8(text), "input");
const refused = { code: "invalid_input" };

Deno.test("readRoots() takes a list apart, keeps an object, and reads JSONL line by line", () => {
  assert.deepEqual(roots('[{"a":1},2]').values, [{ a: 1 }, 2]);
  assert.deepEqual(roots('{\n"a":\n1}').values, [{ a: 1 }]);
  const lines = roots('{"a":1}\n\n[2]\n');
  assert.deepEqual(lines.values, [{ a: 1 }, [2]]);
  assert.deepEqual([lines.position(0), lines.position(1)], ["line 1", "line 3"]);
});

Deno.test("readRoots() refuses what is neither JSON nor JSONL", () => {
  for (const text of ["", "\n", "7", '"text"', "null", '{"a":1', '{"a":1}\n{"b"', "role: user"]) {
    assert.throws(() => roots(text), refused, JSON.stringify(text));
  }
});

Deno.test("readRoots() refuses a key that occurs twice, in JSON and in a line", () => {
  assert.throws(() => roots('{"a":1,"a":2}'), refused);
  assert.throws(() => roots('{"a":1}\n{"b":1,"b":2}'), refused);
});

const detect = (...values: JsonValue[]) => detectFormat({ values, position: String });
const call = { role: "assistant", tool_calls: [] };
const use = { role: "assistant", content: [{ type: "tool_use" }] };

Deno.test("readRoots() tells the two ids of a search of Codex apart, and takes nothing else for them", () => {
  const begun = '{"type":"thread.started","thread_id":"t"}\n';
  const search = (inside: string) => `{"type":"item.completed","item":{${inside}}}\n`;
  const twice = search('"id":"item_7","type":"web_search","id":"ws_1","query":"x"');
  const { values } = roots(begun + twice + begun);
  assert.deepEqual(values[1], {
    type: "item.completed",
    item: { id: "item_7", type: "web_search", search_id: "ws_1", query: "x" },
  });
  const others = [
    [twice, begun],
    [begun, search('"id":"item_7","type":"mcp_tool_call","id":"b"')],
    [begun, search('"id":"item_7","type":"web_search","query":"x","query":"y"')],
    [begun, search('"id":"item_7","type":"web_search","id":"ws_1","id":"ws_2"')],
  ];
  for (const lines of others) assert.throws(() => roots(lines.join("")), refused);
});

Deno.test("detectFormat() knows each format by what only it has", () => {
  assert.equal(detect({ messages: [call] }), "openai");
  assert.equal(detect([{ role: "tool", content: "" }]), "openai");
  assert.equal(detect({ type: "function_call_output", call_id: "a" }), "openai");
  assert.equal(detect({ messages: [use] }), "anthropic");
  assert.equal(detect({ role: "user", content: [{ type: "tool_result" }] }), "anthropic");
  assert.equal(detect({ resourceSpans: [] }), "otel");
});

Deno.test("detectFormat() takes messages without any call as openai, whatever is not set in them", () => {
  assert.equal(detect({ role: "assistant", content: "hi", tool_calls: null, function_call: null }), "openai");
  assert.equal(detect(7, { messages: "no list" }), "openai");
});

Deno.test("detectFormat() does not choose between marks of two formats", () => {
  assert.throws(() => detect({ messages: [call] }, { messages: [use] }), { code: "invalid_input" });
  assert.throws(() => detect(call, use), { code: "invalid_input" });
});

const split = (...values: JsonValue[]) =>
  splitConversations({ values, position: (i) => `conversation ${i + 1}` });
const message = { role: "user", content: "hello" };

Deno.test("splitConversations() takes messages in a row as one conversation", () => {
  const [only, ...more] = split(message, 7, message);
  assert.equal(more.length, 0);
  assert.deepEqual(only!.messages, [message, 7, message]);
});

Deno.test("splitConversations() takes objects with messages and lists of messages as a conversation each", () => {
  const found = split({ messages: [message], created_at: 1 }, [message, message]);
  assert.deepEqual(found.map(({ messages }) => messages.length), [1, 2]);
  assert.deepEqual(found.map(({ about }) => Object.keys(about)), [["messages", "created_at"], []]);
  assert.deepEqual(found.map(({ position }) => position), ["conversation 1", "conversation 2"]);
});

Deno.test("splitConversations() refuses none, an empty one, a broken one, and a mixture", () => {
  const cases: JsonValue[][] = [
    [],
    [1, 2],
    [{}],
    [[]],
    [{ messages: [] }],
    [{ messages: "hello" }],
    [{ messages: [message] }, 7],
    [{ messages: [message] }, message],
  ];
  for (const values of cases) {
    assert.throws(() => split(...values), { code: "invalid_input" }, JSON.stringify(values));
  }
});
