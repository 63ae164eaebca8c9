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
  "gemini-interactions": (calls) =>
    calls.flatMap(({ id, tool, args, answer, broken }, i): JsonValue[] => {
      const step = { type: "function_call", id, name: tool };
      const result = { type: "function_result", call_id: id, name: tool, result: answer ?? "" };
      const about = {
        id: `i${i}`,
        object: "interaction",
        ...(i > 0 ? { previous_interaction_id: `i${i - 1}` } : {}),
      };
      // Every second one is streamed.
      if (!broken && i % 2 === 0) {
        return [
          { ...about, status: "requires_action", steps: [{ ...step, arguments: args }] },
          ...(answer === undefined ? [] : [result]),
        ];
      }
      return [
        { event_type: "interaction.created", interaction: { ...about, status: "in_progress" } },
        { event_type: "step.start", index: 0, step: { ...step, arguments: {} } },
        {
          event_type: "step.delta",
          index: 0,
          delta: { type: "arguments_delta", arguments: text(args).slice(0, broken ? 1 : undefined) },
        },
        ...(broken ? [] : [
          { event_type: "step.stop", index: 0 },
          { event_type: "interaction.completed", interaction: { ...about, status: "requires_action" } },
          ...(answer === undefined ? [] : [result]),
        ]),
      ];
    }),
  cohere: (calls) => {
    const history: JsonValue[] = [{ role: "USER", message: "go" }];
    return calls.map(({ id, tool, args, answer }): JsonValue => {
      const call = { name: tool, parameters: args };
      history.push({ role: "CHATBOT", message: "", tool_calls: [call] });
      const value = {
        generation_id: id,
        text: "",
        finish_reason: "COMPLETE",
        tool_calls: [call],
        chat_history: [...history],
      };
      if (answer !== undefined) {
        history.push({ role: "TOOL", tool_results: [{ call, outputs: [{ text: answer }] }] });
      }
      return value;
    }).concat([{ generation_id: "end", text: "done", finish_reason: "COMPLETE", chat_history: history }]);
  },
  "llama-index-response": (calls) =>
    calls.map(({ tool, args, answer }): JsonValue => ({
      response: "done",
      sources: [{
        tool_name: tool,
        raw_input: { args: [], kwargs: args },
        raw_output: answer ?? null,
        is_error: false,
      }],
      source_nodes: [],
    })),
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
