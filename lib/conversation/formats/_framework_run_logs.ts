/** Runs of agent frameworks as their databases, tools and events keep them, with the calls that they tell of. */
import type { JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const modelSpan = (id: string, messages: JsonValue, message: JsonValue) => ({
  traceId: "01",
  spanId: id,
  startTime: 1_767_323_045_000 + id.charCodeAt(0),
  attributes: {
    "genkit:name": "m",
    "genkit:metadata:subtype": "model",
    "genkit:input": JSON.stringify({ messages }),
    "genkit:output": JSON.stringify({ message }),
  },
});
const agnoRun = (run: string, messages: JsonValue, tools: JsonValue) => ({
  run_id: run,
  agent_id: "a",
  session_id: "s",
  messages,
  tools,
});
const agnoCall = (message: string, id: string, fromHistory: boolean) => ({
  id: message,
  role: "assistant",
  from_history: fromHistory,
  tool_calls: [{ id, type: "function", function: { name: "pay", arguments: "{}" } }],
});
const llmResponse = (time: string) => ({
  id: time,
  conversation_id: "c",
  model: "m",
  datetime_utc: time,
  tool_calls: [] as JsonValue[],
  tool_results: [] as JsonValue[],
});
const toolEvent = (event: string, run: string, data: JsonValue) => ({
  event,
  name: "pay",
  run_id: run,
  parent_ids: ["g"],
  data,
});

export const FRAMEWORK_RUN_LOGS: Readonly<Record<string, LogCase>> = {
  "Genkit: a trace of a model alone has its calls in the answers, their results in later requests": {
    format: "genkit",
    lines: [{
      traces: [{
        traceId: "01",
        spans: {
          a: modelSpan("a", [], {
            role: "model",
            content: [{ text: "I pay" }, { toolRequest: { ref: "c1", name: "pay", input: {} } }],
          }),
          b: modelSpan("b", [
            { role: "model", content: [{ toolRequest: { ref: "c1", name: "pay", input: {} } }] },
            { role: "tool", content: [{ toolResponse: { ref: "c1", name: "pay", output: "paid" } }] },
          ], { role: "model", content: [{ text: "done" }] }),
        },
      }],
    }],
    calls: [["c1", "pay", {}, "ok", { text: "paid" }]],
  },
  "Genkit: messages; a request that was cut off is listed": {
    format: "genkit",
    lines: [
      { role: "user", content: [{ text: "go" }, { media: { url: "data:" } }] },
      {
        role: "model",
        content: [
          { toolRequest: { ref: "c1", name: "pay", input: { cents: 5 } } },
          { toolRequest: { ref: "c2", name: "pay", partial: true } },
        ],
      },
      {
        role: "tool",
        content: [{ toolResponse: { ref: "c1", name: "pay", output: { error: "no money" } } }],
      },
    ],
    calls: [["c1", "pay", { cents: 5 }, "error", { error: "no money" }]],
    skipped: [/not completed by the model/],
  },
  "Agno: a run that goes on has its history again, and results that only its tools have": {
    format: "agno",
    lines: [
      agnoRun("r1", [agnoCall("m1", "c1", false)], [{ tool_call_id: "c1", tool_name: "pay", tool_args: {} }]),
      agnoRun("r2", [agnoCall("m1", "c1", true), agnoCall("m2", "c2", false)], [
        { tool_call_id: "c2", tool_name: "pay", tool_args: {}, tool_call_error: false, result: "paid" },
        { tool_call_id: "c3", tool_name: "pay", tool_args: {}, tool_call_error: true, result: "no" },
      ]),
      agnoRun("r1", [
        agnoCall("m1", "c1", false),
        { id: "m3", role: "tool", tool_call_id: "c1", content: "rejected", tool_call_error: true },
      ], []),
    ],
    calls: [
      ["c1", "pay", {}, "error", { text: "rejected" }],
      ["c2", "pay", {}, "ok", { text: "paid" }],
      ["c3", "pay", {}, "error", { text: "no" }],
    ],
    skipped: [/2 × message that is there already/],
  },
  "Agno: the run of a member is behind that of its team, and once": {
    format: "agno",
    lines: [{
      session_id: "s",
      runs: JSON.stringify([
        { ...agnoRun("r2", [agnoCall("m2", "c2", false)], []), parent_run_id: "r1" },
        {
          ...agnoRun("r1", [agnoCall("m1", "c1", false)], []),
          member_responses: [{ ...agnoRun("r2", [agnoCall("m2", "c2", false)], []), parent_run_id: "r1" }],
        },
      ]),
    }],
    calls: [["c1", "pay", {}], ["c2", "pay", {}]],
  },
  "Agent Framework: an exception is a failure, also in a message of .NET": {
    format: "agent-framework",
    lines: [
      {
        type: "message",
        role: { type: "role", value: "assistant" },
        contents: [
          { type: "text", text: "I pay" },
          { type: "function_call", call_id: "c1", name: "pay", arguments: '{"cents":5}' },
        ],
      },
      {
        type: "message",
        role: "tool",
        contents: [{ type: "function_result", call_id: "c1", exception: "ValueError", result: "Error" }],
      },
      {
        role: "assistant",
        createdAt: "2026-01-02T03:04:05Z",
        contents: [{ $type: "functionCall", callId: "c2", name: "pay", arguments: { cents: 6 } }],
      },
      { role: "tool", contents: [{ $type: "functionResult", callId: "c2", result: "paid" }] },
    ],
    calls: [
      ["c1", "pay", { cents: 5 }, "error", { text: "Error" }],
      ["c2", "pay", { cents: 6 }, "ok", { text: "paid" }],
    ],
    start: "2026-01-02T03:04:05Z",
  },
  "Agent Framework: a call that needs an approval is one, and one that a person rejects failed": {
    format: "agent-framework",
    lines: [
      {
        role: "assistant",
        contents: [
          { type: "function_call", call_id: "c1", name: "pay", arguments: "{}" },
          { type: "function_approval_request", id: "a1", function_call: { call_id: "c1", name: "pay" } },
          {
            type: "function_approval_request",
            id: "a2",
            function_call: { type: "function_call", call_id: "c2", name: "pay", arguments: "{}" },
          },
        ],
      },
      {
        role: "user",
        contents: [{ type: "function_approval_response", approved: false, function_call: { call_id: "c1" } }],
      },
      {
        role: "tool",
        contents: [
          {
            type: "function_result",
            call_id: "c1",
            result: "Error: Tool call invocation was rejected by user.",
          },
          { type: "function_result", call_id: "c2", result: [{ type: "text", text: "paid" }] },
        ],
      },
    ],
    calls: [
      ["c1", "pay", {}, "error", { text: "Error: Tool call invocation was rejected by user." }],
      ["c2", "pay", {}, "ok", { text: "paid" }],
    ],
  },
  "LLM: responses in their order, of which the next one has the results": {
    format: "llm",
    lines: [
      {
        ...llmResponse("2026-01-02T03:04:06+00:00"),
        tool_results: [
          { tool_call_id: "c1", name: "pay", output: "Error: 0 cents", exception: null },
          { tool_call_id: "c2", name: "pay", output: "Error: no money", exception: "ValueError: no money" },
        ],
      },
      {
        ...llmResponse("2026-01-02T03:04:05+00:00"),
        tool_calls: ["c1", "c2"].map((id) => ({ tool_call_id: id, name: "pay", arguments: {} })),
      },
    ],
    calls: [
      ["c1", "pay", {}, "ok", { text: "Error: 0 cents" }],
      ["c2", "pay", {}, "error", { text: "Error: no money" }],
    ],
    start: "2026-01-02T03:04:05Z",
  },
  "LangChain events: a call by its run, with the id that its end tells": {
    format: "langchain-events",
    lines: [
      toolEvent("on_tool_start", "r1", { input: { cents: 5 } }),
      toolEvent("on_tool_start", "r2", { input: { cents: 6 } }),
      toolEvent("on_tool_error", "r2", { error: "no money", input: { cents: 6 }, tool_call_id: "c2" }),
      toolEvent("on_tool_end", "r1", {
        input: { cents: 5 },
        output: { type: "tool", content: "paid", tool_call_id: "c1", status: "success" },
      }),
      toolEvent("on_tool_end", "r1", { output: "again" }),
      toolEvent("on_tool_end", "r3", { input: {}, output: { paid: 0 } }),
      toolEvent("on_chain_end", "g", { output: { messages: [{ type: "ai", tool_calls: [{ id: "c1" }] }] } }),
    ],
    calls: [
      ["c1", "pay", { cents: 5 }, "ok", { text: "paid" }],
      ["c2", "pay", { cents: 6 }, "error", { text: "no money" }],
      ["r3", "pay", {}, "ok", { paid: 0 }],
    ],
    skipped: [/second end of a call/, /1 × event "on_chain_end"/],
  },
  "Letta: an agent file, with a call that a person approved and the returns of two calls in one message": {
    format: "letta-file",
    lines: [{
      agents: [{
        in_context_message_ids: [],
        messages: [
          {
            role: "approval",
            created_at: "2026-01-02T03:04:05Z",
            tool_calls: ["c1", "c2"].map((id) => ({ id, function: { name: "pay", arguments: "{}" } })),
          },
          { role: "approval", content: null, tool_calls: null },
          {
            role: "tool",
            content: [{ type: "text", text: "both" }],
            tool_returns: [
              { tool_call_id: "c1", status: "error", func_response: "no money" },
              { tool_call_id: "c2", status: "success", func_response: '{"status":"OK"}' },
            ],
          },
        ],
      }],
      groups: [],
      blocks: [],
    }],
    calls: [
      ["c1", "pay", {}, "error", { text: "no money" }],
      ["c2", "pay", {}, "ok", { status: "OK" }],
    ],
    start: "2026-01-02T03:04:05Z",
  },
  "DSPy: the steps of a trajectory in their order, without those that it dropped": {
    format: "dspy",
    lines: [{
      reasoning: "r",
      trajectory: {
        tool_name_10: "finish",
        tool_args_10: {},
        observation_10: "Completed.",
        tool_name_9: "pay",
        tool_args_9: { cents: 6 },
        observation_9: "Execution error in pay: no money",
        tool_name_2: "pay",
        tool_args_2: { cents: 5 },
        observation_2: "Execution error in 1 of 2 shops",
      },
    }],
    calls: [
      [undefined, "pay", { cents: 5 }, "ok", { text: "Execution error in 1 of 2 shops" }],
      [undefined, "pay", { cents: 6 }, "error", { text: "Execution error in pay: no money" }],
    ],
    skipped: [/2 × step that DSPy dropped/],
  },
};
