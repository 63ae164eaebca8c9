/** Writes calls as agents and their frameworks log them, for tests that compare what was made with what is read. */
import type { JsonObject, JsonValue } from "../../lib/formats/json/mod.ts";

/** A call as an agent made it. */
export interface Made {
  readonly id: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly answer: string | undefined;
  /** Its model broke off before the call was complete, where the format can tell. */
  readonly broken: boolean;
}

/** Writes calls as a format does, each with its answer behind it. */
export type Writer = (calls: readonly Made[]) => JsonValue[];

const text = (value: JsonValue) => JSON.stringify(value);
const each = (write: (call: Made, i: number) => (JsonValue | undefined)[]): Writer => (calls) =>
  calls.flatMap((call, i) => write(call, i).filter((value) => value !== undefined));
const when = (answer: string | undefined, value: JsonValue) => answer === undefined ? undefined : value;
const attribute = ([key, value]: [string, JsonValue]) => ({ key, value: { stringValue: value } });
const isGiven = (value: JsonValue | undefined): value is JsonValue => value !== undefined;
const called = ({ id, tool, args }: Made) => ({
  id,
  type: "function",
  function: { name: tool, arguments: text(args) },
});

export const AGENT_WRITERS = {
  "otel-logs": (calls) => [{
    resourceLogs: [{
      scopeLogs: [{
        logRecords: calls.map(({ id, tool, args, answer }, i) => ({
          timeUnixNano: String(1_700_000_000_000_000_000n + BigInt(i)),
          body: { stringValue: "codex.tool_result" },
          attributes: Object.entries({
            "conversation.id": "s",
            tool_name: tool,
            call_id: id,
            arguments: text(args),
            ...(answer === undefined ? {} : { output: answer, success: "true" }),
          }).map(attribute),
        })),
      }],
    }],
  }],
  mlflow: (calls) => [{
    info: { trace_id: "tr-1" },
    data: {
      spans: calls.map(({ tool, args, answer }, i) => ({
        trace_id: "01",
        span_id: `a${i}`,
        name: tool,
        start_time_unix_nano: String(1_700_000_000_000_000_000n + BigInt(i)),
        attributes: {
          "mlflow.spanType": '"TOOL"',
          "mlflow.spanInputs": text(args),
          ...(answer === undefined ? {} : { "mlflow.spanOutputs": text(answer) }),
        },
      })),
    },
  }],
  braintrust: each(({ tool, args, answer }, i) => [{
    span_id: `a${i}`,
    root_span_id: "01",
    span_attributes: { name: tool, type: "tool" },
    metrics: { start: 1_700_000_000 + i },
    input: args,
    ...(answer === undefined ? {} : { output: answer }),
  }]),
  hooks: each(({ id, tool, args, answer }) => {
    const event = { session_id: "s", tool_name: tool, tool_input: args, tool_use_id: id };
    return [
      { ...event, hook_event_name: "PreToolUse" },
      when(answer, { ...event, hook_event_name: "PostToolUse", tool_response: answer ?? "" }),
    ];
  }),
  "amazon-q": (calls) => [{
    history: calls.flatMap(({ id, tool, args, answer }): JsonValue[] => [
      {
        user: { content: { Prompt: { prompt: "go" } } },
        assistant: { ToolUse: { content: "", tool_uses: [{ id, name: tool, args }] } },
      },
      {
        user: {
          content: answer === undefined ? { Prompt: { prompt: "go on" } } : {
            ToolUseResults: {
              tool_use_results: [{ tool_use_id: id, content: [{ Text: answer }], status: "Success" }],
            },
          },
        },
        assistant: { Response: { content: "ok" } },
      },
    ]),
  }],
  zed: (calls) => [{
    messages: calls.map(({ id, tool, args, answer }) => ({
      Agent: {
        content: [{ ToolUse: { id, name: tool, input: args, is_input_complete: true } }],
        tool_results: answer === undefined
          ? {}
          : { [id]: { tool_use_id: id, is_error: false, content: { Text: answer } } },
      },
    })),
  }],
  continue: (calls) => [{
    sessionId: "s",
    history: calls.map((call) => ({
      message: { role: "assistant", content: "", toolCalls: [called(call)] },
      contextItems: [],
      toolCallStates: [{
        toolCallId: call.id,
        status: call.broken ? "generating" : call.answer === undefined ? "calling" : "done",
        output: call.answer === undefined ? [] : [{ name: "o", content: call.answer }],
      }],
    })),
  }],
  "copilot-chat": (calls) => [{
    requests: calls.map(({ id, tool, args, answer }) => ({
      requestId: id,
      response: [],
      result: {
        metadata: {
          toolCallRounds: [{ toolCalls: [{ id, name: tool, arguments: text(args) }] }],
          toolCallResults: answer === undefined ? {} : { [id]: { content: [{ value: answer }] } },
        },
      },
    })),
  }],
  cline: (calls) => [[
    { role: "user", content: [{ type: "text", text: "<task>\ngo\n</task>" }] },
    ...calls.flatMap(({ id, tool, args, answer }): JsonValue[] => [
      { role: "assistant", content: [{ type: "tool_use", id, name: tool, input: args }] },
      ...answer === undefined
        ? []
        : [{ role: "user", content: [{ type: "text", text: `[${tool} for 'x'] Result:\n${answer}` }] }],
    ]),
  ]],
  agentdojo: (calls) => [{
    suite_name: "banking",
    messages: calls.flatMap(({ id, tool, args, answer }): JsonValue[] => {
      const call = { function: tool, args, id, placeholder_args: null };
      return [
        { role: "assistant", content: null, tool_calls: [call] },
        when(answer, {
          role: "tool",
          content: [{ type: "text", content: answer ?? "" }],
          tool_call_id: id,
          tool_call: call,
          error: null,
        }),
      ].filter(isGiven);
    }),
  }],
  smolagents: (calls) => [calls.map((call, i) => ({
    step_number: i + 1,
    timing: { start_time: 1_700_000_000 + i },
    tool_calls: [{ ...called(call), function: { name: call.tool, arguments: call.args } }],
    observations: call.answer ?? null,
    error: null,
  }))],
  assistants: (calls) => [{
    object: "list",
    // The API lists the latest first.
    data: calls.map(({ id, tool, args, answer }, i) => ({
      id: `step_${i}`,
      object: "thread.run.step",
      created_at: 1_700_000_000 + i,
      thread_id: "t",
      status: "completed",
      step_details: {
        type: "tool_calls",
        tool_calls: [{
          id,
          type: "function",
          function: { name: tool, arguments: text(args), output: answer ?? null },
        }],
      },
    })).reverse(),
  }],
  realtime: each(({ id, tool, args, answer, broken }) => {
    const item = { type: "function_call", call_id: id, name: tool };
    const output = { type: "function_call_output", call_id: id, output: answer ?? "" };
    return [
      {
        type: "conversation.item.created",
        item: { ...item, object: "realtime.item", status: "in_progress", arguments: "" },
      },
      broken ? undefined : {
        type: "response.done",
        response: {
          object: "realtime.response",
          output: [{ ...item, status: "completed", arguments: text(args) }],
        },
      },
      broken ? undefined : when(answer, { type: "conversation.item.create", item: output }),
      broken ? undefined : when(answer, { type: "conversation.item.created", item: output }),
    ];
  }),
  letta: each(({ id, tool, args, answer }) => [
    {
      message_type: "tool_call_message",
      tool_call: { name: tool, arguments: text(args), tool_call_id: id },
    },
    when(answer, {
      message_type: "tool_return_message",
      tool_call_id: id,
      tool_return: answer ?? "",
      status: "success",
    }),
  ]),
  "llama-index": each(({ id, tool, args, answer }, i) => [
    i % 2 > 0
      ? {
        role: "assistant",
        additional_kwargs: {},
        blocks: [{ block_type: "tool_call", tool_call_id: id, tool_name: tool, tool_kwargs: args }],
      }
      : {
        role: "assistant",
        additional_kwargs: {
          tool_calls: [{ id, type: "function", function: { name: tool, arguments: text(args) } }],
        },
        blocks: [],
      },
    when(answer, {
      role: "tool",
      additional_kwargs: { tool_call_id: id },
      blocks: [{ block_type: "text", text: answer ?? "" }],
    }),
  ]),
  haystack: each(({ id, tool, args, answer }) => [
    { role: "assistant", meta: {}, content: [{ tool_call: { tool_name: tool, arguments: args, id } }] },
    when(answer, {
      role: "tool",
      meta: {},
      content: [{
        tool_call_result: { result: answer ?? "", origin: { tool_name: tool, id }, error: false },
      }],
    }),
  ]),
  "semantic-kernel": each(({ id, tool, args, answer }) => [
    {
      Role: { Label: "assistant" },
      Items: [{ $type: "FunctionCallContent", Id: id, FunctionName: tool, Arguments: args }],
    },
    when(answer, {
      Role: { Label: "tool" },
      Items: [{ $type: "FunctionResultContent", CallId: id, Result: answer ?? "" }],
    }),
  ]),
  "ag-ui": each(({ id: toolCallId, tool, args, answer, broken }) => [
    { type: "TOOL_CALL_START", toolCallId, toolCallName: tool },
    { type: "TOOL_CALL_ARGS", toolCallId, delta: text(args).slice(0, broken ? 1 : undefined) },
    broken ? undefined : { type: "TOOL_CALL_END", toolCallId },
    broken ? undefined : when(answer, { type: "TOOL_CALL_RESULT", toolCallId, content: answer ?? "" }),
  ]),
  acp: each(({ id: toolCallId, tool, args, answer }) => {
    const line = (update: JsonObject) => ({
      jsonrpc: "2.0",
      method: "session/update",
      params: { sessionId: "s", update: { ...update, toolCallId } },
    });
    return [
      line({ sessionUpdate: "tool_call", kind: tool, status: "pending" }),
      line({ sessionUpdate: "tool_call_update", rawInput: args, status: "in_progress" }),
      when(
        answer,
        line({
          sessionUpdate: "tool_call_update",
          status: "completed",
          content: [{ type: "content", content: { type: "text", text: answer ?? "" } }],
        }),
      ),
    ];
  }),
} as const satisfies Readonly<Record<string, Writer>>;
