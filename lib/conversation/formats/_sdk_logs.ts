/** Results and streams of the SDKs of agents, with the calls that they tell of. */
import type { JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const part = (type: string, id: string, more: Record<string, JsonValue> = {}) => ({
  type,
  toolCallId: id,
  toolName: "pay",
  ...more,
});
const stored = (state: string, id: string, more: Record<string, JsonValue>) => ({
  type: "tool-invocation",
  toolInvocation: { state, toolCallId: id, toolName: "pay", args: { cents: 5 }, ...more },
});
const storedParts = [
  stored("result", "c1", { result: { paid: 5 } }),
  stored("output-error", "c2", { errorText: "no money" }),
];
const chunk = (type: string, payload: JsonValue) => ({ type, runId: "r", from: "AGENT", payload });
const asked = { toolCallId: "c1", toolName: "pay", args: { cents: 5 } };

const exchange = {
  request: { body: '{"messages":[{"role":"user","content":"go"}]}' },
  response: {
    timestamp: "2026-01-02T03:04:05Z",
    body: {
      object: "chat.completion",
      choices: [{
        message: {
          role: "assistant",
          tool_calls: [{ id: "c1", function: { name: "pay", arguments: '{"cents":5}' } }],
        },
      }],
    },
  },
};

const looped = (event: JsonValue) => ({ type: "context.append_loop_event", event, time: 1_767_323_045_000 });
const said = (message: JsonValue) => ({
  type: "agent.message.appended",
  message: { message, meta: {} },
  time: 1_767_323_045_000,
});

const FAILURES = [
  "Tool execution failed: no money",
  "An error occurred while invoking the function bank-pay: no money",
  "Failed to invoke Tool `pay` with parameters {}. Error: no money",
  "<tool_error>pay failed: no money</tool_error>",
  "<user_cancellation>User cancelled the operation.</user_cancellation>",
];

export const SDK_LOGS: Readonly<Record<string, LogCase>> = {
  "AI SDK: a result has its outcomes in the steps, not in the exchanges beside them": {
    format: "vercel",
    lines: [{
      steps: [
        {
          content: [
            part("tool-call", "c1", { input: { cents: 5 } }),
            part("tool-error", "c1", { error: {} }),
          ],
          finishReason: "tool-calls",
          ...exchange,
        },
        { content: [{ type: "text", text: "sorry" }], finishReason: "stop", ...exchange },
      ],
    }],
    calls: [["c1", "pay", { cents: 5 }, "error", {}]],
    start: "2026-01-02T03:04:05Z",
  },
  "AI SDK: the parts of a full stream are calls and answers, a preliminary one is none": {
    format: "vercel",
    lines: [
      { type: "start" },
      { type: "tool-input-start", id: "c1", toolName: "pay" },
      { type: "tool-input-delta", id: "c1", delta: "{}" },
      { type: "tool-input-end", id: "c1" },
      part("tool-call", "c1", { input: {} }),
      { type: "tool-input-start", id: "c2", toolName: "pay" },
      part("tool-result", "c1", { output: "50 %", preliminary: true }),
      part("tool-result", "c1", { output: "paid" }),
      part("tool-call", "c3", { input: {} }),
      part("tool-output-denied", "c3"),
      { type: "finish-step", finishReason: "tool-calls" },
    ],
    calls: [
      ["c1", "pay", {}, "ok", { text: "paid" }],
      ["c3", "pay", {}, "error", { type: "execution-denied" }],
    ],
    skipped: [/not completed by the model/],
  },
  "AI SDK: a request for an approval is no call, though it names one; a tool may have its name": {
    format: "vercel",
    lines: [
      {
        role: "assistant",
        content: [
          part("tool-call", "c1", { input: {} }),
          { type: "tool-approval-request", approvalId: "a1", toolCallId: "c1" },
        ],
      },
      { role: "tool", content: [{ type: "tool-approval-response", approvalId: "a1", approved: false }] },
      { role: "tool", content: [part("tool-result", "c1", { output: { type: "execution-denied" } })] },
      {
        role: "assistant",
        parts: [{ type: "tool-approval-request", toolCallId: "c2", state: "input-available", input: {} }],
      },
    ],
    calls: [["c1", "pay", {}, "error", { type: "execution-denied" }], ["c2", "approval-request", {}]],
  },
  "AI SDK: of a content the texts are the result, what else is in it is listed": {
    format: "vercel",
    lines: [
      { role: "assistant", content: [part("tool-call", "c1", { input: {} })] },
      {
        role: "tool",
        content: [part("tool-result", "c1", {
          output: {
            type: "content",
            value: [{ type: "text", text: "see" }, { type: "media", data: "AA", mediaType: "image/png" }],
          },
        })],
      },
    ],
    calls: [["c1", "pay", {}, "ok", { text: "see" }]],
    skipped: [/part of an answer without text, of type "media"/],
  },
  "Mastra: stored messages, also as the text in a row of its database": {
    format: "vercel",
    lines: [{
      messages: [
        { role: "user", createdAt: "2026-01-02T03:04:05Z", content: { format: 2, parts: [] } },
        { role: "assistant", content: JSON.stringify({ format: 2, parts: storedParts }), type: "v2" },
      ],
    }],
    calls: [
      ["c1", "pay", { cents: 5 }, "ok", { paid: 5 }],
      ["c2", "pay", { cents: 5 }, "error", { text: "no money" }],
    ],
    start: "2026-01-02T03:04:05Z",
  },
  "Mastra: of a result with steps and messages the messages are read": {
    format: "vercel",
    lines: [{
      steps: [{ finishReason: "tool-calls", toolCalls: [chunk("tool-call", asked)], ...exchange }],
      finishReason: "stop",
      ...exchange,
      messages: [{ role: "assistant", content: { format: 2, parts: storedParts } }],
    }],
    calls: [
      ["c1", "pay", { cents: 5 }, "ok", { paid: 5 }],
      ["c2", "pay", { cents: 5 }, "error", { text: "no money" }],
    ],
  },
  "Mastra: a step has its calls in payloads, and a failure in its content alone": {
    format: "vercel",
    lines: [{
      toolCalls: [chunk("tool-call", asked), chunk("tool-call", { ...asked, toolCallId: "c2" })],
      toolResults: [chunk("tool-result", { ...asked, result: { paid: 5 } })],
      content: [
        part("tool-call", "c2", { input: { cents: 5 } }),
        part("tool-result", "c2", { output: { type: "error-text", value: "no money" } }),
      ],
      finishReason: "tool-calls",
      ...exchange,
    }],
    calls: [
      ["c1", "pay", { cents: 5 }, "ok", { paid: 5 }],
      ["c2", "pay", { cents: 5 }, "error", { text: "no money" }],
    ],
  },
  "Mastra: the parts of a stream are in payloads": {
    format: "vercel",
    lines: [
      chunk("step-start", {}),
      chunk("tool-call-input-streaming-start", { toolCallId: "c1", toolName: "pay" }),
      chunk("tool-call-delta", { toolCallId: "c1", argsTextDelta: "{}" }),
      chunk("tool-call", asked),
      chunk("tool-error", { ...asked, error: "no money" }),
      chunk("finish", {}),
    ],
    calls: [["c1", "pay", { cents: 5 }, "error", { text: "no money" }]],
  },
  "CAMEL, Semantic Kernel, Haystack, Mistral Vibe: the fixed words of a failure": {
    format: "openai",
    lines: [
      {
        role: "assistant",
        tool_calls: FAILURES.map((_, i) => ({ id: `c${i}`, function: { name: "pay", arguments: "{}" } })),
      },
      ...FAILURES.map((content, i) => ({ role: "tool", tool_call_id: `c${i}`, content })),
      { role: "assistant", tool_calls: [{ id: "d", function: { name: "pay", arguments: "{}" } }] },
      { role: "tool", tool_call_id: "d", content: "Failed to invoke <tool_error>" },
    ],
    calls: [
      ...FAILURES.map((text, i) => [`c${i}`, "pay", {}, "error", { text }] as const),
      ["d", "pay", {}, "ok", { text: "Failed to invoke <tool_error>" }],
    ],
  },
  "Kimi Code: calls by their events, of which messages tell again, and what only a message tells": {
    format: "kimi",
    lines: [
      { type: "metadata", protocol_version: "1.5", created_at: 1767323045000 },
      said({ role: "assistant", toolCalls: [{ id: "c0", name: "Read", arguments: "{}" }] }),
      said({ role: "tool", toolCallId: "c0", content: [{ type: "text", text: "a" }] }),
      looped({ type: "tool.call", uuid: "u1", toolCallId: "c1", name: "Bash", args: { command: "false" } }),
      looped({ type: "tool.call", uuid: "u2", toolCallId: "c1", name: "Bash", args: { command: "ls" } }),
      looped({
        type: "tool.result",
        parentUuid: "u1",
        toolCallId: "c1",
        result: { output: "1", isError: true },
      }),
      looped({ type: "tool.result", parentUuid: "u2", toolCallId: "c1", result: { output: "a.txt" } }),
      looped({ type: "tool.call", uuid: "u2", toolCallId: "c1", name: "Bash", args: { command: "ls" } }),
      said({ role: "assistant", toolCalls: [{ id: "c1", name: "Bash", arguments: "{}" }] }),
      said({ role: "tool", toolCallId: "c1", content: [{ type: "text", text: "a.txt" }] }),
    ],
    calls: [
      ["c0", "Read", {}, "ok", { text: "a" }],
      ["c1", "Bash", { command: "false" }, "error", { text: "1" }],
      ["c1", "Bash", { command: "ls" }, "ok", { text: "a.txt" }],
    ],
    skipped: [/1 × event again/, /4 × line "agent.message.appended"/],
  },
  "Browser Use: an action has the result in its place; behind a failure none is done": {
    format: "browser-use",
    lines: [{
      history: [
        {
          model_output: {
            action: [{ navigate: { url: "u" } }, { click: { index: 1 } }, { wait: { seconds: 1 } }],
          },
          result: [{ is_done: false, extracted_content: "Navigated" }, {
            is_done: false,
            error: "no element 1",
          }],
          state: { url: "u" },
          metadata: { step_start_time: 1767323045.5, step_end_time: 1767323046 },
        },
        { model_output: null, result: [{ error: "no answer" }], state: {}, metadata: null },
        {
          model_output: { action: [{ done: { text: "sorry", success: false } }] },
          result: [{ is_done: true, success: false, extracted_content: "sorry" }],
          state: {},
        },
      ],
    }],
    calls: [
      [undefined, "navigate", { url: "u" }, "ok", { text: "Navigated" }],
      [undefined, "click", { index: 1 }, "error", { text: "no element 1" }],
      [undefined, "done", { text: "sorry", success: false }, "ok", { text: "sorry" }],
    ],
    skipped: [/without an answer of the model/, /^wait was not done$/],
    start: "2026-01-02T03:04:05.5Z",
  },
};
