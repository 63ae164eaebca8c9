/** Logs of agent frameworks, with the calls that they tell of. */
import type { LogCase } from "./_log_case.ts";

const S = "2026-01-02T03:04:05Z";

/** The messages of a graph, whose ids tell which are the same. */
const graph = [
  { type: "human", content: "go", id: "m1" },
  { type: "ai", content: "", tool_calls: [{ id: "c1", name: "pay", args: {} }], id: "m2" },
  { type: "tool", content: "paid", tool_call_id: "c1", id: "m3" },
];

const autogenCall = (id: string) => ({ id, name: "pay", arguments: "{}" });
const autogenResult = (id: string) => ({ call_id: id, name: "pay", content: `paid ${id}`, is_error: false });
const autogenThread = [
  { id: "m1", type: "TextMessage", source: "user", content: "pay", created_at: "2026-01-02T03:04:05Z" },
  { id: "m2", type: "ToolCallRequestEvent", source: "a", content: [autogenCall("c1"), autogenCall("c2")] },
  {
    id: "m3",
    type: "ToolCallExecutionEvent",
    source: "a",
    content: [autogenResult("c1"), autogenResult("c2")],
  },
];

export const FRAMEWORK_LOGS: Readonly<Record<string, LogCase>> = {
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
        ...["pay", "other"].flatMap((name) => {
          const called = { id: name, plugin_name: "bank", function_name: "pay" };
          const result = `An error occurred while invoking the function bank-${name}: no`;
          return [
            { role: "assistant", items: [{ content_type: "function_call", ...called, arguments: "{}" }] },
            { role: "tool", items: [{ content_type: "function_result", ...called, result }] },
          ];
        }),
      ],
    }],
    calls: [
      ["c1", "bank-pay", {}, "ok", { text: "paid" }],
      ["pay", "bank-pay", {}, "error", {
        text: "An error occurred while invoking the function bank-pay: no",
      }],
      ["other", "bank-pay", {}, "ok", {
        text: "An error occurred while invoking the function bank-other: no",
      }],
    ],
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
  "Inspect: the events of calls have their times": {
    format: "inspect",
    lines: [{
      id: "1",
      epoch: 1,
      started_at: S,
      messages: [
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "c1", function: "pay", arguments: {} }, {
            id: "c2",
            function: "pay",
            arguments: {},
          }],
        },
        { role: "tool", tool_call_id: "c1", function: "pay", content: "paid" },
        { role: "tool", tool_call_id: "c2", function: "pay", content: "", error: { message: "no" } },
      ],
      events: [
        { event: "tool", id: "c1", timestamp: "not a time", completed: S },
        { event: "tool", id: "c2", timestamp: "not a time, and twice" },
        { event: "tool", id: "c2", timestamp: "not a time, and twice" },
      ],
    }],
    calls: [["c1", "pay", {}, "ok", { text: "paid" }], ["c2", "pay", {}, "error", { text: "no" }]],
    skipped: [/timestamp is not a readable time/],
    start: S,
  },
  "LangGraph: states in a row are one conversation, whichever comes first": {
    format: "langchain",
    lines: [
      { values: { messages: [] } },
      { values: { messages: graph.slice(0, 1) } },
      { messages: graph.slice(0, 2) },
      { channel_values: { messages: graph } },
      { messages: graph.slice(0, 2) },
      { messages: [{ ...graph[1], id: "other" }] },
      { messages: [{ type: "ai", content: "", tool_calls: [{ id: "c1", name: "pay", args: {} }] }] },
      { messages: [{ type: "ai", content: "", tool_calls: [{ id: "c1", name: "pay", args: {} }] }] },
    ],
    calls: [
      ["c1", "pay", {}, "ok", { text: "paid" }],
      ["c1", "pay", {}],
      ["c1", "pay", {}],
      ["c1", "pay", {}],
    ],
  },
  "AutoGen: a call in the thread of a team, in a team inside it and in the context of its agent is one": {
    format: "autogen",
    lines: [{
      type: "TeamState",
      agent_states: {
        a: {
          type: "ChatAgentContainerState",
          agent_state: {
            type: "AssistantAgentState",
            llm_context: {
              messages: [
                { type: "UserMessage", source: "user", content: "pay" },
                { type: "AssistantMessage", source: "a", content: [autogenCall("c1"), autogenCall("c2")] },
                {
                  type: "FunctionExecutionResultMessage",
                  content: [autogenResult("c1"), autogenResult("c2")],
                },
                { type: "AssistantMessage", source: "a", content: [autogenCall("c3")] },
              ],
            },
          },
          message_buffer: [],
        },
        b: { agent_state: { inner_team_state: { agent_states: { m: { message_thread: autogenThread } } } } },
        RoundRobinGroupChatManager: { type: "RoundRobinManagerState", message_thread: autogenThread },
      },
    }],
    calls: [
      ["c1", "pay", {}, "ok", { text: "paid c1" }],
      ["c2", "pay", {}, "ok", { text: "paid c2" }],
      ["c3", "pay", {}],
    ],
    start: "2026-01-02T03:04:05Z",
  },
};
