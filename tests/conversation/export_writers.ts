/** Writes calls as exports of accounts, tests and platforms hold them, for the same tests. */
import type { JsonValue } from "../../lib/formats/json/mod.ts";
import type { Writer } from "./agent_writers.ts";

const text = (value: JsonValue) => JSON.stringify(value);
const at = (i: number) => `2026-01-02T03:04:05.${String(i).padStart(6, "0")}Z`;

export const EXPORT_WRITERS = {
  chatgpt: (calls) => {
    const messages = calls.flatMap(({ id, tool, args, answer, broken }): JsonValue[] => [
      {
        id,
        author: { role: "assistant" },
        recipient: tool,
        content: { content_type: "code", text: text(args) },
        status: broken ? "in_progress" : "finished_successfully",
      },
      ...(answer === undefined || broken ? [] : [{
        id: `${id}_answer`,
        author: { role: "tool", name: tool },
        recipient: "all",
        content: { content_type: "text", parts: [answer] },
      }]),
    ]);
    const mapping = Object.fromEntries(messages.map((message, i) => [`n${i}`, {
      id: `n${i}`,
      message,
      parent: i === 0 ? null : `n${i - 1}`,
      children: i + 1 < messages.length ? [`n${i + 1}`] : [],
    }]));
    return [{ mapping, current_node: `n${messages.length - 1}` }];
  },
  "claude-ai": (calls) => [{
    uuid: "c",
    chat_messages: calls.map(({ id, tool, args, answer }) => ({
      sender: "assistant",
      content: [
        { type: "tool_use", id, name: tool, input: args },
        ...(answer === undefined ? [] : [{
          type: "tool_result",
          tool_use_id: id,
          name: tool,
          content: [{ type: "text", text: answer }],
        }]),
      ],
    })),
  }],
  "cline-ui": (calls) => [
    { ts: 1, type: "say", say: "api_req_started", text: "{}" },
    ...calls.flatMap(({ tool, args, answer, broken }, i): JsonValue[] => [
      { ts: 2 + i, type: "ask", ask: "tool", text: text({ tool, ...args }), partial: broken },
      {
        ts: 2 + i,
        type: "say",
        say: "api_req_started",
        text: text(answer === undefined || broken ? {} : { request: `[${tool} for 'x'] Result:\n${answer}` }),
      },
    ]),
  ],
  opik: (calls) =>
    calls.map(({ tool, args, answer }, i) => ({
      id: `s${i}`,
      trace_id: "01",
      project_name: "p",
      type: "tool",
      name: tool,
      start_time: at(i),
      input: args,
      ...(answer === undefined ? {} : { output: answer }),
    })),
  weave: (calls) =>
    calls.map(({ tool, args, answer }, i) => ({
      id: `s${i}`,
      trace_id: "01",
      op_name: `weave:///e/p/op/${tool}:digest`,
      started_at: at(i),
      attributes: { weave: { kind: "tool" } },
      inputs: args,
      ...(answer === undefined ? {} : { output: answer }),
    })),
  datadog: (calls) => [{
    data: calls.map(({ tool, args, answer }, i) => ({
      type: "span",
      attributes: {
        trace_id: "01",
        span_id: `s${i}`,
        span_kind: "tool",
        name: tool,
        start_ms: 1_767_323_045_000 + i,
        input: { value: text(args) },
        ...(answer === undefined ? {} : { output: { value: answer } }),
      },
    })),
  }],
  promptfoo: (calls) => [{
    results: {
      results: [{
        promptIdx: 0,
        testIdx: 0,
        response: {
          metadata: {
            toolCalls: calls.map(({ id, tool, args, answer }) => ({
              id,
              name: tool,
              input: args,
              ...(answer === undefined ? {} : { output: answer }),
            })),
          },
        },
      }],
    },
  }],
  n8n: (calls) => [{
    data: {
      resultData: {
        runData: Object.fromEntries(
          [...new Set(calls.map(({ tool }) => tool))].map((name) => [
            name,
            calls.flatMap(({ tool, args, answer }, i) =>
              tool !== name ? [] : [{
                startTime: 1_767_323_045_000,
                executionIndex: i,
                executionStatus: "success",
                inputOverride: { ai_tool: [[{ json: args }]] },
                ...(answer === undefined ? {} : { data: { ai_tool: [[{ json: answer }]] } }),
              }]
            ),
          ]),
        ),
      },
    },
  }],
  sharegpt: (calls) => [{
    conversations: calls.flatMap(({ tool, args, answer }) => [
      { from: "gpt", value: `<tool_call>\n${text({ name: tool, arguments: args })}\n</tool_call>` },
      ...(answer === undefined ? [] : [{
        from: "tool",
        value: `<tool_response>${text({ name: tool, content: answer })}</tool_response>`,
      }]),
    ]),
  }],
  genkit: (calls) => [{
    traceId: "01",
    spans: Object.fromEntries(calls.map(({ tool, args, answer }, i) => [`a${i}`, {
      traceId: "01",
      spanId: `a${i}`,
      startTime: 1_767_323_045_000 + i,
      attributes: {
        "genkit:name": tool,
        "genkit:metadata:subtype": "tool",
        "genkit:input": text(args),
        ...(answer === undefined ? {} : { "genkit:output": text(answer) }),
      },
    }])),
  }],
  agno: (calls) => [{
    session_id: "s",
    runs: calls.map(({ id, tool, args, answer }) => ({
      run_id: `r${id}`,
      agent_id: "a",
      session_id: "s",
      messages: [
        { role: "assistant", tool_calls: [{ id, function: { name: tool, arguments: text(args) } }] },
        ...(answer === undefined ? [] : [{ role: "tool", tool_call_id: id, content: answer }]),
      ],
    })),
  }],
  "agent-framework": (calls) => [{
    type: "session",
    state: {
      in_memory: {
        messages: calls.flatMap(({ id, tool, args, answer }): JsonValue[] => [
          {
            role: "assistant",
            contents: [{ type: "function_call", call_id: id, name: tool, arguments: text(args) }],
          },
          ...(answer === undefined
            ? []
            : [{ role: "tool", contents: [{ type: "function_result", call_id: id, result: answer }] }]),
        ]),
      },
    },
  }],
  llm: (calls) =>
    calls.flatMap(({ id, tool, args, answer }, i): JsonValue[] => {
      const response = { id: `r${i}`, conversation_id: "c", model: "m", datetime_utc: at(i) };
      const call = { tool_call_id: id, name: tool, arguments: args };
      const result = { tool_call_id: id, name: tool, output: answer ?? "", exception: null };
      return [
        { ...response, tool_calls: [call], tool_results: [] },
        ...(answer === undefined ? [] : [{ ...response, tool_calls: [], tool_results: [result] }]),
      ];
    }),
  "langchain-events": (calls) =>
    calls.flatMap(({ id, tool: name, args: input, answer }): JsonValue[] => {
      const event = { name, run_id: `r${id}`, parent_ids: ["g"] };
      return [
        { ...event, event: "on_tool_start", data: { input } },
        ...(answer === undefined
          ? []
          : [{ ...event, event: "on_tool_end", data: { input, output: answer } }]),
      ];
    }),
  "letta-file": (calls) => [{
    agents: [{
      id: "agent-0",
      in_context_message_ids: [],
      messages: calls.flatMap(({ id, tool, args, answer }): JsonValue[] => [
        { role: "assistant", tool_calls: [{ id, function: { name: tool, arguments: text(args) } }] },
        ...(answer === undefined ? [] : [{
          role: "tool",
          tool_call_id: id,
          content: [{ type: "text", text: answer }],
          tool_returns: [{ status: "success" }],
        }]),
      ]),
    }],
  }],
  dspy: (calls) => [{
    trajectory: Object.fromEntries(calls.flatMap(({ tool, args, answer }, i): [string, JsonValue][] => [
      [`tool_name_${i}`, tool],
      [`tool_args_${i}`, args],
      ...(answer === undefined ? [] : [[`observation_${i}`, answer] as [string, JsonValue]]),
    ])),
  }],
  kimi: (calls) =>
    calls.flatMap(({ id, tool, args, answer }, i): JsonValue[] => {
      const line = (event: JsonValue) => ({
        type: "context.append_loop_event",
        event,
        time: 1_767_323_045_000 + i,
      });
      return [
        line({ type: "tool.call", uuid: `u${i}`, toolCallId: id, name: tool, args }),
        ...(answer === undefined
          ? []
          : [line({ type: "tool.result", parentUuid: `u${i}`, toolCallId: id, result: { output: answer } })]),
      ];
    }),
  "browser-use": (calls) => [{
    history: calls.map(({ tool, args, answer }) => ({
      model_output: { action: [{ [tool]: args }] },
      result: answer === undefined ? [] : [{ is_done: false, extracted_content: answer }],
      state: {},
    })),
  }],
} as const satisfies Readonly<Record<string, Writer>>;
