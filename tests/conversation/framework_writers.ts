/** Writes calls as frameworks and services keep them, for the same tests. */
import type { JsonValue } from "../../lib/formats/json/mod.ts";
import type { Writer } from "./agent_writers.ts";

const text = (value: JsonValue) => JSON.stringify(value);

export const FRAMEWORK_WRITERS = {
  amp: (calls) => [{
    v: 1,
    id: "T-1",
    messages: calls.flatMap(({ id, tool, args, answer, broken }): JsonValue[] => [
      { role: "assistant", content: [{ type: "tool_use", id, name: tool, input: args, complete: !broken }] },
      ...(answer === undefined || broken ? [] : [{
        role: "user",
        content: [{ type: "tool_result", toolUseID: id, run: { status: "done", result: answer } }],
      }]),
    ]),
  }],
  camel: (calls) =>
    calls.flatMap(({ id, tool, args, answer }, i): JsonValue[] => [
      {
        uuid: `u${i}`,
        role_at_backend: "assistant",
        message: {
          role_type: "assistant",
          content: "",
          tool_calls: [{ id, type: "function", function: { name: tool, arguments: text(args) } }],
        },
      },
      ...(answer === undefined ? [] : [{
        uuid: `v${i}`,
        role_at_backend: "function",
        message: { role_type: "assistant", func_name: tool, result: answer, tool_call_id: id },
      }]),
    ]),
  "cursor-transcript": (calls) =>
    calls.flatMap(({ id, tool, args, answer }): JsonValue[] => [
      { role: "assistant", message: { content: [{ type: "tool_use", id, name: tool, input: args }] } },
      ...(answer === undefined ? [] : [{
        role: "user",
        message: { content: [{ type: "tool_result", tool_use_id: id, content: answer }] },
      }]),
    ]),
  logfire: (calls) => [{
    rows: calls.map(({ id, tool, args, answer }, i) => ({
      trace_id: "01",
      span_id: `a${i}`,
      span_name: "running tool",
      kind: "span",
      start_timestamp: `2026-01-02T03:04:05.${String(i).padStart(6, "0")}Z`,
      attributes: {
        "gen_ai.tool.name": tool,
        "gen_ai.tool.call.id": id,
        tool_arguments: text(args),
        ...(answer === undefined ? {} : { tool_response: answer }),
      },
    })),
  }],
  "gemini-live": (calls) =>
    calls.flatMap(({ id, tool, args, answer }): JsonValue[] => [
      { toolCall: { functionCalls: [{ id, name: tool, args }] } },
      ...(answer === undefined
        ? []
        : [{ toolResponse: { functionResponses: [{ id, name: tool, response: { text: answer } }] } }]),
    ]),
  "bedrock-agent": (calls) =>
    calls.flatMap(({ tool, args, answer }, i): JsonValue[] => {
      const step = (orchestrationTrace: JsonValue) => ({
        trace: { sessionId: "s", trace: { orchestrationTrace } },
      });
      const parameters = Object.entries(args).map(([name, value]) => ({ name, type: "string", value }));
      return [
        step({
          invocationInput: {
            traceId: `t-${i}`,
            actionGroupInvocationInput: { function: tool, parameters },
          },
        }),
        ...(answer === undefined ? [] : [
          step({
            observation: { traceId: `t-${i}`, actionGroupInvocationOutput: { text: answer } },
          }),
        ]),
      ];
    }),
  "llama-index-events": (calls) => [
    {
      response: { role: "assistant", additional_kwargs: {}, blocks: [] },
      current_agent_name: "a",
      tool_calls: calls.map(({ id, tool, args }) => ({ tool_id: id, tool_name: tool, tool_kwargs: args })),
    },
    ...calls.flatMap(({ id, tool, args, answer }): JsonValue[] => {
      const called = { tool_name: tool, tool_kwargs: args, tool_id: id };
      return [
        called,
        ...(answer === undefined
          ? []
          : [{ ...called, tool_output: { tool_name: tool, raw_output: answer, is_error: false } }]),
      ];
    }),
  ],
} as const satisfies Readonly<Record<string, Writer>>;
