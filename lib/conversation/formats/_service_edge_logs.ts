import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const call = (name: string, parameters: JsonObject) => ({ name, parameters });
const toolResult = (name: string, parameters: JsonObject, output: JsonObject) => ({
  call: call(name, parameters),
  outputs: [output],
});
const started = (id: string, more: JsonObject = {}) => ({
  event_type: "interaction.created",
  interaction: { id, object: "interaction", status: "in_progress", created: "2026-01-02T03:04:05Z", ...more },
});
const step = (index: number, id: string) => ({
  event_type: "step.start",
  index,
  step: { type: "function_call", id, name: "pay", arguments: {} },
});
const piece = (index: number, text: string) => ({
  event_type: "step.delta",
  index,
  delta: { type: "arguments_delta", arguments: text },
});
const stop = (index: number) => ({ event_type: "step.stop", index });
const node = (kind: string, more: JsonObject): JsonValue => ({
  flowTraceEvent: { trace: { [kind]: { nodeName: "refund", timestamp: "2026-01-02T03:04:05Z", ...more } } },
});
const agentTrace = (orchestrationTrace: JsonObject) => ({ sessionId: "s", trace: { orchestrationTrace } });

/** Logs of services in forms that their samples do not have. */
export const SERVICE_EDGES: Readonly<Record<string, LogCase>> = {
  "Cohere: equal calls in one turn, results in another order, a stream that broke off, an answer given twice":
    {
      format: "cohere",
      lines: [
        {
          generation_id: "g1",
          text: "",
          finish_reason: "COMPLETE",
          tool_calls: [call("pay", { cents: 5 }), call("log", {}), call("pay", { cents: 5 })],
          chat_history: [{ role: "USER", message: "go" }],
        },
        {
          generation_id: "g1",
          text: "",
          finish_reason: "COMPLETE",
          tool_calls: [call("pay", { cents: 5 }), call("log", {}), call("pay", { cents: 5 })],
          chat_history: [{ role: "USER", message: "go" }],
        },
        {
          message: "",
          chat_history: [{
            role: "CHATBOT",
            message: "",
            tool_calls: [call("pay", { cents: 5 }), call("log", {}), call("pay", { cents: 5 })],
          }],
          tool_results: [
            toolResult("log", {}, { ok: true }),
            toolResult("pay", { cents: 5 }, { error: "no money" }),
            toolResult("pay", { cents: 5 }, { paid: 5 }),
          ],
        },
        { event_type: "stream-start", is_finished: false, generation_id: "g2" },
        {
          event_type: "tool-calls-chunk",
          is_finished: false,
          tool_call_delta: { index: 0, name: "pay", parameters: "{" },
        },
      ],
      calls: [
        [undefined, "pay", { cents: 5 }, "error", { error: "no money" }],
        [undefined, "log", {}, "ok", { ok: true }],
        [undefined, "pay", { cents: 5 }, "ok", { paid: 5 }],
      ],
      skipped: [/"g1" again/, /not complete when the stream broke off/, /3 × call or result that a history/],
    },
  "Interactions: one that is polled, tools of the service and of MCP, a history in the input": {
    format: "gemini-interactions",
    lines: [
      {
        id: "i1",
        object: "interaction",
        status: "in_progress",
        steps: [{ type: "google_search_call", id: "s1", arguments: { queries: ["x"] } }],
      },
      {
        id: "i1",
        object: "interaction",
        status: "requires_action",
        steps: [
          { type: "google_search_call", id: "s1", arguments: { queries: ["x"] } },
          { type: "google_search_result", call_id: "s1", result: [{ title: "y" }], is_error: false },
          {
            type: "mcp_server_tool_call",
            id: "m1",
            server_name: "bank",
            name: "pay",
            arguments: { cents: 5 },
          },
          { type: "mcp_server_tool_result", call_id: "m1", result: [{ type: "text", text: "paid" }] },
          { type: "function_call", id: "f1", name: "pay", arguments: { cents: 6 } },
          { type: "thought", signature: "x" },
        ],
      },
      {
        id: "i2",
        object: "interaction",
        status: "completed",
        input: [
          { type: "function_call", id: "f1", name: "pay", arguments: { cents: 6 } },
          { type: "function_result", call_id: "f1", name: "pay", result: "no", is_error: true },
        ],
        steps: [{ type: "model_output", content: [{ type: "text", text: "done" }] }],
      },
    ],
    calls: [
      ["s1", "google_search", { queries: ["x"] }, "ok", { text: '[{"title":"y"}]' }],
      ["m1", "pay", { cents: 5 }, "ok", { text: "paid" }],
      ["f1", "pay", { cents: 6 }, "error", { text: "no" }],
    ],
  },
  "Interactions: a stream with parallel calls and a large number, and one that broke off": {
    format: "gemini-interactions",
    lines: [
      started("i1"),
      step(0, "f1"),
      step(1, "f2"),
      piece(1, '{"id":12345678901234567890}'),
      piece(0, '{"cents"'),
      piece(0, ":5}"),
      stop(0),
      stop(1),
      { event_type: "interaction.completed", interaction: { id: "i1", status: "requires_action" } },
      { type: "function_result", call_id: "f2", name: "pay", result: { paid: 5 } },
      started("i2", { previous_interaction_id: "i1" }),
      step(0, "f3"),
      piece(0, '{"cents"'),
    ],
    calls: [
      ["f1", "pay", { cents: 5 }],
      ["f2", "pay", { id: "12345678901234567890" }, "ok", { paid: 5 }],
    ],
    skipped: [/1 × call that was not complete when the stream broke off/],
    start: "2026-01-02T03:04:05Z",
  },
  "Bedrock flows: several traces of an agent in one event, a function of Lambda, and a call of a model": {
    format: "bedrock-agent",
    lines: [
      node("nodeInputTrace", { fields: [] }),
      node("nodeActionTrace", { serviceName: "bedrock", operationName: "Converse", requestId: "r1" }),
      node("nodeDependencyTrace", {
        traceElements: {
          agentTraces: [
            agentTrace({
              invocationInput: {
                traceId: "t1",
                actionGroupInvocationInput: { actionGroupName: "bank", function: "pay", parameters: [] },
              },
            }),
            agentTrace({
              observation: { traceId: "t1", actionGroupInvocationOutput: { text: "paid" } },
            }),
          ],
        },
      }),
      node("nodeActionTrace", {
        serviceName: "lambda",
        operationName: "Invoke",
        requestId: "r2",
        operationRequest: { cents: 5 },
        operationResponse: { error: "no money" },
      }),
      { flowCompletionEvent: { completionReason: "SUCCESS" } },
    ],
    calls: [
      ["t1", "bank__pay", {}, "ok", { text: "paid" }],
      ["r2", "refund", { cents: 5 }, "error", { error: "no money" }],
    ],
    skipped: [/1 × event "nodeActionTrace"/],
  },
  "Amp: a call of an older thread that is not whole, and one that is being cancelled": {
    format: "amp",
    lines: [{
      v: 1,
      id: "T-2",
      messages: [
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "a", name: "Bash", input: { cmd: "ls" } },
            { type: "tool_use", id: "b", name: "Bash", input: {}, inputPartialJSON: { json: "{" } },
          ],
        },
        {
          role: "user",
          content: [{ type: "tool_result", toolUseID: "a", run: { status: "cancellation-requested" } }],
        },
      ],
    }],
    calls: [["a", "Bash", { cmd: "ls" }]],
    skipped: [/not completed by the model/, /result of a call that is "cancellation-requested"/],
  },
  "Gemini: a tool that the service runs, and a response that comes in parts": {
    format: "gemini",
    lines: [
      { role: "model", parts: [{ toolCall: { id: "t1", toolType: "GOOGLE_SEARCH_WEB", args: { q: "x" } } }] },
      { role: "user", parts: [{ toolResponse: { id: "t1", toolType: "GOOGLE_SEARCH_WEB", response: {} } }] },
      { role: "model", parts: [{ functionCall: { id: "f1", name: "pay", args: {} } }] },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "f1", name: "pay", response: { part: 1 }, willContinue: true } },
          { functionResponse: { id: "f1", name: "pay", response: { paid: 5 } } },
        ],
      },
    ],
    calls: [
      ["t1", "GOOGLE_SEARCH_WEB", { q: "x" }, "ok", {}],
      ["f1", "pay", {}, "ok", { paid: 5 }],
    ],
    skipped: [/part of a response that goes on/],
  },
  "LlamaIndex: a response with other arguments than named ones, and a tool that failed": {
    format: "llama-index-response",
    lines: [{
      response: "done",
      sources: [
        { tool_name: "pay", raw_input: { args: [5], kwargs: {} }, raw_output: "ok", is_error: false },
        { tool_name: "pay", raw_input: { kwargs: { a: 1 } }, raw_output: "no", is_error: true },
        { tool_name: "retriever", raw_input: { message: "x" }, raw_output: [], is_error: false },
      ],
      source_nodes: [],
    }],
    calls: [
      [undefined, "pay", { args: [5], kwargs: {} }, "ok", { text: "ok" }],
      [undefined, "pay", { kwargs: { a: 1 } }, "error", { text: "no" }],
      [undefined, "retriever", { message: "x" }, "ok", { text: "[]" }],
    ],
  },
};
