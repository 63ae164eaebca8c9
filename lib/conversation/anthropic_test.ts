import assert from "node:assert/strict";
import type { JsonValue } from "../formats/json/mod.ts";
import { readAnthropic } from "./anthropic.ts";

const read = (...messages: JsonValue[]) =>
  readAnthropic({ position: "conversation 1", value: messages, messages, about: {} });
const asks = (...ids: string[]) => ({
  role: "assistant",
  content: ids.map((id) => ({ type: "tool_use", id, name: "tool", input: { id } })),
});
const says = (...blocks: JsonValue[]) => ({ role: "user", content: blocks });
const result = (tool_use_id: JsonValue, content: JsonValue, more = {}) => ({
  type: "tool_result",
  tool_use_id,
  content,
  ...more,
});
const positions = ({ skipped }: { skipped: readonly { position: string }[] }) =>
  skipped.map(({ position }) => position);

Deno.test("readAnthropic() matches results to uses by id", () => {
  const { calls, answers, skipped } = read(
    asks("a", "b"),
    says(result("b", '{"n": 1}'), result("a", "text")),
  );
  assert.deepEqual(calls.map(({ id, args }) => [id, args]), [["a", { id: "a" }], ["b", { id: "b" }]]);
  assert.deepEqual(answers.map(({ call, result }) => [call, result]), [[1, { n: 1 }], [0, { text: "text" }]]);
  assert.deepEqual(skipped, []);
});

Deno.test("readAnthropic() takes is_error as an error, also one that is not a boolean", () => {
  const { answers } = read(
    asks("a", "b", "c", "d"),
    says(
      result("a", "x", { is_error: true }),
      result("b", "x", { is_error: false }),
      result("c", "x", { is_error: null }),
      result("d", "x", { is_error: "yes" }),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status), ["error", "ok", "ok", "error"]);
});

Deno.test("readAnthropic() joins text blocks, takes missing content as an empty text, and lists other blocks", () => {
  const found = read(
    asks("a", "b"),
    says(
      result("a", [{ type: "text", text: "x" }, { type: "image" }, { type: "text", text: "y" }]),
      { type: "tool_result", tool_use_id: "b" },
    ),
  );
  assert.deepEqual(found.answers.map(({ result }) => result.text), ["x\ny", ""]);
  assert.deepEqual(positions(found), ["message 2, block 1, block 2"]);
});

Deno.test("readAnthropic() keeps an input that is not an object as text", () => {
  const { calls } = read({
    role: "assistant",
    content: [{ type: "tool_use", id: "a", name: "t", input: [1] }],
  });
  assert.deepEqual(calls.map(({ args, rawArguments }) => [args, rawArguments]), [[{ raw: "[1]" }, true]]);
});

Deno.test("readAnthropic() lists what it can't use", () => {
  const found = read(
    {
      role: "assistant",
      content: [{ type: "reasoning" }, { type: "server_note" }, 7, { type: "thinking" }],
    },
    says(result("b", "unasked"), { type: "text", text: "hello" }),
    { role: "user" },
    { role: "tool", content: "" },
    { content: "" },
    7,
  );
  assert.equal(found.calls.length + found.answers.length, 0);
  assert.deepEqual(positions(found), [
    ...[1, 2, 3].map((n) => `message 1, block ${n}`),
    "message 2, block 1",
    "message 3",
    "message 4",
    "message 5",
    "message 6",
  ]);
});

Deno.test("readAnthropic() refuses calls in a form of another format", () => {
  const foreign: JsonValue[] = [
    { role: "assistant", content: "", tool_calls: [{ id: "b", function: { name: "t" } }] },
    { role: "assistant", content: [{ toolUse: { name: "t" } }] },
    { role: "assistant", content: [{ type: "tool_use", id: "b" }] },
    { role: "assistant", content: { type: "tool_use", id: "b", name: "t", input: {} } },
    { role: "assistant", content: [[{ type: "tool_use", id: "b", name: "t", input: {} }]] },
    { role: "assistant", content: [{ type: "text", text: "", content: [{ type: "tool_use", id: "b" }] }] },
    { role: "model", content: [{ type: "tool_use", id: "b", name: "t", input: {} }] },
    { content: [{ type: "tool_use", id: "b", name: "t", input: {} }] },
    [{ role: "assistant", content: [{ type: "tool_use", id: "b", name: "t", input: {} }] }],
    { role: "assistant", content: [{ type: "other_tool_call", tool_calls: [{ id: "b", name: "t" }] }] },
    { role: "assistant", content: [{ type: "server_tool_use", id: "b" }] },
  ];
  for (const message of foreign) {
    assert.throws(() => read(asks("a"), message), { code: "invalid_input" }, JSON.stringify(message));
  }
  assert.equal(read(asks("a"), { role: "assistant", content: "", tool_calls: [] }).calls.length, 1);
});

Deno.test("readAnthropic() never guesses an error from prose", () => {
  const { answers } = read(
    asks("a", "b"),
    says(result("a", "Error: x"), result("b", '{"error": "x"}', { is_error: false })),
  );
  assert.deepEqual(answers.map(({ status }) => status), ["ok", "ok"]);
});

Deno.test("readAnthropic() refuses a conversation in which nothing can be used", () => {
  assert.throws(() => read({ role: "user" }, 7), { code: "invalid_input" });
});

Deno.test("readAnthropic() reads what the provider ran itself, with its results", () => {
  const search = { type: "server_tool_use", id: "s", name: "web_search", input: { query: "x" } };
  const mcp = {
    type: "mcp_tool_use",
    id: "m",
    name: "delete_repo",
    server_name: "forge",
    input: { repo: "old" },
  };
  const found = read({
    role: "assistant",
    content: [
      search,
      {
        type: "web_search_tool_result",
        tool_use_id: "s",
        content: { type: "x", error_code: "max_uses_exceeded" },
      },
      mcp,
      {
        type: "mcp_tool_result",
        tool_use_id: "m",
        is_error: false,
        content: [{ type: "text", text: "deleted" }],
      },
    ],
  });
  assert.deepEqual(found.calls.map(({ id, tool }) => [id, tool]), [["s", "web_search"], [
    "m",
    "delete_repo",
  ]]);
  assert.deepEqual(found.answers.map(({ status }) => status), ["error", "ok"]);
  assert.deepEqual(found.answers[1]!.result, { text: "deleted" });
});
