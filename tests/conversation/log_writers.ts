/** Writes calls in every format that is read, for tests of all of them. */
import type { JsonValue } from "../../lib/formats/json/mod.ts";
import type { Format } from "../../lib/conversation/transcript.ts";
import { AGENT_WRITERS, type Made, type Writer } from "./agent_writers.ts";
import { EXPORT_WRITERS } from "./export_writers.ts";
import { FRAMEWORK_WRITERS } from "./framework_writers.ts";

const text = (value: JsonValue) => JSON.stringify(value);
const each = (write: (call: Made, i: number) => (JsonValue | undefined)[]): Writer => (calls) =>
  calls.flatMap((call, i) => write(call, i).filter((value) => value !== undefined));
const when = (answer: string | undefined, value: JsonValue) => answer === undefined ? undefined : value;
const called = ({ id, tool, args }: Made) => ({
  id,
  type: "function",
  function: { name: tool, arguments: text(args) },
});
const asked = (call: Made) => ({ role: "assistant", content: null, tool_calls: [called(call)] });
const answered = ({ id, answer }: Made) =>
  when(answer, { role: "tool", tool_call_id: id, content: answer ?? null });
const used = ({ id, tool, args }: Made) => ({
  role: "assistant",
  content: [{ type: "tool_use", id, name: tool, input: args }],
});
const result = ({ id, answer }: Made) => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id: id, content: answer ?? "" }],
});

export const WRITERS: Readonly<Record<Format, Writer>> = {
  ...AGENT_WRITERS,
  ...EXPORT_WRITERS,
  ...FRAMEWORK_WRITERS,
  otel: (calls) => [{
    resourceSpans: [{
      scopeSpans: [{
        spans: calls.map(({ id, tool, args, answer }, i) => ({
          traceId: "01",
          spanId: `a${i}`,
          name: `execute_tool ${tool}`,
          startTimeUnixNano: String(1_700_000_000_000_000_000n + BigInt(i)),
          attributes: Object.entries({
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": tool,
            "gen_ai.tool.call.id": id,
            "gen_ai.tool.call.arguments": text(args),
            ...(answer === undefined ? {} : { "gen_ai.tool.call.result": answer }),
          }).map(([key, value]) => ({ key, value: { stringValue: value } })),
        })),
      }],
    }],
  }],
  phoenix: (calls) => [{
    data: calls.map(({ tool, args, answer }, i) => ({
      name: tool,
      context: { trace_id: "01", span_id: `a${i}` },
      span_kind: "TOOL",
      start_time: `2026-01-01T00:00:00.${String(i).padStart(6, "0")}+00:00`,
      status_code: "OK",
      attributes: {
        "tool.name": tool,
        "input.value": text(args),
        ...(answer === undefined ? {} : { "output.value": answer }),
      },
    })),
  }],
  langsmith: each(({ tool, args, answer }, i) => [{
    id: `a${i}`,
    trace_id: "01",
    run_type: "tool",
    name: tool,
    start_time: 1_700_000_000_000 + i,
    inputs: args,
    ...(answer === undefined ? {} : { outputs: { output: answer } }),
  }]),
  langfuse: (calls) => [{
    id: "01",
    observations: calls.map(({ tool, args, answer }, i) => ({
      id: `a${i}`,
      traceId: "01",
      type: "TOOL",
      name: tool,
      startTime: 1_700_000_000_000 + i,
      input: args,
      output: answer ?? null,
    })),
  }],
  // Claude Code writes lines again when a session is resumed.
  cursor: each(({ id, tool, args, answer }) => {
    const line = { type: "tool_call", call_id: id, session_id: "s" };
    const call = { name: tool, arguments: text(args) };
    return [
      { ...line, subtype: "started", tool_call: { function: call } },
      when(answer, {
        ...line,
        subtype: "completed",
        tool_call: { function: { ...call, result: { success: answer ?? "" } } },
      }),
    ];
  }),
  copilot: each(({ id, tool, args, answer }, i) => [
    ...(i % 2 > 0
      ? [{
        type: "assistant.message",
        data: { toolRequests: [{ toolCallId: id, name: tool, arguments: args }] },
      }]
      : []),
    { type: "tool.execution_start", data: { toolCallId: id, toolName: tool, arguments: args } },
    when(answer, {
      type: "tool.execution_complete",
      data: { toolCallId: id, success: true, result: { content: answer ?? "" } },
    }),
  ]),
  opencode: (calls) => [{
    info: { id: "s" },
    messages: calls.map(({ id, tool, args, answer, broken }) => ({
      info: { role: "assistant" },
      parts: [{
        type: "tool",
        callID: id,
        tool,
        state: broken
          ? { status: "pending", input: {} }
          : { status: answer === undefined ? "running" : "completed", input: args, output: answer ?? "" },
      }],
    })),
  }],
  pi: each(({ id, tool, args, answer }) => [
    {
      type: "message",
      message: { role: "assistant", content: [{ type: "toolCall", id, name: tool, arguments: args }] },
    },
    when(answer, {
      type: "message",
      message: { role: "toolResult", toolCallId: id, toolName: tool, content: answer ?? "", isError: false },
    }),
  ]),
  goose: each(({ id, tool, args, answer }) => [
    {
      role: "assistant",
      content: [{
        type: "toolRequest",
        id,
        toolCall: { status: "success", value: { name: tool, arguments: args } },
      }],
    },
    when(answer, {
      role: "user",
      content: [{
        type: "toolResponse",
        id,
        toolResult: { status: "success", value: { content: [{ type: "text", text: answer ?? "" }] } },
      }],
    }),
  ]),
  "claude-code": each((call, i) => {
    const line = { type: "assistant", sessionId: "s", uuid: `u${i}`, message: used(call) };
    return [
      line,
      line,
      when(call.answer, { type: "user", sessionId: "s", uuid: `r${i}`, message: result(call) }),
    ];
  }),
  codex: each(({ id, tool, args, answer }) => [
    {
      type: "response_item",
      payload: { type: "function_call", call_id: id, name: tool, arguments: text(args) },
    },
    when(answer, {
      type: "response_item",
      payload: { type: "function_call_output", call_id: id, output: answer ?? "" },
    }),
  ]),
  "gemini-cli": each(({ id, tool, args, answer }) => [
    { type: "tool_use", tool_id: id, tool_name: tool, parameters: args },
    when(answer, { type: "tool_result", tool_id: id, status: "success", output: answer ?? "" }),
  ]),
  // Each request has the whole history, so every call but the last stands in it again and again.
  exchanges: (calls) =>
    [...calls, undefined].map((call, i) => ({
      request: {
        messages: calls.slice(0, i).flatMap((earlier) =>
          [asked(earlier), answered(earlier)].filter((message) => message !== undefined)
        ),
      },
      response: {
        id: `a${i}`,
        object: "chat.completion",
        choices: [{ message: call ? asked(call) : { role: "assistant", content: "done" } }],
      },
    })),
  "tau-bench": (calls) => [{
    simulations: [{
      task_id: "1",
      messages: calls.flatMap(({ id, tool, args, answer }) => [
        {
          role: "user",
          content: "x",
          tool_calls: [{ id: `u${id}`, name: tool, arguments: args, requestor: "user" }],
        },
        { role: "tool", id: `u${id}`, content: "x", requestor: "user" },
        { role: "assistant", tool_calls: [{ id, name: tool, arguments: args, requestor: "assistant" }] },
        ...(answer === undefined
          ? []
          : [{ role: "tool", id, content: answer, requestor: "assistant", error: false }]),
      ]),
    }],
  }],
  inspect: (calls) => [{
    id: 1,
    epoch: 1,
    messages: calls.flatMap(({ id, tool, args, answer }) => [
      { role: "assistant", content: "", tool_calls: [{ id, function: tool, arguments: args }] },
      ...(answer === undefined ? [] : [{ role: "tool", tool_call_id: id, function: tool, content: answer }]),
    ]),
  }],
  "mini-swe-agent": (calls) => [{
    trajectory_format: "mini-swe-agent-1.1",
    messages: calls.flatMap(({ id, args, answer }) => [
      { role: "assistant", content: "", extra: { actions: [{ ...args, tool_call_id: id }] } },
      ...(answer === undefined
        ? []
        : [{ role: "tool", tool_call_id: id, content: answer, extra: { returncode: 0 } }]),
    ]),
  }],
  "swe-agent": (calls) => [{
    history: calls.map(asked),
    trajectory: calls.map(({ args, answer }) => ({
      action: args.command ?? "ls",
      observation: answer ?? null,
    })),
  }],
  bfcl: (
    calls,
  ) => [{ id: "multi_turn_1", result: [calls.map(({ tool, args }) => [{ [tool]: text(args) }])] }],
  crewai: each(({ id, tool, args, answer }) => [
    { type: "tool_usage_started", event_id: id, tool_name: tool, tool_args: args },
    when(answer, {
      type: "tool_usage_finished",
      started_event_id: id,
      tool_name: tool,
      tool_args: args,
      output: answer ?? "",
    }),
  ]),
  "openai-agents": each(({ id, tool, args, answer }) => [
    {
      type: "tool_call_item",
      rawItem: { type: "function_call", callId: id, name: tool, arguments: text(args), status: "completed" },
    },
    when(answer, {
      type: "tool_call_output_item",
      rawItem: {
        type: "function_call_result",
        callId: id,
        name: tool,
        output: { type: "text", text: answer ?? "" },
      },
      output: answer ?? "",
    }),
  ]),
  answers: each((call) => {
    const { id, broken } = call;
    if (!broken) {
      const answer = { id: `a${id}`, object: "chat.completion", choices: [{ message: asked(call) }] };
      return [answer, answered(call)];
    }
    const delta = { tool_calls: [{ ...called(call), index: 0 }] };
    return [{ id: `a${id}`, object: "chat.completion.chunk", choices: [{ index: 0, delta }] }];
  }),
  gemini: (calls) => [{
    contents: calls.flatMap(({ id, tool, args, answer }) => [
      { role: "model", parts: [{ functionCall: { id, name: tool, args } }] },
      ...(answer === undefined ? [] : [{
        role: "user",
        parts: [{ functionResponse: { id, name: tool, response: { text: answer } } }],
      }]),
    ]),
  }],
  bedrock: (calls) => [{
    messages: calls.flatMap(({ id, tool, args, answer }) => [
      { role: "assistant", content: [{ toolUse: { toolUseId: id, name: tool, input: args } }] },
      ...(answer === undefined ? [] : [{
        role: "user",
        content: [{ toolResult: { toolUseId: id, content: [{ text: answer }] } }],
      }]),
    ]),
  }],
  langchain: each(({ id, tool, args, answer }) => [
    { type: "ai", data: { content: "", tool_calls: [{ name: tool, args, id }] } },
    when(answer, { type: "tool", data: { tool_call_id: id, content: answer ?? "" } }),
  ]),
  vercel: each(({ id, tool, args, answer, broken }) => [{
    role: "assistant",
    parts: [{
      type: "dynamic-tool",
      toolCallId: id,
      toolName: tool,
      input: args,
      ...(broken
        ? { state: "input-streaming" }
        : answer === undefined
        ? { state: "input-available" }
        : { state: "output-available", output: answer }),
    }],
  }]),
  autogen: each(({ id, tool, args, answer }) => [
    { source: "a", type: "ToolCallRequestEvent", content: [{ id, name: tool, arguments: text(args) }] },
    when(answer, {
      source: "a",
      type: "ToolCallExecutionEvent",
      content: [{ call_id: id, name: tool, content: answer ?? "", is_error: false }],
    }),
  ]),
  "pydantic-ai": each(({ id, tool, args, answer }) => [
    { kind: "response", parts: [{ part_kind: "tool-call", tool_name: tool, args, tool_call_id: id }] },
    when(answer, {
      kind: "request",
      parts: [{ part_kind: "tool-return", tool_name: tool, content: answer ?? "", tool_call_id: id }],
    }),
  ]),
  mcp: each(({ tool, args, answer }, i) => [
    { jsonrpc: "2.0", id: i, method: "tools/call", params: { name: tool, arguments: args } },
    when(answer, { jsonrpc: "2.0", id: i, result: { text: answer ?? "" } }),
  ]),
  atif: (calls) => [{
    schema_version: "ATIF-v1.4",
    steps: calls.map(({ id, tool, args, answer }, i) => ({
      step_id: i,
      source: "agent",
      tool_calls: [{ tool_call_id: id, function_name: tool, arguments: args }],
      observation: { results: answer === undefined ? [] : [{ source_call_id: id, content: answer }] },
    })),
  }],
  openhands: each(({ id, tool, args, answer }) => [
    { kind: "ActionEvent", source: "agent", tool_name: tool, tool_call_id: id, action: args },
    when(answer, {
      kind: "ObservationEvent",
      source: "environment",
      tool_call_id: id,
      observation: { content: [{ type: "text", text: answer ?? "" }] },
    }),
  ]),
  openai: each((call) => {
    const { id, tool, args, broken } = call;
    const item = { type: "function_call", call_id: id, name: tool, arguments: text(args) };
    return broken ? [{ ...item, status: "incomplete" }] : [asked(call), answered(call)];
  }),
  anthropic: each((call) => [used(call), when(call.answer, result(call))]),
};

/** What a format keeps of calls: commands of one shell, or no answers. */
export const KEEPS: Partial<Readonly<Record<Format, (call: Omit<Made, "id">, i: number) => Partial<Made>>>> =
  {
    "mini-swe-agent": () => ({ tool: "bash" }),
    "swe-agent": ({ answer }, i) => ({ tool: "bash", args: { command: `echo ${i}` }, answer: answer ?? "" }),
    bfcl: () => ({ answer: undefined }),
    "llama-index-response": ({ answer }) => ({ answer: answer ?? "" }),
  };

/** The formats in which a call can be told that its model did not finish. */
export const CAN_BREAK: ReadonlySet<Format> = new Set([
  "answers",
  "vercel",
  "openai",
  "opencode",
  "continue",
  "realtime",
  "ag-ui",
  "chatgpt",
  "cline-ui",
  "amp",
  "gemini-interactions",
]);
