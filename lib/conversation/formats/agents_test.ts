import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import { isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { type Format, FORMATS } from "../transcript.ts";
import { detectFormat, READERS } from "./table.ts";

/** A call: its id, its tool, its arguments; the status and the result of its answer where there is one. */
type Seen = readonly [
  id: string | undefined,
  tool: string,
  args: JsonValue,
  status?: string,
  result?: JsonValue,
];

interface Case {
  readonly format: Format;
  readonly lines: readonly JsonValue[];
  readonly calls: readonly Seen[];
  /** Reasons that are listed. */
  readonly skipped?: readonly RegExp[];
  readonly start?: string;
}

const S = "2026-01-02T03:04:05Z";
const hook = (event: string, more: Record<string, JsonValue>) => ({
  hook_event_name: event,
  session_id: "s",
  ...more,
});
const ls = { tool_name: "Bash", tool_input: { command: "ls" } };
const text = (...texts: string[]) => texts.map((one) => ({ type: "text", text: one }));
const task = { role: "user", content: text("<task>\nfix it\n</task>"), ts: 1_767_323_045_000 };
const said = (...texts: string[]) => ({ role: "assistant", content: text(...texts) });
const given = (...texts: string[]) => ({ role: "user", content: text(...texts) });
const update = (more: Record<string, JsonValue>) => ({
  jsonrpc: "2.0",
  method: "session/update",
  params: { sessionId: "s", update: { toolCallId: "c1", ...more } },
});
const asked = (...contents: JsonValue[]) => ({
  contents: [{ role: "user", parts: [{ text: "go" }] }, ...contents],
});
const model = (...parts: JsonValue[]) => ({ role: "model", parts });
const pay = (cents: number) => ({ functionCall: { name: "pay", args: { cents } } });
const paid = (note: string) => ({
  role: "user",
  parts: [{ functionResponse: { name: "pay", response: { result: note } } }],
});
const answered = (...parts: JsonValue[]) => ({ candidates: [{ content: model(...parts) }] });
const chat = { messages: [{ role: "user", content: "pay" }] };
const chatAnswer = {
  choices: [{
    message: { role: "assistant", tool_calls: [{ id: "c1", function: { name: "pay", arguments: "{}" } }] },
  }],
};
const record = (name: string, attributes: Record<string, string>) => ({
  timeUnixNano: "1767323045000000000",
  body: { stringValue: name },
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
});
const logs = (...logRecords: JsonValue[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const step = (more: Record<string, JsonValue>) => ({ object: "thread.run.step", thread_id: "t", ...more });
const toolStep = (status: string, ...calls: JsonValue[]) =>
  step({ status, step_details: { type: "tool_calls", tool_calls: calls } });

const CASES: Readonly<Record<string, Case>> = {
  "hooks: a call of which two events tell is one, a denied one has no result, a failure is an error": {
    format: "hooks",
    lines: [
      hook("PreToolUse", ls),
      hook("PreToolUse", { ...ls, tool_use_id: "t1" }),
      hook("PreToolUse", { ...ls, tool_use_id: "t1" }),
      hook("PostToolUse", { ...ls, tool_response: { stdout: "a" } }),
      hook("PostToolUseFailure", { ...ls, tool_use_id: "t1", error: "no such file" }),
      hook("PostToolUse", { ...ls, tool_use_id: "t1", tool_response: "again" }),
      hook("PostToolUse", { ...ls, tool_use_id: "t2", tool_response: { success: false } }),
      hook("PreToolUse", { tool_name: "Write", tool_input: {} }),
      hook("Stop", {}),
    ],
    calls: [
      [undefined, "Bash", { command: "ls" }, "ok", { stdout: "a" }],
      ["t1", "Bash", { command: "ls" }, "error", { text: "no such file" }],
      ["t2", "Bash", { command: "ls" }, "error", { success: false }],
      [undefined, "Write", {}],
    ],
    skipped: [/1 × event "Stop"/],
  },
  "Cline: tags of tools are calls, texts with a heading their results": {
    format: "cline",
    lines: [[
      task,
      said(
        "I look.\n<read_file>\n<path>a.ts</path>\n</read_file>\n<list_files>\n<path>.</path>\n</list_files>",
      ),
      given("[read_file for 'a.ts'] Result:", "1 | x", "<environment_details>\ntime\n</environment_details>"),
      said("<write_to_file><path>b</path><content>\n<content>x</content>\n</content></write_to_file>"),
      given("[write_to_file for 'b'] Result:\nThe user denied this operation."),
      said("<b>bold</b> <attempt_completion>done</attempt_completion>"),
    ]],
    calls: [
      [undefined, "read_file", { path: "a.ts" }, "ok", { text: "1 | x" }],
      [undefined, "write_to_file", { path: "b", content: "<content>x</content>" }, "error", {
        text: "The user denied this operation.",
      }],
      [undefined, "attempt_completion", { raw: "done" }],
    ],
    skipped: [/second call in a message/],
    start: S,
  },
  "Cline: blocks of the API get the texts behind them, in turn and by the name of the tool": {
    format: "cline",
    lines: [[
      task,
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "c1", name: "read_file", input: { path: "a" } },
          { type: "tool_use", id: "c2", name: "read_file", input: { path: "b" } },
          { type: "tool_use", id: "c3", name: "list_files", input: {} },
        ],
      },
      given("[list_files for '.'] Result:\na", "[read_file for 'a'] Result:\nA"),
      { role: "assistant", content: [{ type: "tool_use", id: "c4", name: "execute_command", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c4", content: "x", is_error: true }] },
    ]],
    calls: [
      ["c1", "read_file", { path: "a" }, "ok", { text: "A" }],
      ["c2", "read_file", { path: "b" }],
      ["c3", "list_files", {}, "ok", { text: "a" }],
      ["c4", "execute_command", {}, "error", { text: "x" }],
    ],
  },
  "AgentDojo: an error of a tool is its result": {
    format: "agentdojo",
    lines: [{
      suite_name: "s",
      messages: [
        {
          role: "assistant",
          content: null,
          tool_calls: [{ function: "pay", args: { cents: 5 }, id: null }],
        },
        {
          role: "tool",
          content: [{ type: "text", content: "" }],
          tool_call_id: null,
          tool_call: { function: "pay", args: { cents: 5 } },
          error: "ValueError: no money",
        },
      ],
    }],
    calls: [[undefined, "pay", { cents: 5 }, "error", { text: "ValueError: no money" }]],
  },
  "smolagents: an observation of several calls is of none": {
    format: "smolagents",
    lines: [[
      { task: "go", task_images: null },
      {
        step_number: 1,
        tool_calls: [
          { id: "c1", type: "function", function: { name: "pay", arguments: {} } },
          { id: "c2", type: "function", function: { name: "log", arguments: {} } },
        ],
        observations: "paid\nlogged",
      },
      {
        step_number: 2,
        tool_calls: [{
          id: "c3",
          type: "function",
          function: { name: "python_interpreter", arguments: "1/0" },
        }],
        observations: null,
        error: { type: "AgentExecutionError", message: "division by zero" },
      },
    ]],
    calls: [["c1", "pay", {}], ["c2", "log", {}], ["c3", "python_interpreter", { raw: "1/0" }, "error", {
      text: "division by zero",
    }]],
    skipped: [/one observation of 2 calls/],
  },
  "smolagents: a step that failed has its call in the message of the model": {
    format: "smolagents",
    lines: [[
      {
        step_number: 1,
        tool_calls: [{ id: "c1", type: "function", function: { name: "pay", arguments: {} } }],
        observations: "paid",
        error: null,
      },
      {
        step_number: 2,
        tool_calls: [],
        error: { type: "AgentToolExecutionError", message: "no money" },
        observations: null,
        model_output_message: {
          role: "assistant",
          tool_calls: [{ id: "c2", type: "function", function: { name: "pay", arguments: { cents: 5 } } }],
        },
      },
    ]],
    calls: [["c1", "pay", {}, "ok", { text: "paid" }], ["c2", "pay", { cents: 5 }, "error", {
      text: "no money",
    }]],
  },
  "Assistants: steps in the order of their creation, the last state of each": {
    format: "assistants",
    lines: [
      { event: "thread.run.step.in_progress", data: { ...toolStep("in_progress"), id: "s2", created_at: 2 } },
      {
        ...toolStep("failed", {
          id: "c2",
          type: "code_interpreter",
          code_interpreter: { input: "1/0", outputs: [] },
        }),
        id: "s2",
        created_at: 2,
        last_error: { code: "server_error", message: "down" },
      },
      {
        ...toolStep("completed", {
          id: "c1",
          type: "code_interpreter",
          code_interpreter: { input: "1", outputs: [{ type: "logs", logs: "1" }] },
        }),
        id: "s1",
        created_at: 1,
      },
      {
        object: "thread.run",
        thread_id: "t",
        id: "r",
        required_action: {
          submit_tool_outputs: {
            tool_calls: [{ id: "c3", type: "function", function: { name: "pay", arguments: "{}" } }],
          },
        },
      },
    ],
    calls: [
      ["c1", "code_interpreter", { input: "1" }, "ok", { text: "1" }],
      ["c2", "code_interpreter", { input: "1/0" }, "error", { code: "server_error", message: "down" }],
      ["c3", "pay", {}],
    ],
  },
  "Realtime: an interrupted call is listed, a call of an MCP server has its result": {
    format: "realtime",
    lines: [
      { type: "session.created", session: { object: "realtime.session" } },
      {
        type: "response.done",
        response: {
          object: "realtime.response",
          output: [{
            type: "function_call",
            call_id: "c1",
            name: "pay",
            arguments: '{"a',
            status: "incomplete",
          }],
        },
      },
      {
        direction: "in",
        event: {
          type: "response.output_item.done",
          item: {
            type: "mcp_call",
            id: "m1",
            name: "log",
            arguments: "{}",
            output: null,
            error: { code: 1 },
          },
        },
      },
    ],
    calls: [["m1", "log", {}, "error", { code: 1 }]],
    skipped: [/not completed by the model/],
  },
  "Letta: a call that approval is asked for": {
    format: "letta",
    lines: [
      {
        message_type: "approval_request_message",
        date: S,
        tool_call: { name: "pay", arguments: '{"cents":5}', tool_call_id: "c1" },
      },
      { message_type: "approval_response_message", approve: true },
      { message_type: "tool_return_message", tool_call_id: "c1", tool_return: "no money", status: "error" },
    ],
    calls: [["c1", "pay", { cents: 5 }, "error", { text: "no money" }]],
    start: S,
  },
  "Haystack: messages of older versions": {
    format: "haystack",
    lines: [
      { _role: "assistant", _content: [{ tool_call: { tool_name: "pay", arguments: {}, id: null } }] },
      {
        _role: "tool",
        _content: [{
          tool_call_result: { result: "no", origin: { tool_name: "pay", id: null }, error: true },
        }],
      },
    ],
    calls: [[undefined, "pay", {}, "error", { text: "no" }]],
  },
  "Semantic Kernel: a function has the name of its plugin before its own": {
    format: "semantic-kernel",
    lines: [{
      messages: [
        {
          role: "assistant",
          items: [{
            content_type: "function_call",
            id: "c1",
            plugin_name: "bank",
            function_name: "pay",
            arguments: "{}",
          }],
        },
        { role: "tool", items: [{ content_type: "function_result", id: "c1", result: "paid" }] },
      ],
    }],
    calls: [["c1", "bank-pay", {}, "ok", { text: "paid" }]],
  },
  "Amazon Q: pairs of older versions, cancelled calls, what the user last sent": {
    format: "amazon-q",
    lines: [{
      history: [
        [{ content: { Prompt: { prompt: "go" } }, timestamp: S }, {
          ToolUse: { tool_uses: [{ id: "c1", name: "fs_read", args: {} }] },
        }],
        [{
          content: {
            CancelledToolUses: { prompt: "no", tool_use_results: [{ tool_use_id: "c1", content: [] }] },
          },
        }, {
          ToolUse: { tool_uses: [{ id: "c2", name: "execute_bash", args: {} }] },
        }],
      ],
      next_message: {
        content: {
          ToolUseResults: {
            tool_use_results: [{
              tool_use_id: "c2",
              content: [{ Json: { exit_status: "1" } }],
              status: "Error",
            }],
          },
        },
      },
    }],
    calls: [["c1", "fs_read", {}, "error", { text: "[]" }], ["c2", "execute_bash", {}, "error", {
      exit_status: "1",
    }]],
    start: S,
  },
  "Zed: threads of older versions": {
    format: "zed",
    lines: [{
      messages: [
        {
          id: 1,
          role: "assistant",
          segments: [],
          tool_uses: [{ id: "c1", name: "grep", input: {} }],
          tool_results: [],
        },
        {
          id: 2,
          role: "user",
          segments: [],
          tool_uses: [],
          tool_results: [{ tool_use_id: "c1", is_error: true, content: "no" }],
        },
      ],
    }],
    calls: [["c1", "grep", {}, "error", { text: "no" }]],
  },
  "Continue: an output that state and message have is one result": {
    format: "continue",
    lines: [{
      history: [
        {
          message: {
            role: "assistant",
            content: "",
            toolCalls: [
              { id: "c1", type: "function", function: { name: "ls", arguments: "{}" } },
              { id: "c2", type: "function", function: { name: "rm", arguments: "{}" } },
            ],
          },
          contextItems: [],
          toolCallStates: [
            { toolCallId: "c1", status: "done", output: [{ content: "a" }] },
            { toolCallId: "c2", status: "canceled" },
          ],
        },
        { message: { role: "tool", content: "a", toolCallId: "c1" }, contextItems: [] },
      ],
    }],
    calls: [["c1", "ls", {}, "ok", { text: "a" }], ["c2", "rm", {}, "error", { status: "canceled" }]],
  },
  "Copilot Chat: parts of a request without rounds, the last state of each": {
    format: "copilot-chat",
    lines: [{
      requests: [{
        requestId: "r",
        timestamp: 1_767_323_045_000,
        response: [
          {
            kind: "toolInvocationSerialized",
            toolId: "run_in_terminal",
            toolCallId: "c1",
            isComplete: false,
          },
          {
            kind: "toolInvocationSerialized",
            toolId: "run_in_terminal",
            toolCallId: "c1",
            toolSpecificData: {
              kind: "terminal",
              commandLine: { original: "ls" },
              terminalCommandState: { exitCode: 1 },
              terminalCommandOutput: { text: "no" },
            },
          },
        ],
      }],
    }],
    calls: [["c1", "run_in_terminal", { command: "ls" }, "error", { text: "no" }]],
    start: S,
  },
  "Copilot Chat: a journal of changes": {
    format: "copilot-chat",
    lines: [
      { kind: 0, v: { version: 3, sessionId: "s", requests: [] } },
      { kind: 2, k: ["requests"], v: [{ requestId: "r", timestamp: S, response: [], result: {} }] },
      { kind: 2, k: ["requests", 0, "response"], v: [{ kind: "toolInvocationSerialized", toolId: "old" }] },
      {
        kind: 2,
        k: ["requests", 0, "response"],
        i: 0,
        v: [
          { kind: "toolInvocationSerialized", toolId: "copilot_readFile", toolCallId: "c1" },
          {
            kind: "toolInvocationSerialized",
            toolId: "run_in_terminal",
            toolCallId: "c2",
            toolSpecificData: { commandLine: { original: "pytest" } },
            resultDetails: { input: "pytest", output: [{ type: "embed", value: "3 passed" }] },
          },
        ],
      },
      { kind: 1, k: ["requests", 0, "modelState"], v: { value: 1 } },
      { kind: 3, k: ["customTitle"] },
    ],
    calls: [["c1", "copilot_readFile", {}], ["c2", "run_in_terminal", { command: "pytest" }, "ok", {
      text: "3 passed",
    }]],
    start: S,
  },
  "Bedrock: a message of a session of Strands": {
    format: "bedrock",
    lines: [{
      message: { role: "assistant", content: [{ toolUse: { toolUseId: "c1", name: "pay", input: {} } }] },
      message_id: 1,
      created_at: S,
    }],
    calls: [["c1", "pay", {}]],
    start: S,
  },
  "OpenHands: outputs of older evaluations, with pairs of an action and its observation": {
    format: "openhands",
    lines: [{
      instance_id: "i",
      history: [[
        { id: 1, source: "agent", action: "run", args: { command: "ls" } },
        { id: 2, source: "agent", observation: "run", cause: 1, content: "a", extras: { exit_code: 2 } },
      ]],
    }],
    calls: [[undefined, "run", { command: "ls" }, "error", { text: "a" }]],
  },
  "LlamaIndex: a chat store": {
    format: "llama-index",
    lines: [{
      class_name: "SimpleChatStore",
      store: {
        key: [
          {
            role: "assistant",
            additional_kwargs: {},
            blocks: [{ block_type: "tool_call", tool_call_id: "c1", tool_name: "pay", tool_kwargs: "{}" }],
          },
          {
            role: "tool",
            additional_kwargs: { tool_call_id: "c1" },
            blocks: [{ block_type: "text", text: "paid" }],
          },
        ],
      },
    }],
    calls: [["c1", "pay", {}, "ok", { text: "paid" }]],
  },
  "ACP: the tool that an agent names in its metadata, its last state": {
    format: "acp",
    lines: [
      {
        jsonrpc: "2.0",
        id: 1,
        method: "session/request_permission",
        params: { sessionId: "s", toolCall: { toolCallId: "c1", rawInput: { path: "a" } } },
      },
      update({ sessionUpdate: "tool_call", kind: "read", _meta: { claudeCode: { toolName: "Read" } } }),
      update({ sessionUpdate: "tool_call_update", status: "failed", rawOutput: { error: "no" } }),
      { jsonrpc: "2.0", id: 1, result: {} },
    ],
    calls: [["c1", "Read", { path: "a" }, "error", { error: "no" }]],
    skipped: [/1 × message "response"/],
  },
  "AG-UI: chunks have no end of their own": {
    format: "ag-ui",
    lines: [
      { type: "TOOL_CALL_CHUNK", toolCallId: "c1", toolCallName: "pay", delta: '{"cents":' },
      { type: "TOOL_CALL_CHUNK", toolCallId: "c1", delta: "5}" },
      { type: "MESSAGES_SNAPSHOT", messages: [{ role: "assistant", toolCalls: [{ id: "c1" }] }] },
      { type: "TOOL_CALL_CHUNK", toolCallId: "c2", toolCallName: "pay", delta: '{"cents":' },
    ],
    calls: [["c1", "pay", { cents: 5 }]],
    skipped: [/not completed by the model/, /MESSAGES_SNAPSHOT/],
  },
  "OpenTelemetry logs: what coding agents send": {
    format: "otel-logs",
    lines: [logs(
      record("claude_code.user_prompt", { "session.id": "s" }),
      record("claude_code.tool_result", {
        "session.id": "s",
        tool_name: "Bash",
        tool_parameters: '{"bash_command":"ls"}',
        success: "false",
        error: "exit 1",
      }),
      record("gemini_cli.tool_call", {
        "session.id": "s",
        function_name: "read_file",
        function_args: "{}",
        success: "true",
      }),
    )],
    calls: [[undefined, "Bash", { bash_command: "ls" }, "error", { text: "exit 1" }], [
      undefined,
      "read_file",
      {},
    ]],
    start: S,
  },
  "OpenTelemetry logs: events of the conventions for GenAI, of which later ones repeat the history": {
    format: "otel-logs",
    lines: [1, 2].map((n) => ({
      body: n === 1
        ? {
          index: 0,
          finish_reason: "tool_calls",
          message: {
            tool_calls: [{ id: "c1", type: "function", function: { name: "pay", arguments: "{}" } }],
          },
        }
        : { id: "c1", content: "paid" },
      severity_number: 9,
      attributes: { "event.name": n === 1 ? "gen_ai.choice" : "gen_ai.tool.message" },
      timestamp: S,
      trace_id: "0x01",
      span_id: `0x0${n}`,
    })),
    calls: [["c1", "pay", {}, "ok", { text: "paid" }]],
  },
  "Gemini: a history without ids is known by what came before, and a call that is made again is another": {
    format: "exchanges",
    lines: [
      { request: asked(), response: answered(pay(5)) },
      { request: asked(model(pay(5)), paid("one")), response: answered(pay(5)) },
      {
        request: asked(model(pay(5)), paid("one"), model(pay(5)), paid("two")),
        response: answered({ text: "done" }),
      },
      { request: asked(), response: answered(pay(5)) },
      { request: asked(model(pay(5)), paid("three")), response: [answered(pay(6)), answered(pay(7))] },
    ],
    calls: [
      [undefined, "pay", { cents: 5 }, "ok", { result: "one" }],
      [undefined, "pay", { cents: 5 }, "ok", { result: "two" }],
      [undefined, "pay", { cents: 5 }, "ok", { result: "three" }],
      [undefined, "pay", { cents: 6 }],
      [undefined, "pay", { cents: 7 }],
    ],
    skipped: [/5 × call or answer that a request repeats/],
  },
  "Bedrock: requests and answers of Converse": {
    format: "exchanges",
    lines: [
      {
        request: { messages: [] },
        response: {
          output: {
            message: {
              role: "assistant",
              content: [{ toolUse: { toolUseId: "c1", name: "pay", input: {} } }],
            },
          },
          stopReason: "tool_use",
        },
      },
      {
        request: {
          messages: [
            { role: "assistant", content: [{ toolUse: { toolUseId: "c1", name: "pay", input: {} } }] },
            {
              role: "user",
              content: [{ toolResult: { toolUseId: "c1", status: "error", content: [{ text: "no" }] } }],
            },
          ],
        },
        response: {
          output: { message: { role: "assistant", content: [{ text: "sorry" }] } },
          stopReason: "end_turn",
        },
      },
    ],
    calls: [["c1", "pay", {}, "error", { text: "no" }]],
  },
  "an HTTP archive: what is not about a model is counted": {
    format: "exchanges",
    lines: [{
      log: {
        version: "1.2",
        entries: [
          { startedDateTime: S, request: { method: "GET" }, response: { content: { text: "<html>" } } },
          {
            startedDateTime: S,
            request: { postData: { text: JSON.stringify(chat) } },
            response: { content: { encoding: "base64", text: btoa(JSON.stringify(chatAnswer)) } },
          },
        ],
      },
    }],
    calls: [["c1", "pay", {}]],
    skipped: [/1 × entry that is no exchange/],
    start: S,
  },
  "a cassette": {
    format: "exchanges",
    lines: [{
      version: 1,
      interactions: [{
        request: { body: JSON.stringify(chat), uri: "x" },
        response: { body: { string: JSON.stringify(chatAnswer) } },
      }],
    }],
    calls: [["c1", "pay", {}]],
  },
  "Helicone and LiteLLM": {
    format: "exchanges",
    lines: [
      { request_body: chat, response_body: chatAnswer, request_created_at: S },
      {
        call_type: "completion",
        ...chat,
        response: {
          choices: [{
            message: {
              role: "assistant",
              tool_calls: [{ id: "c2", function: { name: "log", arguments: "{}" } }],
            },
          }],
        },
      },
    ],
    calls: [["c1", "pay", {}], ["c2", "log", {}]],
    start: S,
  },
};

const position = (i: number) => `line ${i + 1}`;

for (const [name, { format, lines: values, calls, skipped = [], start }] of Object.entries(CASES)) {
  Deno.test(name, () => {
    assert.equal(detectFormat({ values, position }), format);
    const { readings } = READERS[format].read({ values, position });
    const found = readings.flatMap(({ transcript }) =>
      transcript.calls.map(({ id, tool, args }, i) => {
        const answers = transcript.answers.filter(({ call }) => call === i);
        return [id, tool, args, ...answers.flatMap(({ status, result }) => [status, result])];
      })
    );
    assert.deepEqual(found, calls);
    const reasons = readings.flatMap(({ transcript }) => transcript.skipped.map(({ reason }) => reason));
    for (const expected of skipped) {
      assert.ok(reasons.some((reason) => expected.test(reason)), `${expected} in ${reasons.join("; ")}`);
    }
    if (start !== undefined) assert.equal(readings[0]!.transcript.start, start);
  });
}

const REFUSED: Readonly<Record<string, readonly [Format, JsonValue[]]>> = {
  "hooks: an event that tells of a call in another form": ["hooks", [
    hook("PreToolUse", ls),
    hook("afterShellExecution", { command: "ls", output: "a" }),
  ]],
  "Gemini: a shortened history, whose calls may repeat earlier ones": ["exchanges", [
    { request: asked(), response: answered(pay(5)) },
    { request: asked(model(pay(5)), paid("one")), response: answered(pay(6)) },
    { request: asked(model(pay(6)), paid("two")), response: answered({ text: "done" }) },
  ]],
  "ACP: a call by MCP in the same log": ["acp", [
    update({ sessionUpdate: "tool_call", kind: "read" }),
    { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "pay" } },
  ]],
  "smolagents: the error of a call without the call": ["smolagents", [
    {
      step_number: 1,
      tool_calls: [{ id: "c1", type: "function", function: { name: "pay", arguments: {} } }],
      observations: "paid",
    },
    {
      step_number: 2,
      tool_calls: [],
      observations: null,
      error: { type: "AgentToolExecutionError", message: "no" },
    },
  ]],
  "AG-UI: the end of a call that was not begun": ["ag-ui", [{ type: "TOOL_CALL_END", toolCallId: "c1" }]],
};

for (const [name, [format, values]] of Object.entries(REFUSED)) {
  Deno.test(`${name} is refused`, () => {
    assert.equal(detectFormat({ values, position }), format);
    assert.throws(
      () => READERS[format].read({ values, position }),
      (error) => error instanceof GaitError && /form that is not known/.test(error.message),
    );
  });
}

Deno.test("a journal that changes what is not there is refused", () => {
  const snapshot = { kind: 0, v: { requests: [] } };
  const call = { kind: "toolInvocationSerialized", toolId: "t", toolCallId: "c1" };
  const changes = [
    { kind: 2, k: ["requests", 0, "response"], v: [call] },
    { kind: 1, k: ["requests", 7], v: { response: [call] } },
    { kind: 1, k: ["nothing", "here"], v: call },
  ];
  for (const change of changes) {
    const values = [snapshot, change];
    assert.equal(detectFormat({ values, position }), "copilot-chat");
    assert.throws(() => READERS["copilot-chat"].read({ values, position }), /line 2: it changes a part/);
  }
});

Deno.test("no reader of these throws anything but a GaitError, whatever a member is replaced by", () => {
  const replaced = (value: JsonValue, at: { left: number }, by: JsonValue): JsonValue => {
    if (at.left-- === 0) return by;
    if (Array.isArray(value)) return value.map((item) => replaced(item, at, by));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, at, by)]));
  };
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(CASES)),
      fc.nat(60),
      fc.jsonValue({ maxDepth: 2 }),
      fc.option(fc.constantFrom(...FORMATS), { nil: undefined, freq: 3 }),
      ({ format, lines }, at, by, other) => {
        const values = replaced([...lines], { left: at + 1 }, by as JsonValue) as JsonValue[];
        try {
          READERS[other ?? format].read({ values, position });
        } catch (error) {
          if (!(error instanceof GaitError)) throw error;
          assert.equal(error.code, "invalid_input");
        }
      },
    ),
    { numRuns: 1500 },
  );
});
