/** Events and memories of agent frameworks that report a call more than once, with the calls that they tell of. */
import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const called = { tool_id: "pay", tool_name: "pay", tool_kwargs: { cents: 5 } };
const resultOf = (raw_output: JsonValue, is_error: boolean) => ({
  ...called,
  tool_output: { tool_name: "pay", raw_input: {}, raw_output, is_error, content: "text" },
});
const outputOf = (...tool_calls: JsonValue[]) => ({
  response: { role: "assistant", additional_kwargs: {}, blocks: [] },
  current_agent_name: "a",
  tool_calls,
});
const logged = (class_name: string, more: JsonObject) => ({ class_name, id_: class_name, ...more });
const record = (uuid: string, role_at_backend: string, message: JsonObject) => ({
  uuid,
  role_at_backend,
  message,
});
const event = (event_kind: string, part: JsonObject) => ({ event_kind, index: 0, part });
const piece = { part_kind: "tool-call", tool_name: "pay", tool_call_id: "c1", args: { cents: 5 } };

export const FRAMEWORK_EVENT_LOGS: Readonly<Record<string, LogCase>> = {
  "LlamaIndex: equal calls with the id of their tool are two, however often they are reported": {
    format: "llama-index-events",
    lines: [
      outputOf(called),
      called,
      resultOf({ paid: 5 }, false),
      { delta: "x", response: "x", current_agent_name: "a", tool_calls: [called] },
      outputOf(called),
      called,
      resultOf("no money", true),
      {
        __is_pydantic: true,
        value: { result: outputOf(called, called) },
        qualified_name: "workflows.events.StopEvent",
      },
    ],
    calls: [
      ["pay", "pay", { cents: 5 }, "ok", { paid: 5 }],
      ["pay", "pay", { cents: 5 }, "error", { text: "text" }],
    ],
  },
  "LlamaIndex: the instrumentation of an agent that calls by text, and of one that failed": {
    format: "llama-index-events",
    lines: [
      logged("AgentToolCallEvent", { tool: { name: "log" }, arguments: '{"a": 1}' }),
      logged("LLMChatEndEvent", {
        messages: [],
        response: {
          message: {
            role: "assistant",
            additional_kwargs: {},
            blocks: [{ block_type: "tool_call", tool_call_id: "c1", tool_name: "pay", tool_kwargs: "{}" }],
          },
        },
      }),
      logged("AgentToolCallEvent", { tool: { name: "pay" }, arguments: "{}" }),
      logged("SpanDropEvent", {
        err_str: "no",
        tags: {
          "llamaindex.step.input_event": "ToolCall",
          "llamaindex.step.input_summary": "ToolCall(tool_name='pay', tool_kwargs={}, tool_id='c1')",
        },
      }),
      ...[1, 2].map(() =>
        logged("LLMChatStartEvent", {
          messages: [{ role: "tool", additional_kwargs: { tool_call_id: "c1" }, blocks: [], content: "no" }],
        })
      ),
    ],
    calls: [[undefined, "log", { a: 1 }], ["c1", "pay", {}, "error", { text: "no" }]],
    skipped: [/1 × event of a call that the model asked for/],
  },
  "CAMEL: a memory that was saved twice into one file, of the form before calls were in messages": {
    format: "camel",
    lines: [1, 2].flatMap(() => [
      record("u1", "assistant", { func_name: "pay", args: { cents: 5 }, tool_call_id: "c1", result: null }),
      record("u2", "function", { func_name: "pay", tool_call_id: "c1", result: "Tool execution failed: no" }),
    ]),
    calls: [["c1", "pay", { cents: 5 }, "error", { text: "Tool execution failed: no" }]],
    skipped: [/record that is there already/],
  },
  "Pydantic AI: events tell of a call three times; one whose stream broke off is listed": {
    format: "pydantic-ai",
    lines: [
      event("part_start", { ...piece, args: "" }),
      { event_kind: "part_delta", index: 0, delta: { args_delta: "{", tool_call_id: "c1" } },
      event("part_end", piece),
      event("function_tool_call", piece),
      event("function_tool_result", {
        part_kind: "tool-return",
        tool_name: "pay",
        tool_call_id: "c1",
        content: "no",
        outcome: "failed",
      }),
      event("part_start", { ...piece, tool_call_id: "c2", args: "" }),
    ],
    calls: [["c1", "pay", { cents: 5 }, "error", { text: "no" }]],
    skipped: [/not complete when the stream broke off/],
  },
  "Amp: runs that ended in each way, and one that still goes on": {
    format: "amp",
    lines: [{
      v: 3,
      id: "T-1",
      messages: [
        {
          role: "assistant",
          meta: { sentAt: 1_767_323_045_000 },
          content: ["a", "b", "c", "d"].map((id) => ({
            type: "tool_use",
            id,
            name: "Bash",
            input: { cmd: id },
            complete: id !== "d",
          })),
        },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              toolUseID: "a",
              run: { status: "done", result: { output: "x", exitCode: 0 } },
            },
            { type: "tool_result", toolUseID: "b", run: { status: "rejected-by-user", reason: "no" } },
            { type: "tool_result", toolUseID: "c", run: { status: "in-progress" } },
          ],
        },
        { role: "info", content: [{ type: "summary", summary: { type: "message", summary: "s" } }] },
      ],
    }],
    calls: [
      ["a", "Bash", { cmd: "a" }, "ok", { output: "x", exitCode: 0 }],
      ["b", "Bash", { cmd: "b" }, "error", { text: "no" }],
      ["c", "Bash", { cmd: "c" }],
    ],
    skipped: [/not completed by the model/, /result of a call that is "in-progress"/],
    start: "2026-01-02T03:04:05Z",
  },
  "smolagents: an error that names one of the calls of its step": {
    format: "smolagents",
    lines: [{
      step_number: 1,
      tool_calls: [],
      observations: null,
      error: { type: "AgentToolExecutionError", message: "Error executing tool 'pay' with arguments {}: no" },
      model_output_message: {
        tool_calls: ["get", "pay"].map((name) => ({
          id: name,
          type: "function",
          function: { name, arguments: {} },
        })),
      },
    }],
    calls: [["get", "get", {}], [
      "pay",
      "pay",
      {},
      "error",
      { text: "Error executing tool 'pay' with arguments {}: no" },
    ]],
  },
  "Haystack: a component that goes on with the messages of another repeats them": {
    format: "haystack",
    lines: [{
      first: {
        messages: [{ role: "assistant", meta: {}, content: [{ tool_name: "pay", arguments: {}, id: "c1" }] }],
      },
      second: {
        messages: [
          { role: "assistant", meta: {}, content: [{ tool_name: "pay", arguments: {}, id: "c1" }] },
          {
            role: "tool",
            meta: {},
            content: [{ result: "no", error: true, origin: { tool_name: "pay", arguments: {}, id: "c1" } }],
          },
        ],
      },
    }],
    calls: [["c1", "pay", {}, "error", { text: "no" }]],
  },
};
