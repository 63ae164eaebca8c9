/** Logs of services, telemetry and recorders of HTTP, with the calls that they tell of. */
import type { JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const S = "2026-01-02T03:04:05Z";
export const asked = (...contents: JsonValue[]) => ({
  contents: [{ role: "user", parts: [{ text: "go" }] }, ...contents],
});
export const model = (...parts: JsonValue[]) => ({ role: "model", parts });
export const pay = (cents: number) => ({ functionCall: { name: "pay", args: { cents } } });
export const paid = (note: string) => ({
  role: "user",
  parts: [{ functionResponse: { name: "pay", response: { result: note } } }],
});
export const answered = (...parts: JsonValue[]) => ({ candidates: [{ content: model(...parts) }] });
const chat = { messages: [{ role: "user", content: "pay" }] };
const chatAnswer = {
  choices: [{
    message: { role: "assistant", tool_calls: [{ id: "c1", function: { name: "pay", arguments: "{}" } }] },
  }],
};
const attributesOf = (attributes: Record<string, string>) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
const record = (name: string, attributes: Record<string, string>) => ({
  timeUnixNano: "1767323045000000000",
  body: { stringValue: name },
  attributes: attributesOf(attributes),
});
const logs = (...logRecords: JsonValue[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const codeSpan = (
  [id, parent, name]: [string, string, string],
  attributes: Record<string, string>,
  more: Record<string, JsonValue> = {},
) => ({
  traceId: "01",
  spanId: id,
  parentSpanId: parent,
  name: `claude_code.${name}`,
  startTimeUnixNano: "1767323045000000000",
  attributes: attributesOf(attributes),
  ...more,
});
const step = (more: Record<string, JsonValue>) => ({ object: "thread.run.step", thread_id: "t", ...more });
const toolStep = (status: string, ...calls: JsonValue[]) =>
  step({ status, step_details: { type: "tool_calls", tool_calls: calls } });

export const SERVICE_LOGS: Readonly<Record<string, LogCase>> = {
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
      record("claude_code.tool_result", {
        "session.id": "s",
        tool_name: "mcp_tool",
        tool_use_id: "t1",
        tool_parameters: '{"mcp_server_name":"bank","mcp_tool_name":"pay"}',
        tool_input: '{"cents":5}',
      }),
      record("claude_code.tool_result", { "session.id": "s", tool_name: "mcp_tool", tool_use_id: "t2" }),
    )],
    calls: [
      [undefined, "Bash", { bash_command: "ls" }, "error", { text: "exit 1" }],
      [undefined, "read_file", {}],
      ["t1", "mcp__bank__pay", { cents: 5 }],
      ["t2", "mcp_tool", { raw: "" }],
    ],
    start: S,
  },
  "OpenTelemetry traces: Claude Code's spans, the failure of a call in the span inside, an agent's calls its own":
    {
      format: "otel",
      lines: [{
        resourceSpans: [{
          scopeSpans: [{
            spans: [
              codeSpan(["01", "", "interaction"], {}),
              codeSpan(["02", "01", "llm_request"], { "gen_ai.response.finish_reasons": "tool_use" }),
              codeSpan(["03", "01", "tool"], { tool_name: "Agent", tool_use_id: "t1", subagent_type: "x" }),
              codeSpan(["04", "03", "tool.blocked_on_user"], {}),
              codeSpan(["05", "03", "tool.execution"], { tool_use_id: "t1" }),
              codeSpan(["06", "05", "tool"], { tool_name: "Bash", tool_use_id: "t2", full_command: "ls" }, {
                events: [{ name: "tool.output", attributes: attributesOf({ output: "a" }) }],
              }),
              codeSpan(["07", "06", "tool.execution"], { tool_use_id: "t2" }, { status: { code: 0 } }),
              codeSpan(["08", "01", "tool"], { tool_name: "mcp__bank__pay", tool_use_id: "t3" }),
              codeSpan(["09", "08", "tool.execution"], { tool_use_id: "t3" }, {
                status: { code: 2, message: "no such account" },
              }),
            ],
          }],
        }],
      }],
      calls: [
        ["t1", "Agent", { subagent_type: "x" }],
        ["t2", "Bash", { full_command: "ls" }, "ok", { output: "a" }],
        ["t3", "mcp__bank__pay", { raw: "" }, "error", { text: "no such account" }],
      ],
      skipped: [/3 of 9 spans call no tool/],
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
            response: {
              content: {
                encoding: "base64",
                text: btoa(JSON.stringify(chatAnswer)).replaceAll(/(.{60})/g, "$1\n"),
              },
            },
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
