import assert from "node:assert/strict";
import type { JsonValue } from "../../formats/json/mod.ts";
import { readOpenAi } from "./openai.ts";

const read = (...messages: JsonValue[]) =>
  readOpenAi({ position: "conversation 1", value: messages, messages, about: {} });
const call = (id: JsonValue, name: JsonValue = "tool", args: JsonValue = "{}") => ({
  id,
  function: { name, arguments: args },
});
const asks = (...calls: JsonValue[]) => ({ role: "assistant", content: null, tool_calls: calls });
const says = (id: JsonValue, content: JsonValue) => ({ role: "tool", tool_call_id: id, content });
const positions = ({ skipped }: { skipped: readonly { position: string }[] }) =>
  skipped.map(({ position }) => position);

Deno.test("readOpenAi() matches answers to calls by id, in any order", () => {
  const { calls, answers, skipped } = read(asks(call("a"), call("b")), says("b", "of b"), says("a", "of a"));
  assert.deepEqual(calls.map(({ id }) => id), ["a", "b"]);
  assert.deepEqual(answers.map(({ call, result }) => [call, result.text]), [[1, "of b"], [0, "of a"]]);
  assert.deepEqual(skipped, []);
});

Deno.test("readOpenAi() matches answers to repeated ids in order, not to a call of an earlier turn", () => {
  const { answers } = read(asks(call("a")), asks(call("a"), call("a")), says("a", "1"), says("a", "2"));
  assert.deepEqual(answers.map(({ call, result }) => [call, result.text]), [[1, "1"], [2, "2"]]);
});

Deno.test("readOpenAi() leaves a call without an answer without one", () => {
  assert.equal(read(asks(call("a"))).answers.length, 0);
});

Deno.test("readOpenAi() lists doubled, unasked and nameless answers", () => {
  const found = read(
    asks(call("a")),
    says("a", "1"),
    says("a", "2"),
    says("b", "3"),
    says(null, "4"),
    says(7, "5"),
  );
  assert.equal(found.answers.length, 1);
  assert.deepEqual(positions(found), ["message 3", "message 4", "message 5", "message 6"]);
});

Deno.test("readOpenAi() does not give an answer to a call that comes later", () => {
  const found = read(says("a", "early"), asks(call("a")));
  assert.equal(found.answers.length, 0);
  assert.deepEqual(positions(found), ["message 1"]);
});

Deno.test("readOpenAi() lists calls without a tool, unknown calls, roles, blocks and elements", () => {
  const found = read(
    asks(call("a", ""), call("b", 7), { id: "c", type: "other" }, 7),
    { role: "assistant", tool_calls: "none" },
    { role: "assistant", function_call: "none" },
    { role: "model", content: "" },
    { role: "user", content: [{ type: "text" }, { type: "tool_use", id: "d" }, 7] },
    7,
    { type: "computer_call" },
    {},
  );
  assert.equal(found.calls.length, 0);
  assert.deepEqual(positions(found), [
    ...[1, 2, 3, 4].map((n) => `message 1, call ${n}`),
    "message 2",
    "message 3",
    "message 4",
    "message 5, block 2",
    "message 5, block 3",
    "message 6",
    "message 7",
    "message 8",
  ]);
});

Deno.test("readOpenAi() reads the older function_call with its role, and calls without ids by their tool", () => {
  const { calls, answers, skipped } = read(
    { role: "assistant", function_call: { name: "f", arguments: "{}" } },
    { role: "function", name: "f", content: "1" },
    asks({ function: { name: "g", arguments: { a: 1 } } }),
    { role: "tool", tool_name: "g", content: "2" },
  );
  assert.deepEqual(calls.map(({ id, tool, args }) => [id, tool, args]), [["", "f", {}], ["", "g", { a: 1 }]]);
  assert.deepEqual(answers.map(({ call, result }) => [call, result.text]), [[0, "1"], [1, "2"]]);
  assert.deepEqual(skipped, []);
});

Deno.test("readOpenAi() reads items of the Responses API; calls in a row are one turn", () => {
  const item = (call_id: string) => ({ type: "function_call", call_id, name: "f", arguments: "{}" });
  const output = (call_id: string, output: JsonValue) => ({ type: "function_call_output", call_id, output });
  const { calls, answers } = read(
    item("a"),
    output("a", "0"),
    item("a"),
    item("a"),
    output("a", "1"),
    output("a", "2"),
  );
  assert.equal(calls.length, 3);
  assert.deepEqual(answers.map(({ call, result }) => [call, result.text]), [[0, "0"], [1, "1"], [2, "2"]]);
});

Deno.test("readOpenAi() reads calls and answers of custom tools, whose input is a text", () => {
  const { calls, answers } = read(
    asks({ id: "a", type: "custom", custom: { name: "sql", input: "select 1" } }),
    says("a", "1"),
    { type: "custom_tool_call", call_id: "b", name: "sql", input: "select 2" },
    { type: "custom_tool_call_output", call_id: "b", output: "2" },
  );
  assert.deepEqual(calls.map(({ args, rawArguments }) => [args, rawArguments]), [
    [{ raw: "select 1" }, true],
    [{ raw: "select 2" }, true],
  ]);
  assert.equal(answers.length, 2);
});

Deno.test("readOpenAi() joins the texts of an answer and lists its other parts", () => {
  const found = read(asks(call("a")), says("a", [{ type: "text", text: "x" }, { type: "image_url" }, "y"]));
  assert.deepEqual(found.answers[0]!.result, { text: "x\ny" });
  assert.deepEqual(positions(found), ["message 2, block 2"]);
});

Deno.test("readOpenAi() takes times from messages, and start and finish from the first and last", () => {
  const { calls, answers, start, finish } = read(
    { ...asks(call("a")), created_at: "2026-01-01T00:00:00Z" },
    { ...says("a", "1"), created_at: 1_767_225_601 },
    { role: "assistant", content: "done" },
  );
  assert.equal(calls[0]!.time, "2026-01-01T00:00:00Z");
  assert.equal(answers[0]!.time, "2026-01-01T00:00:01Z");
  assert.deepEqual([start, finish], ["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"]);
});

Deno.test("readOpenAi() refuses a conversation in which nothing can be used", () => {
  assert.throws(() => read(1, {}, { role: "?" }), { code: "invalid_input" });
});
