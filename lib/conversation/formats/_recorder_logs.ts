/** Streams of services that report a call more than once, with the calls that they tell of. */
import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const trace = (part: JsonValue, more: JsonObject = {}) => ({
  trace: { sessionId: "s", trace: part, ...more },
});
const invoked = (traceId: string, more: JsonObject) =>
  trace({ orchestrationTrace: { invocationInput: { traceId, ...more } } });
const observed = (traceId: string, more: JsonObject) =>
  trace({ orchestrationTrace: { observation: { traceId, ...more } } });
const cents = { name: "cents", type: "integer", value: "5" };
export const RECORDER_LOGS: Readonly<Record<string, LogCase>> = {
  "Bedrock agents: every kind of invocation, answered in its step, and one that the agent could not make": {
    format: "bedrock-agent",
    lines: [
      invoked("t0", {
        actionGroupInvocationInput: {
          actionGroupName: "bank",
          apiPath: "/pay",
          verb: "post",
          parameters: [cents],
          requestBody: { content: { "application/json": [{ name: "to", type: "string", value: "bob" }] } },
        },
      }),
      observed("t0", { actionGroupInvocationOutput: { text: "paid", metadata: { requestId: "r" } } }),
      invoked("t1", { knowledgeBaseLookupInput: { knowledgeBaseId: "k", text: "who" } }),
      observed("t1", { knowledgeBaseLookupOutput: { retrievedReferences: [{ content: { text: "bob" } }] } }),
      invoked("t2", { codeInterpreterInvocationInput: { code: "1/0" } }),
      observed("t2", { codeInterpreterInvocationOutput: { executionError: "ZeroDivisionError" } }),
      invoked("t3", {
        actionGroupInvocationInput: { actionGroupName: "bank", function: "pay", parameters: [] },
      }),
      observed("t3", { type: "REPROMPT", repromptResponse: { source: "ACTION_GROUP", text: "no cents" } }),
      invoked("t4", {
        agentCollaboratorInvocationInput: {
          agentCollaboratorName: "clerk",
          input: { text: "go", type: "TEXT" },
        },
      }),
      trace({ failureTrace: { traceId: "t4", failureReason: "timed out" } }),
      { chunk: { bytes: "", attribution: {} } },
    ],
    calls: [
      [
        "t0",
        "bank__post /pay",
        { cents: "5", requestBody: { "application/json": { to: "bob" } } },
        "ok",
        { text: "paid" },
      ],
      ["t1", "knowledge_base", { knowledgeBaseId: "k", text: "who" }, "ok", {
        retrievedReferences: [{ content: { text: "bob" } }],
      }],
      ["t2", "code_interpreter", { code: "1/0" }, "error", { executionError: "ZeroDivisionError" }],
      ["t3", "bank__pay", {}, "error", { text: "no cents" }],
      ["t4", "clerk", { text: "go", type: "TEXT" }, "error", { text: "timed out" }],
    ],
  },
  "Bedrock agents: control that is returned repeats the call of its trace, and has it alone without one": {
    format: "bedrock-agent",
    lines: [
      invoked("t0", {
        actionGroupInvocationInput: {
          actionGroupName: "bank",
          function: "pay",
          parameters: [cents],
          executionType: "RETURN_CONTROL",
          invocationId: "i1",
        },
      }),
      ...["i1", "i2"].map((invocationId) => ({
        returnControl: {
          invocationId,
          invocationInputs: [{
            functionInvocationInput: { actionGroup: "bank", function: "pay", parameters: [cents] },
          }],
        },
      })),
    ],
    calls: [["i1", "bank__pay", { cents: "5" }], ["i2", "bank__pay", { cents: "5" }]],
  },
  "Gemini Live: both sides in snake case, code that the server ran, and a call that it cancelled": {
    format: "gemini-live",
    lines: [
      { setup_complete: {} },
      {
        tool_call: {
          function_calls: [{ id: "f1", name: "pay", args: { cents: 5 } }, { id: "f2", name: "pay" }],
        },
      },
      { tool_response: { function_responses: { id: "f1", name: "pay", response: { paid: 5 } } } },
      { tool_call_cancellation: { ids: ["f2"] } },
      {
        server_content: {
          model_turn: {
            parts: [
              { executable_code: { code: "1", language: "PYTHON" } },
              { code_execution_result: { outcome: "OUTCOME_FAILED", output: "no" } },
              { text: "done" },
            ],
          },
        },
      },
    ],
    calls: [
      ["f1", "pay", { cents: 5 }, "ok", { paid: 5 }],
      ["f2", "pay", {}],
      [undefined, "code_execution", { code: "1", language: "PYTHON" }, "error", {
        outcome: "OUTCOME_FAILED",
        output: "no",
      }],
    ],
    skipped: [/1 × call that the server cancelled/, /1 × message "setupComplete"/],
  },
  "Logfire: columns, with a span that was recorded when it began, too, and one that failed": {
    format: "logfire",
    lines: [{
      columns: Object.entries({
        trace_id: ["01", "01", "01"],
        span_id: ["02", "02", "03"],
        span_name: ["running tool", "running tool", "execute_tool pay"],
        kind: ["pending_span", "span", "span"],
        start_timestamp: ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"],
        is_exception: [false, false, true],
        exception_message: [null, null, "no money"],
        attributes: [
          '{"gen_ai.tool.name":"pay"}',
          '{"gen_ai.tool.name":"pay","gen_ai.tool.call.id":"c1","tool_arguments":"{\\"cents\\":5}","tool_response":"paid"}',
          '{"gen_ai.operation.name":"execute_tool","gen_ai.tool.name":"pay","gen_ai.tool.call.arguments":"{}"}',
        ],
      }).map(([name, values]) => ({ name, datatype: "Utf8", values })),
    }],
    calls: [["c1", "pay", { cents: 5 }, "ok", { text: "paid" }], [
      undefined,
      "pay",
      {},
      "error",
      { text: "no money" },
    ]],
  },
  "Cursor: a transcript, whose calls have no ids": {
    format: "cursor-transcript",
    lines: [
      { role: "user", message: { content: [{ type: "text", text: "go" }] } },
      {
        role: "assistant",
        message: {
          content: [
            { type: "text", text: "I pay" },
            { type: "tool_use", name: "Shell", input: { command: "pay" } },
            { type: "tool_use", name: "Shell", input: { command: "pay" } },
          ],
        },
      },
    ],
    calls: [[undefined, "Shell", { command: "pay" }], [undefined, "Shell", { command: "pay" }]],
  },
  "Cohere: a streamed answer, and the results of tools as documents": {
    format: "answers",
    lines: [
      { type: "message-start", id: "m", delta: { message: { role: "assistant" } } },
      { type: "tool-plan-delta", delta: { message: { tool_plan: "I pay" } } },
      ...[0, 1].flatMap((index) => [
        {
          type: "tool-call-start",
          index,
          delta: {
            message: {
              tool_calls: { id: `c${index}`, type: "function", function: { name: "pay", arguments: "" } },
            },
          },
        },
        {
          type: "tool-call-delta",
          index,
          delta: { message: { tool_calls: { function: { arguments: '{"a":1}' } } } },
        },
        ...(index === 0 ? [{ type: "tool-call-end", index }] : []),
      ]),
      { type: "message-end", delta: { finish_reason: "TOOL_CALL" } },
      {
        role: "tool",
        tool_call_id: "c0",
        content: [{ type: "document", document: { data: '{"paid": 5}' } }],
      },
    ],
    calls: [["c0", "pay", { a: 1 }, "ok", { paid: 5 }]],
    skipped: [/not complete when the stream broke off/],
  },
  "Azure AI agents: calls by MCP and of an OpenAPI tool under their names": {
    format: "assistants",
    lines: [{
      object: "thread.run.step",
      thread_id: "t",
      status: "completed",
      step_details: {
        type: "tool_calls",
        tool_calls: [
          { id: "c1", type: "mcp", server_label: "s", name: "search", arguments: '{"q":1}', output: "found" },
          { id: "c2", type: "openapi", openapi: { name: "pay", arguments: "{}", output: "paid" } },
          { id: "c3", type: "bing_grounding", bing_grounding: { requesturl: "u" } },
        ],
      },
    }],
    calls: [
      ["c1", "search", { q: 1 }, "ok", { text: "found" }],
      ["c2", "pay", {}, "ok", { text: "paid" }],
      ["c3", "bing_grounding", { requesturl: "u" }],
    ],
  },
};
