/** Calls that a log has more than once, removes, or has in two places: each is read exactly once. */
import assert from "node:assert/strict";
import { GaitError } from "../../errors/mod.ts";
import type { JsonValue } from "../../formats/json/mod.ts";
import { detectFormat, READERS } from "./table.ts";

const position = (i: number) => `line ${i + 1}`;
const fn = (id: JsonValue, name = "pay") => ({ id, type: "function", function: { name, arguments: "{}" } });

/** Calls as `id tool`, with `=status` for each answer. */
function callsIn(values: readonly JsonValue[]): { readonly calls: string[]; readonly reasons: string } {
  const { readings, skipped } = READERS[detectFormat({ values, position })].read({ values, position });
  const calls = readings.flatMap(({ transcript: { calls, answers } }) =>
    calls.map(({ id, tool }, i) =>
      [`${id ?? "-"} ${tool}`, ...answers.filter(({ call }) => call === i).map(({ status }) => status)].join(
        "=",
      )
    )
  );
  const listed = [...skipped, ...readings.flatMap(({ transcript }) => transcript.skipped)];
  return { calls, reasons: listed.map(({ reason }) => reason).join("; ") };
}

const asks = (message_type: string) => ({
  message_type,
  id: "m1",
  tool_call: { name: "pay", arguments: "{}", tool_call_id: "c1" },
});
const start = (tool: string) => ({ type: "TOOL_CALL_START", toolCallId: "c1", toolCallName: tool });
const end = { type: "TOOL_CALL_END", toolCallId: "c1" };
const args = (delta: string) => ({ type: "TOOL_CALL_ARGS", toolCallId: "c1", delta });
const item = (type: string, more: Record<string, JsonValue>) => ({
  type,
  item: { object: "realtime.item", id: "i1", name: "pay", ...more },
});
const byMcp = { type: "mcp_call", arguments: "" };
const paid = { type: "mcp_call", arguments: '{"a":1}', output: "ok" };
const realtimeCall = { type: "function_call", call_id: "c1", status: "completed", arguments: "{}" };
const step = (id: string, ...calls: JsonValue[]) => ({
  id,
  object: "thread.run.step",
  thread_id: "t",
  status: "completed",
  step_details: { type: "tool_calls", tool_calls: calls },
});
const update = (more: Record<string, JsonValue>) => ({
  jsonrpc: "2.0",
  method: "session/update",
  params: { sessionId: "s", update: { sessionUpdate: "tool_call", toolCallId: "c1", kind: "read", ...more } },
});
const part = (id: string, more: Record<string, JsonValue> = {}) => ({
  kind: "toolInvocationSerialized",
  toolId: "t",
  toolCallId: id,
  ...more,
});
const request = (id: string, ...response: JsonValue[]) => ({ requestId: id, response });
const round = (toolCalls: JsonValue[], toolCallResults: JsonValue, ...response: JsonValue[]) => ({
  requests: [{
    requestId: "r",
    response,
    result: { metadata: { toolCallRounds: [{ toolCalls }], toolCallResults } },
  }],
});
const record = (attributes: Record<string, string>, more: Record<string, JsonValue> = {}) => ({
  body: { stringValue: "claude_code.tool_result" },
  attributes: Object.entries({ "session.id": "s", ...attributes }).map(([key, stringValue]) => ({
    key,
    value: { stringValue },
  })),
  ...more,
});
const logs = (...logRecords: JsonValue[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const bash = record({ tool_name: "Bash", tool_use_id: "t1" });
const traces = {
  resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: "01", name: "execute_tool pay" }] }] }],
};
const entry = (message: JsonValue, ...toolCallStates: JsonValue[]) => ({
  message,
  contextItems: [],
  toolCallStates,
});

const rollout = (second: number, session: string, call: Record<string, JsonValue> | null) => ({
  timestamp: `2026-01-02T03:04:0${second}.000Z`,
  ...(call === null
    ? {
      type: "session_meta",
      payload: { id: session, ...(session === "s2" ? { forked_from_id: "s1" } : {}) },
    }
    : { type: "response_item", payload: { type: "function_call", name: "pay", arguments: "{}", ...call } }),
});
const grown = ["c1", "c2"].flatMap((id): JsonValue[] => [
  { role: "assistant", content: null, tool_calls: [fn(id)] },
  { role: "tool", tool_call_id: id, content: "ok" },
]);
const body = (length: number) => ({
  model: "m",
  messages: [{ role: "user", content: "go" } as JsonValue, ...grown].slice(0, length),
});
const withoutId = { role: "assistant", content: null, tool_calls: [fn(null)] };
const chunks = (id: string) =>
  [
    [{ role: "assistant" }, null],
    [{ tool_calls: [{ index: 0, id: "c1", function: { name: "pay", arguments: '{"a"' } }] }, null],
    [{ tool_calls: [{ index: 0, function: { arguments: ":1}" } }] }, null],
    [{}, "tool_calls"],
  ].map(([delta, finish_reason]) => ({
    id,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: delta!, finish_reason: finish_reason! }],
  }));

const CASES: Readonly<Record<string, readonly [JsonValue[], calls: string[], reasons?: RegExp]>> = {
  "Letta: a call that is approved, and repeated when a stream resumes": [
    [
      asks("approval_request_message"),
      asks("tool_call_message"),
      asks("tool_call_message"),
      { message_type: "approval_response_message", approvals: [{ type: "tool", tool_call_id: "c1" }] },
      { message_type: "tool_return_message", tool_call_id: "c1", status: "success", tool_return: "ok" },
    ],
    ["c1 pay=ok"],
    /2 × message with the same calls again/,
  ],
  "AG-UI: a stream that is resumed, and another call with the same id": [
    [start("pay"), args("{}"), start("pay"), args("{}"), end, start("pay"), end, start("get"), end],
    ["c1 pay", "c1 get"],
    /2 × call that is repeated/,
  ],
  "AG-UI: a call that breaks off before another begins with its id": [
    [start("pay"), args('{"a'), start("pay"), args('{"a":1}'), end],
    ["c1 pay"],
    /not completed by the model/,
  ],
  "AG-UI: chunks name the call in the first alone, and need no arguments": [
    [
      { type: "TOOL_CALL_CHUNK", toolCallId: "c1", toolCallName: "pay", delta: '{"a":' },
      { type: "TOOL_CALL_CHUNK", delta: "1}" },
      { type: "TOOL_CALL_CHUNK", toolCallId: "c2", toolCallName: "get" },
    ],
    ["c1 pay", "c2 get"],
  ],
  "Realtime: a call by MCP has no status and is whole when it is done, its output later": [
    [
      item("conversation.item.added", byMcp),
      item("response.output_item.done", { ...paid, output: null }),
      item("conversation.item.done", paid),
      item("conversation.item.done", paid),
    ],
    ["i1 pay=ok"],
  ],
  "Realtime: an item that is just added is not complete, whatever its status": [
    [
      item("response.output_item.added", { ...realtimeCall, arguments: "" }),
      item("response.output_item.done", { ...realtimeCall, name: "pay_all" }),
    ],
    ["c1 pay_all"],
  ],
  "Realtime: another call with the same id, and one that a session repeats": [
    [
      item("conversation.item.done", realtimeCall),
      item("conversation.item.done", { ...realtimeCall, id: "i2" }),
      item("conversation.item.done", { ...realtimeCall, id: "i3", name: "get" }),
    ],
    ["c1 pay", "c1 get"],
  ],
  "Assistants: calls without ids, and of one id": [
    [step("s1", fn(null), fn(null), fn("c1")), step("s2", fn("c1", "get"), fn("c1"))],
    ["- pay", "- pay", "c1 pay", "c1 get"],
    /1 × call that is repeated/,
  ],
  "ACP: another call with the id of one that has ended, and a session that is loaded again": [
    [
      update({ rawInput: {} }),
      update({ rawInput: { a: 1 }, status: "completed" }),
      update({ rawInput: {} }),
      update({ rawInput: { a: 1 }, status: "completed" }),
      update({ rawInput: { a: 2 } }),
    ],
    ["c1 read=ok", "c1 read"],
  ],
  "Copilot Chat: requests that a journal removes, by every kind of change": [
    [
      { kind: 0, v: { requests: [request("r1", part("c1")), request("r2", part("c2"))] } },
      { kind: 2, k: ["requests"], v: [request("r3", part("c3"))], i: 1 },
      { kind: 1, k: ["requests", 0], v: request("r4", part("c4")) },
      { kind: 1, k: ["requests"], v: [request("r4", part("c4")), request("r5", part("c5"))] },
      { kind: 0, v: { requests: [request("r5", part("c5"), part("c6"))] } },
      { kind: 3, k: ["requests"] },
    ],
    ["c1 t", "c4 t", "c5 t", "c6 t", "c2 t", "c3 t"],
  ],
  "Copilot Chat: a journal that repeats its last line": [
    [
      { kind: 0, v: { requests: [] } },
      { kind: 2, k: ["requests"], v: [request("r1", part("c1"))] },
      { kind: 2, k: ["requests"], v: [request("r1", part("c1"))] },
    ],
    ["c1 t"],
    /1 × message with the same calls again/,
  ],
  "Copilot Chat: calls of a subagent are in the parts alone, those of rounds in both": [
    [round(
      [{ id: "c1", name: "runSubagent", arguments: "{}" }],
      {},
      part("u1"),
      part("u2", { subAgentInvocationId: "u1" }),
    )],
    ["c1 runSubagent", "u2 t"],
  ],
  "Copilot Chat: a result is that of one call": [
    [round(["a", "b"].map((name) => ({ id: "c1", name, arguments: "{}" })), { c1: { content: [] } })],
    ["c1 a=ok", "c1 b"],
  ],
  "Continue: a call that only its state has, and an outcome of two calls of one id": [
    [{
      history: [
        entry({ role: "assistant", toolCalls: [fn("c1"), fn("c1")] }, { toolCallId: "c1", status: "done" }),
        entry({ role: "assistant" }, { toolCallId: "c2", toolCall: fn("c2"), status: "errored" }),
      ],
    }],
    ["c1 pay=ok", "c1 pay", "c2 pay=error"],
  ],
  "OpenTelemetry logs: records that were sent again, and calls that only look the same": [
    [
      logs(bash, bash, record({ tool_name: "Read" }), record({ tool_name: "Read" })),
      logs(bash, record({ tool_name: "Edit" }, { timeUnixNano: "1767323045000000000" })),
      logs(record({ tool_name: "Edit" }, { timeUnixNano: "1767323045000000000" })),
    ],
    ["t1 Bash", "- Read", "- Read", "- Edit"],
    /3 × record that is there again/,
  ],
  "Cline: tags next to a call as a block are no calls": [
    [
      { role: "user", content: [{ type: "text", text: "<task>\nx\n</task>" }] },
      {
        role: "assistant",
        content: [
          { type: "text", text: "<read_file><path>a</path></read_file>" },
          { type: "tool_use", id: "t1", name: "read_file", input: {} },
        ],
      },
    ],
    ["t1 read_file"],
    /tags of a tool next to a call as a block/,
  ],
  "Codex: a session behind the one that it was forked from has its history again, with the time of the fork":
    [
      [
        rollout(1, "s1", null),
        rollout(2, "s1", { call_id: "call_0123456789abcdef" }),
        rollout(3, "s2", null),
        rollout(3, "s2", { call_id: "call_0123456789abcdef" }),
        rollout(4, "s2", { call_id: "call_0123456789abcdef", arguments: '{"other":1}' }),
        rollout(5, "s2", { call_id: "short" }),
        rollout(6, "s2", { call_id: "short" }),
      ],
      ["call_0123456789abcdef pay", "call_0123456789abcdef pay", "short pay", "short pay"],
      /1 × call that is there already/,
    ],
  "a proxy that keeps the bodies of requests: the conversation is there as often as it grew": [
    [body(1), body(3), body(5), {
      model: "m",
      messages: [...body(3).messages, { role: "user", content: "x" }],
    }],
    ["c1 pay=ok", "c2 pay=ok", "c1 pay=ok"],
    /continues; a state that another one continues/,
  ],
  "bodies whose marks for a cache move, and bodies of the Responses API": [
    [3, 4].map((length) => ({
      model: "m",
      messages: [
        { role: "user", content: "go" },
        { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "pay", input: {} }] },
        ...[1, 2].map((n) => ({
          role: "user",
          content: [{
            type: "text",
            text: `${n}`,
            ...(n === length - 2 ? { cache_control: { type: "ephemeral" } } : {}),
          }],
        })),
      ].slice(0, length),
    })),
    ["t1 pay"],
    /a state that another one continues/,
  ],
  "inputs of the Responses API that grow": [
    [2, 3].map((length) => ({
      model: "m",
      input: [
        { role: "user", content: "go" },
        { type: "function_call", call_id: "c1", name: "pay", arguments: "{}" },
        { type: "function_call_output", call_id: "c1", output: "ok" },
      ].slice(0, length),
    })),
    ["c1 pay=ok"],
    /a state that another one continues/,
  ],
  "calls without ids may be two, and so may equal conversations": [
    [
      [{ role: "user", content: "go" }, withoutId],
      [
        { role: "user", content: "go" },
        withoutId,
        { role: "user", content: "more" },
      ],
      body(3),
      body(3),
    ].map((messages) => Array.isArray(messages) ? { messages } : messages),
    ["- pay", "- pay", "c1 pay=ok", "c1 pay=ok"],
  ],
  "chunks of one answer that were recorded twice, one stream behind the other": [
    [...chunks("x"), ...chunks("x")],
    ["c1 pay"],
    /answer "x" again/,
  ],
  "chunks that two handlers wrote down, each behind its first": [
    chunks("x").flatMap((chunk) => [chunk, chunk]),
    ["c1 pay"],
    /4 × event that was written down twice/,
  ],
  "answers without an id may be two": [[...chunks(""), ...chunks("")], ["c1 pay", "c1 pay"]],
  "smolagents: a step that did not come to its end": [
    [
      {
        step_number: 1,
        tool_calls: null,
        observations: null,
        model_output_message: { tool_calls: [fn("c1")] },
      },
      { step_number: 2, tool_calls: [fn("c2")], observations: "x" },
    ],
    ["c1 pay", "c2 pay=ok"],
  ],
};

for (const [name, [values, calls, reasons = /^/]] of Object.entries(CASES)) {
  Deno.test(name, () => {
    const found = callsIn(values);
    assert.deepEqual(found.calls, calls);
    assert.match(found.reasons, reasons);
  });
}

const REFUSED: Readonly<Record<string, readonly [JsonValue[], RegExp]>> = {
  "OpenTelemetry: calls in log records next to traces, in one line": [
    [{ ...traces, ...logs(bash) }],
    /next to traces.*import each in a file of its own/,
  ],
  "OpenTelemetry: calls in log records next to traces, in two lines": [
    [traces, logs(bash)],
    /next to traces.*import each in a file of its own/,
  ],
  "OpenTelemetry logs: a call that names no tool": [[logs(bash, record({}))], /record 2: call names no tool/],
  "OpenTelemetry logs: calls in a line that is no log record": [
    [logs(bash), { role: "assistant", tool_calls: [fn("c1")] }],
    /no log record, with "tool_calls"/,
  ],
  "Letta: a stream by token": [
    ['{"a"', ":1}"].map((piece) => ({
      message_type: "tool_call_message",
      id: "m1",
      tool_call: { name: "pay", arguments: piece, tool_call_id: "c1" },
    })),
    /a call in parts; a stream by token is not read/,
  ],
  "Letta: calls of OpenAI's form in an assistant's message": [
    [asks("tool_call_message"), { message_type: "assistant_message", tool_calls: [fn("c2")] }],
    /line 2: a call in another form, with "tool_calls"/,
  ],
  "Haystack: calls of OpenAI's form": [
    [[
      { role: "assistant", content: [{ tool_call: { tool_name: "pay", arguments: {}, id: "c1" } }] },
      { role: "assistant", content: "x", tool_calls: [fn("c2")] },
    ].map((message): JsonValue => message)],
    /a call in another form, with "tool_calls"/,
  ],
  "LlamaIndex: a function call of an older form": [
    [["tool_calls", "function_call"].map((name) => ({
      role: "assistant",
      content: "",
      additional_kwargs: { [name]: name === "tool_calls" ? [fn("c1")] : { name: "pay", arguments: "{}" } },
    }))],
    /message 2: a call in another form, with "function_call"/,
  ],
  "Cline: calls of OpenAI's form": [
    [[
      { role: "user", content: "<task>\nx\n</task>" },
      { role: "assistant", content: "<read_file><path>a</path></read_file>", tool_calls: [fn("c1")] },
    ].map((message): JsonValue => message)],
    /a call in another form, with "tool_calls"/,
  ],
  "ACP: a call without an id, and a line that is no message": [
    [update({}), update({ toolCallId: null }), { role: "assistant", tool_calls: [fn("c2")] }],
    /line 2: a call without an id; line 3: no message of JSON-RPC/,
  ],
  "Realtime: a line that is no event": [
    [item("conversation.item.done", realtimeCall), { type: "message", tool_calls: [fn("c2")] }],
    /no event of a session, with "tool_calls"/,
  ],
  "Continue: calls that are no list": [
    [{ history: [entry({ toolCalls: [fn("c1")] }), entry({ toolCalls: fn("c2") })] }],
    /toolCalls is not a list/,
  ],
};

for (const [name, [values, message]] of Object.entries(REFUSED)) {
  Deno.test(`${name} is refused`, () => {
    assert.throws(
      () => callsIn(values),
      (error) => error instanceof GaitError && message.test(error.message),
    );
  });
}
