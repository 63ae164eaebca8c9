import { lines, list } from "./log_lines.ts";

const step = (orchestrationTrace: unknown) => ({ trace: { sessionId: "s", trace: { orchestrationTrace } } });
const called = { tool_id: "t", tool_name: "t", tool_kwargs: {} };
const chunk = (i: number, finish_reason: string | null) => ({
  id: `x${i % 3}`,
  object: "chat.completion.chunk",
  choices: [{
    index: 0,
    delta: { tool_calls: [{ index: 0, function: { name: "t", arguments: "x" } }] },
    finish_reason,
  }],
});

/** Events of frameworks and services in which what is `n` long could be walked once for each of its parts. */
export const EVENT_LOGS: Readonly<Record<string, (n: number) => Uint8Array<ArrayBuffer>>> = {
  "Bedrock agents: calls of one step, and their observations": (n) =>
    lines(
      ...list(n, () =>
        step({
          invocationInput: { traceId: "t", actionGroupInvocationInput: { function: "f", parameters: [] } },
        })),
      ...list(n, (i) =>
        step({
          observation: {
            traceId: "t",
            ...(i % 2 === 0
              ? { actionGroupInvocationOutput: { text: "x" } }
              : { repromptResponse: { text: "x" } }),
          },
        })),
    ),
  "LlamaIndex: equal calls with one id": (n) =>
    lines(
      ...list(n, () => called),
      ...list(n, () => ({ ...called, tool_output: { tool_name: "t", raw_output: "x", is_error: false } })),
    ),
  "Pydantic AI: equal events": (n) =>
    lines(...list(n, (i) => ({
      event_kind: i % 2 === 0 ? "part_end" : "function_tool_call",
      part: { part_kind: "tool-call", tool_name: "t", tool_call_id: "c", args: {} },
    }))),
  "CAMEL: one record again and again": (n) =>
    lines(...list(n, () => ({
      uuid: "u",
      role_at_backend: "assistant",
      message: {
        role_type: "assistant",
        tool_calls: [{ id: "c", function: { name: "t", arguments: "{}" } }],
      },
    }))),
  "Haystack: components of a pipeline": (n) =>
    lines(
      Object.fromEntries(list(n, (i) => [`c${i}`, {
        messages: [{ role: "assistant", meta: {}, content: [{ tool_name: "t", arguments: {}, id: "c" }] }],
      }])),
    ),
  "Codex: sessions that were forked": (n) =>
    lines(
      ...list(n, (i) => ({ type: "session_meta", payload: { id: `s${i}` } })),
      ...list(n, (i) => ({
        type: "response_item",
        payload: { type: "function_call", call_id: `call_0123456789_${i}`, name: "t", arguments: "{}" },
      })),
    ),
  "answers: streams with one id": (n) =>
    lines(...list(n, (i) => chunk(i, i % 5 === 4 ? "tool_calls" : null))),
};
