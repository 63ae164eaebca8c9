import assert from "node:assert/strict";
import { GaitError } from "../../errors/mod.ts";
import type { JsonValue } from "../../formats/json/mod.ts";
import { readRoots } from "../input.ts";
import type { Format } from "../transcript.ts";
import { detectFormat, READERS } from "./table.ts";

/** A call: its id, its tool, and the status of its answer where there is one. */
type Seen = readonly [id: string | undefined, tool: string, status?: string];

interface Case {
  readonly format: Format;
  readonly lines: readonly JsonValue[];
  readonly calls: readonly Seen[];
  /** Reasons that are listed. */
  readonly skipped?: readonly RegExp[];
}

const S = "2026-01-02T03:04:05.000Z";
const item = (payload: JsonValue) => ({ timestamp: S, type: "response_item", payload });
const event = (payload: JsonValue) => ({ timestamp: S, type: "event_msg", payload });
const called = (id: string, name: string) =>
  item({ type: "function_call", call_id: id, name, arguments: "{}" });
const output = (id: string, text: string) =>
  item({ type: "function_call_output", call_id: id, output: text });
const rpc = (message: Record<string, JsonValue>) => ({ jsonrpc: "2.0", ...message });
const toolsCall = (id: number) => rpc({ id, method: "tools/call", params: { name: "pay", arguments: {} } });
const paid = (id: number) => rpc({ id, result: { content: [{ type: "text", text: "paid" }] } });
const geminiCall = (more: Record<string, JsonValue>) => ({
  id: "m1",
  type: "gemini",
  timestamp: S,
  toolCalls: [{ id: "c1", name: "read_file", args: {}, ...more }],
});

const claude = (role: string, ...content: JsonValue[]) => ({
  type: role,
  sessionId: "s",
  timestamp: S,
  message: { role, content },
});
const aiMessage = { type: "ai", id: "m1", content: "", tool_calls: [{ id: "c1", name: "pay", args: {} }] };
const converse = {
  output: {
    message: { role: "assistant", content: [{ toolUse: { toolUseId: "c1", name: "pay", input: {} } }] },
  },
  stopReason: "tool_use",
};
const invocation = (messages: JsonValue, outputBodyJson: JsonValue) => ({
  schemaType: "ModelInvocationLog",
  timestamp: S,
  operation: "Converse",
  input: { inputBodyJson: { messages } },
  output: { outputBodyJson },
});
const sdkSpan = (id: string, attributes: Record<string, JsonValue>, status: JsonValue) => ({
  name: "execute_tool pay",
  context: { trace_id: "0x0a", span_id: `0x${id}`, trace_state: "[]" },
  kind: "SpanKind.INTERNAL",
  parent_id: null,
  start_time: S,
  end_time: S,
  status,
  attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.result": "{}", ...attributes },
  events: [],
});
const jaegerSpan = (spanID: string, tags: readonly JsonValue[]) => ({
  traceID: "0a",
  spanID,
  operationName: "execute_tool pay",
  references: [],
  startTime: 1767323045000000 + Number(spanID),
  duration: 1000,
  tags: [
    ...Object.entries({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "pay",
      "gen_ai.tool.call.id": `c${spanID}`,
      "gen_ai.tool.call.result": "{}",
    }).map(([key, value]) => ({ key, type: "string", value })),
    ...tags,
  ],
  logs: [],
});
const piCall = {
  role: "assistant",
  content: [{ type: "thinking", thinking: "" }, { type: "toolCall", id: "c1", name: "bash", arguments: {} }],
};
const opencodePart = (state: JsonValue) => ({ id: "p1", type: "tool", callID: "c1", tool: "bash", state });
const cursorCall = (subtype: string, readToolCall: JsonValue) => ({
  type: "tool_call",
  subtype,
  call_id: "c1",
  session_id: "s",
  tool_call: { readToolCall },
});

const CASES: Readonly<Record<string, Case>> = {
  "Codex says how a command ended in lines before its output": {
    format: "codex",
    lines: [
      called("c1", "shell"),
      output("c1", "Exit code: 1\nWall time: 0.1 seconds\nOutput:\nno"),
      called("c2", "exec_command"),
      output("c2", "Chunk ID: 1a\nWall time: 0.1 seconds\nProcess exited with code 2\nOutput:\nno"),
      called("c3", "exec_command"),
      output("c3", "Chunk ID: 1a\nWall time: 0.1 seconds\nProcess running with session ID 4\nOutput:\n"),
      called("c4", "exec_command"),
      output("c4", "Wall time: 0.1 seconds\nOutput:\nProcess exited with code 2\n"),
    ],
    calls: [["c1", "shell", "error"], ["c2", "exec_command", "error"], ["c3", "exec_command", "ok"], [
      "c4",
      "exec_command",
      "ok",
    ]],
  },
  "Codex says in an event how a call ended, and tells there of calls that have no item": {
    format: "codex",
    lines: [
      called("c1", "lookup"),
      event({
        type: "mcp_tool_call_end",
        call_id: "c1",
        invocation: { tool: "lookup" },
        result: { Err: "no" },
      }),
      output("c1", "no"),
      event({
        type: "mcp_tool_call_end",
        call_id: "c2",
        invocation: { server: "shop", tool: "pay", arguments: { cents: 5 } },
        result: { Ok: { content: [], isError: true } },
      }),
      event({ type: "exec_command_end", call_id: "c3", command: ["ls"], exit_code: 0, status: "completed" }),
      event({ type: "exec_command_end", call_id: "c4", command: ["ls"], source: "user_shell", exit_code: 0 }),
      called("c3", "exec_command"),
    ],
    calls: [["c1", "lookup", "error"], ["c2", "mcp__shop__pay", "error"], ["c3", "exec_command", "ok"]],
    skipped: [/command of the user/, /"c3", which an event reported/],
  },
  "Codex's event may stand behind the output": {
    format: "codex",
    lines: [
      called("c1", "exec_command"),
      called("c2", "exec_command"),
      output("c1", "no"),
      event({ type: "exec_command_end", call_id: "c2", exit_code: 0 }),
      event({ type: "exec_command_end", call_id: "c1", exit_code: 1 }),
      output("c2", "yes"),
    ],
    calls: [["c1", "exec_command", "error"], ["c2", "exec_command", "ok"]],
  },
  "searches for tools are calls": {
    format: "codex",
    lines: [
      item({ type: "tool_search_call", call_id: "c1", execution: "client", arguments: { query: "pay" } }),
      item({ type: "tool_search_output", call_id: "c1", status: "completed", tools: [] }),
      item({ type: "tool_search_call", id: "t1", call_id: null, execution: "server", arguments: {} }),
      item({ type: "tool_search_output", id: "t2", call_id: null, status: "completed", tools: [] }),
    ],
    calls: [["c1", "tool_search", "ok"], ["t1", "tool_search", "ok"]],
  },
  "Codex's calls of other agents are calls": {
    format: "codex",
    lines: [
      { type: "thread.started", thread_id: "t" },
      {
        type: "item.completed",
        item: { id: "i0", type: "collab_tool_call", tool: "spawn_agent", prompt: "go", status: "failed" },
      },
    ],
    calls: [["i0", "spawn_agent", "error"]],
  },
  "a chat of Gemini CLI has snapshots, and a call stays made when a later state leaves it out": {
    format: "gemini-cli",
    lines: [
      { sessionId: "s", projectHash: "h", startTime: S, kind: "main" },
      geminiCall({ status: "success", result: [{ functionResponse: { response: { output: "x" } } }] }),
      { $set: { messages: [geminiCall({}), { ...geminiCall({ id: "c2", status: "error" }), id: "m2" }] } },
      { id: "m2", type: "gemini", timestamp: S },
      { $rewindTo: "m1" },
      { ...geminiCall({ id: "c3", status: "executing" }), id: "m3" },
      {
        $patch: {
          updates: [{ id: "m3", toolCalls: [{ id: "c3", status: "success", result: { output: "x" } }] }],
        },
      },
    ],
    calls: [["c1", "read_file", "ok"], ["c2", "read_file", "error"], ["c3", "read_file", "ok"]],
    skipped: [/about the session/],
  },
  "a server's request of the same id is answered before the call is": {
    format: "mcp",
    lines: [
      toolsCall(5),
      rpc({ id: 5, method: "roots/list" }),
      rpc({ id: 5, result: { roots: [], error: "not of the call" } }),
      paid(5),
    ],
    calls: [["5", "pay", "ok"]],
  },
  "MCP's batches, and messages that are texts": {
    format: "mcp",
    lines: [
      [toolsCall(1), toolsCall(2)],
      [rpc({ id: 2, error: { code: -1, message: "no" } }), paid(1)],
      { message: JSON.stringify(toolsCall(3)) },
      { message: JSON.stringify(paid(3)) },
    ],
    calls: [["1", "pay", "ok"], ["2", "pay", "error"], ["3", "pay", "ok"]],
  },
  "an answer that is written before its call": {
    format: "claude-code",
    lines: [
      claude("user", { type: "tool_result", tool_use_id: "c1", content: "x" }),
      claude("assistant", { type: "tool_use", id: "c1", name: "Read", input: {} }),
      claude("user", { type: "tool_result", tool_use_id: "c0", content: "x" }),
    ],
    calls: [["c1", "Read", "ok"]],
    skipped: [/answer to call "c0", which is not there/],
  },
  "an early answer does not take the place of the one behind the call": {
    format: "claude-code",
    lines: [
      claude("user", {
        type: "tool_result",
        tool_use_id: "c1",
        content: "of before the log",
        is_error: true,
      }),
      claude("assistant", { type: "tool_use", id: "c1", name: "Read", input: {} }),
      claude("user", { type: "tool_result", tool_use_id: "c1", content: "x" }),
    ],
    calls: [["c1", "Read", "ok"]],
    skipped: [/answer to call "c1"/],
  },
  "Droid has a type of line for all messages": {
    format: "claude-code",
    lines: [
      { type: "session_start", id: "s" },
      { ...claude("assistant", { type: "tool_use", id: "c1", name: "Read", input: {} }), type: "message" },
      {
        ...claude("user", { type: "tool_result", tool_use_id: "c1", content: "no", is_error: true }),
        type: "message",
      },
    ],
    calls: [["c1", "Read", "error"]],
  },
  "Qwen Code has messages of Gemini": {
    format: "claude-code",
    lines: [
      {
        ...claude("model"),
        type: "assistant",
        message: { role: "model", parts: [{ functionCall: { id: "c1", name: "ls", args: {} } }] },
      },
      {
        ...claude("user"),
        type: "tool_result",
        message: {
          role: "user",
          parts: [{ functionResponse: { id: "c1", name: "ls", response: { error: "no" } } }],
        },
      },
    ],
    calls: [["c1", "ls", "error"]],
  },
  "updates that LangGraph streams, which a graph repeats of the graph inside it": {
    format: "langchain",
    lines: [
      { agent: { messages: [aiMessage] } },
      {
        tools: { messages: [{ type: "tool", id: "m2", tool_call_id: "c1", content: "no", status: "error" }] },
      },
      { supervisor: { messages: [aiMessage, { type: "ai", id: "m3", content: "done", tool_calls: [] }] } },
      { __interrupt__: [] },
    ],
    calls: [["c1", "pay", "error"]],
    skipped: [/1 × message that a later step repeats/],
  },
  "answers of Ollama, which have no ids, and of Cohere": {
    format: "answers",
    lines: [
      {
        model: "m",
        message: { role: "assistant", tool_calls: [{ function: { name: "pay", arguments: {} } }] },
        done: false,
      },
      { model: "m", message: { role: "assistant", content: "" }, done: true },
      {
        id: "a",
        message: {
          role: "assistant",
          tool_calls: [{ id: "c1", type: "function", function: { name: "log", arguments: "{}" } }],
        },
        finish_reason: "TOOL_CALL",
      },
    ],
    calls: [[undefined, "pay"], ["c1", "log"]],
  },
  "Bedrock's log of invocations": {
    format: "exchanges",
    lines: [
      invocation([{ role: "user", content: [{ text: "pay" }] }], converse),
      invocation([converse.output.message, {
        role: "user",
        content: [{ toolResult: { toolUseId: "c1", status: "error", content: [{ json: { code: 1 } }] } }],
      }], { output: { message: { role: "assistant", content: [{ text: "no" }] } }, stopReason: "end_turn" }),
    ],
    calls: [["c1", "pay", "error"]],
  },
  "spans of the SDK for Python": {
    format: "otel",
    lines: [
      sdkSpan("1", { "gen_ai.tool.call.id": "c1" }, { status_code: "ERROR", description: "no" }),
      sdkSpan("2", {}, {
        status_code: "OK",
      }),
    ],
    calls: [["c1", "pay", "error"], [undefined, "pay", "ok"]],
  },
  "traces of Jaeger": {
    format: "otel",
    lines: [{
      data: [{
        traceID: "0a",
        spans: [jaegerSpan("01", []), jaegerSpan("02", [{ key: "error", type: "bool", value: true }])],
        processes: {},
      }],
    }],
    calls: [["c01", "pay", "ok"], ["c02", "pay", "error"]],
  },
  "Pi's events repeat messages, and a user runs commands": {
    format: "pi",
    lines: [
      { type: "session", id: "s" },
      { type: "message_start", message: piCall },
      { type: "message_end", message: piCall },
      { type: "tool_execution_start", toolCallId: "c1", toolName: "bash", args: {} },
      { type: "message_end", message: { role: "toolResult", toolCallId: "c1", content: [], isError: true } },
      { type: "turn_end", message: piCall, toolResults: [] },
      { type: "message", message: { role: "bashExecution", command: "ls", output: "" } },
    ],
    calls: [["c1", "bash", "error"]],
    skipped: [/1 × message of role "bashExecution"/, /1 × line of type "turn_end"/],
  },
  "opencode's parts as they change": {
    format: "opencode",
    lines: [
      { type: "message.part.updated", properties: { part: opencodePart({ status: "running", input: {} }) } },
      {
        type: "message.part.updated",
        properties: { part: opencodePart({ status: "error", input: {}, error: "no" }) },
      },
      { type: "session.idle", properties: {} },
    ],
    calls: [["c1", "bash", "error"]],
    skipped: [/session.idle/],
  },
  "Goose's requests that it could not read were not made": {
    format: "goose",
    lines: [
      {
        role: "assistant",
        content: [
          { type: "toolRequest", id: "c1", toolCall: { Ok: { name: "shell", arguments: {} } } },
          { type: "toolRequest", id: "c2", toolCall: { status: "error", error: "bad" } },
        ],
      },
      {
        role: "user",
        content: [{
          type: "toolResponse",
          id: "c1",
          toolResult: { status: "success", value: { content: [], isError: true } },
        }],
      },
    ],
    calls: [["c1", "shell", "error"]],
    skipped: [/could not read/],
  },
  "Copilot tells of a call when it is asked for, or when it begins": {
    format: "copilot",
    lines: [
      {
        type: "assistant.message",
        data: { toolRequests: [{ toolCallId: "c1", name: "bash", arguments: {} }] },
      },
      { type: "tool.execution_start", data: { toolCallId: "c1", toolName: "bash", arguments: {} } },
      {
        type: "tool.execution_complete",
        data: { toolCallId: "c1", success: false, error: { message: "no" } },
      },
      { type: "tool.execution_start", data: { toolCallId: "c2", toolName: "view", arguments: {} } },
    ],
    calls: [["c1", "bash", "error"], ["c2", "view"]],
  },
  "Cursor's calls": {
    format: "cursor",
    lines: [
      { type: "user", message: { role: "user", content: [] }, session_id: "s" },
      cursorCall("started", { args: {} }),
      cursorCall("completed", { args: {}, result: { rejected: { reason: "" } } }),
    ],
    calls: [["c1", "read", "error"]],
  },
};

Deno.test("calls in a document of no known format are what its error is about", () => {
  const step = {
    object: "step",
    step_details: { type: "tool_calls", tool_calls: [{ id: "c1" }] },
  };
  const roots = readRoots(new TextEncoder().encode(JSON.stringify({ object: "list", data: [step] })), "log");
  assert.throws(
    () => READERS[detectFormat(roots)].read(roots),
    (error) =>
      error instanceof GaitError && error.code === "invalid_input" && /tool_calls/.test(error.message),
  );
});

Deno.test("lines of another program in the same file are refused when they have calls", () => {
  const lines = [
    claude("assistant", { type: "tool_use", id: "c1", name: "Read", input: {} }),
    called("c2", "exec_command"),
  ];
  for (const format of ["claude-code", "codex"] as const) {
    assert.throws(
      () => READERS[format].read({ values: lines, position: (i) => `line ${i + 1}` }),
      (error) =>
        error instanceof GaitError && error.code === "invalid_input" && /line [12]/.test(error.message),
    );
  }
});

for (const [name, { format, lines, calls, skipped = [] }] of Object.entries(CASES)) {
  Deno.test(name, () => {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const roots = readRoots(new TextEncoder().encode(text), "log");
    assert.equal(detectFormat(roots), format);
    const { transcript } = READERS[format].read(roots).readings[0]!;
    const found = transcript.calls.map(({ id, tool }, i) => {
      const answers = transcript.answers.filter(({ call }) => call === i);
      return [id, tool, ...answers.map(({ status }) => status)];
    });
    assert.deepEqual(found, calls);
    const reasons = transcript.skipped.map(({ reason }) => reason);
    for (const expected of skipped) {
      assert.ok(reasons.some((reason) => expected.test(reason)), `${expected} in ${reasons.join("; ")}`);
    }
  });
}
