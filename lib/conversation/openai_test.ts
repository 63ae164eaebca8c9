import assert from "node:assert/strict";
import type { JsonValue } from "../formats/json/mod.ts";
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

Deno.test("readOpenAi() lists unknown roles, blocks and elements without calls", () => {
  const found = read(
    { role: "model", content: "" },
    { role: "user", content: [{ type: "text" }, { type: "server_tool_use", id: "d" }, 7] },
    7,
    { type: "note" },
    {},
  );
  assert.equal(found.calls.length, 0);
  assert.deepEqual(positions(found), [
    "message 1",
    "message 2, block 2",
    "message 2, block 3",
    "message 3",
    "message 4",
    "message 5",
  ]);
});

Deno.test("readOpenAi() refuses calls in a form of another format, also beside calls that it reads", () => {
  const foreign: JsonValue[] = [
    asks({ id: "c", type: "function", function: "pay", arguments: {} }),
    asks({ id: "c", type: "tool_call", name: "pay", args: {} }),
    asks(7),
    asks(call("c", "")),
    asks(call("c", 7)),
    [asks(call("c"))],
    { role: "assistant", content: { type: "tool_use", id: "d", name: "pay", input: {} } },
    { role: "assistant", content: [[{ type: "tool_use", id: "d", name: "pay", input: {} }]] },
    { role: "assistant", content: [{ type: "text", text: "", tool_calls: [call("c")] }] },
    { role: "assistant", tool_calls: "pay" },
    { role: "assistant", tool_calls: { name: "pay" } },
    { role: "assistant", function_call: "pay" },
    { role: "assistant", content: [{ type: "tool_use", id: "d" }] },
    { role: "assistant", content: [{ toolUse: { toolUseId: "a", name: "pay", input: {} } }] },
    { role: "assistant", content: [{ type: "tool-call", toolCallId: "a", toolName: "pay", input: {} }] },
    { role: "assistant", parts: [{ type: "tool-pay", state: "output-available", output: 1 }] },
    { role: "assistant", content: "", toolInvocations: [{ toolName: "pay", args: {} }] },
    { role: "model", parts: [{ functionCall: { name: "pay", args: {} } }] },
    { type: "ai", data: { content: "", tool_calls: [{ name: "pay", args: {}, id: "a" }] } },
    { lc: 1, type: "constructor", kwargs: { tool_calls: [{ name: "pay", args: {}, id: "a" }] } },
    { type: "teleport_call", action: { to: "mars" } },
  ];
  for (const message of foreign) {
    const what = JSON.stringify(message);
    assert.throws(() => read(message, { role: "user", content: "" }), { code: "invalid_input" }, what);
    assert.throws(() => read(asks(call("x")), says("x", "1"), message), { code: "invalid_input" }, what);
  }
});

Deno.test("readOpenAi() does not take what repeats or defines tools for calls", () => {
  const { calls, skipped } = read(
    { role: "system", content: "", tools: [{ type: "function", function: { name: "pay" } }] },
    { role: "assistant", content: "", tool_calls: [], function_call: null, toolInvocations: [] },
    { ...asks(call("a")), additional_kwargs: { tool_calls: [{ id: "a" }] } },
    says("a", "1"),
  );
  assert.equal(calls.length, 1);
  assert.deepEqual(skipped, []);
});

Deno.test("readOpenAi() takes an error from marks beside an answer, and from the opening words that stand in for one", () => {
  const answer = (content: JsonValue, more: Record<string, JsonValue> = {}) =>
    read(asks(call("a")), { ...says("a", content), ...more }).answers[0]!.status;
  assert.equal(answer("Error: no such order"), "error");
  assert.equal(answer("", { error: { type: "timeout" } }), "error");
  assert.equal(answer("", { status: "error" }), "error");
  assert.equal(answer("", { is_error: true }), "error");
  assert.equal(answer("no money", { tool_call_error: true }), "error");
  assert.equal(answer("Error: 0 of 7 failed", { tool_call_error: false }), "ok");
  assert.equal(answer({ isError: true, content: [] }), "error");
  assert.equal(answer("Error: 0 of 7 failed", { is_error: false }), "ok");
  for (
    const content of ["Errors: 0, warnings: 0", "Error budget: 99.9 %", "error: lower case", " Error: x"]
  ) {
    assert.equal(answer(content), "ok", content);
    assert.equal(answer(content, { error: "" }), "ok", content);
  }
});

Deno.test("readOpenAi() reads the older function_call with its role, and calls without ids by their tool", () => {
  const { calls, answers, skipped } = read(
    { role: "assistant", function_call: { name: "f", arguments: "{}" } },
    { role: "function", name: "f", content: "1" },
    asks({ function: { name: "g", arguments: { a: 1 } } }),
    { role: "tool", tool_name: "g", content: "2" },
  );
  assert.deepEqual(calls.map(({ id, tool, args }) => [id, tool, args]), [[undefined, "f", {}], [
    undefined,
    "g",
    { a: 1 },
  ]]);
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

Deno.test("readOpenAi() reads hosted and built-in tools of the Responses API", () => {
  const found = read(
    {
      type: "mcp_call",
      id: "m",
      server_label: "forge",
      name: "delete_repo",
      arguments: '{"repo":"old"}',
      error: "gone",
    },
    {
      type: "local_shell_call",
      id: "l",
      call_id: "c1",
      action: { type: "exec", command: ["rm"] },
      status: "completed",
    },
    { type: "local_shell_call_output", id: "c1", output: '{"exit_code":0}' },
    { type: "shell_call", call_id: "c2", action: { commands: ["false"] }, status: "completed" },
    {
      type: "shell_call_output",
      call_id: "c2",
      output: [{ stdout: "", outcome: { type: "exit", exit_code: 1 } }],
    },
    {
      type: "apply_patch_call",
      call_id: "c3",
      operation: { type: "delete_file", path: "a" },
      status: "completed",
    },
    { type: "apply_patch_call_output", call_id: "c3", status: "failed", output: "no such file" },
    { type: "computer_call", call_id: "c4", action: { type: "click", x: 1, y: 2 }, status: "completed" },
    { type: "web_search_call", id: "w", status: "completed", action: { type: "search", query: "x" } },
    { type: "file_search_call", id: "f", status: "completed", queries: ["x"], results: [{ file_id: "1" }] },
    {
      type: "code_interpreter_call",
      id: "i",
      status: "failed",
      code: "1/0",
      container_id: "k",
      outputs: null,
    },
    { type: "function_call", call_id: "z", name: "pay", arguments: '{"ce', status: "incomplete" },
  );
  assert.deepEqual(found.calls.map(({ tool, args }) => [tool, Object.keys(args)]), [
    ["delete_repo", ["repo"]],
    ["local_shell", ["type", "command"]],
    ["shell", ["commands"]],
    ["apply_patch", ["type", "path"]],
    ["computer", ["type", "x", "y"]],
    ["web_search", ["type", "query"]],
    ["file_search", ["queries"]],
    ["code_interpreter", ["code", "container_id"]],
  ]);
  assert.deepEqual(found.answers.map(({ call, status }) => [call, status]), [
    ...[[0, "error"], [1, "ok"], [2, "error"], [3, "error"], [5, "ok"], [6, "ok"], [7, "error"]],
  ]);
  assert.deepEqual(positions(found), ["message 12"]);
});

Deno.test("readOpenAi() takes what a hosted tool gave when its error is an empty one", () => {
  for (const error of ["", null, false, {}]) {
    const { answers } = read({
      type: "mcp_call",
      id: "m",
      name: "t",
      arguments: "{}",
      error,
      output: "done",
    });
    assert.deepEqual(answers.map(({ status, result }) => [status, result]), [["ok", { text: "done" }]]);
  }
});

Deno.test("readOpenAi() takes an output that is failed or incomplete for that of a failed call", () => {
  const outcome = { stdout: "", stderr: "", outcome: { type: "exit", exit_code: 0 } };
  for (const status of ["failed", "incomplete", "completed"]) {
    const { answers } = read(
      { type: "function_call", call_id: "a", name: "t", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output: "x", status },
      { type: "shell_call", call_id: "b", action: {} },
      { type: "shell_call_output", call_id: "b", output: [outcome], status },
    );
    const expected = status === "completed" ? "ok" : "error";
    assert.deepEqual(answers.map((answer) => answer.status), [expected, expected], status);
  }
});
