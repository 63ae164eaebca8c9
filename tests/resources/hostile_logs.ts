import { utf8 } from "../../lib/formats/bytes.ts";

const lines = (...values: readonly unknown[]) =>
  utf8(values.map((value) => JSON.stringify(value)).join("\n"));
const list = <T>(n: number, item: (i: number) => T) => Array.from({ length: n }, (_, i) => item(i));

/** Logs of agents in which what is `n` long could be walked, or copied, once for each of its parts. */
export const LOGS: Readonly<Record<string, (n: number) => Uint8Array<ArrayBuffer>>> = {
  "Claude Code: results before their calls, in one message": (n) =>
    lines(
      {
        type: "user",
        sessionId: "s",
        message: {
          role: "user",
          content: list(n, (i) => ({ type: "tool_result", tool_use_id: `t${i}`, content: "x" })),
        },
      },
      {
        type: "assistant",
        sessionId: "s",
        message: {
          role: "assistant",
          content: list(n, (i) => ({ type: "tool_use", id: `t${i}`, name: "t", input: {} })),
        },
      },
    ),
  "Codex: outputs and the events that end their calls": (n) =>
    lines(
      ...list(n, (i) => ({
        type: "response_item",
        payload: { type: "function_call", call_id: `c${i}`, name: "t", arguments: "{}" },
      })),
      ...list(n, (i) => ({
        type: "response_item",
        payload: { type: "function_call_output", call_id: `c${i}`, output: "x" },
      })),
      ...list(n, (i) => ({
        type: "event_msg",
        payload: { type: "exec_command_end", call_id: `c${i}`, exit_code: 1 },
      })),
    ),
  "Gemini CLI: patches that each add a call to one message": (n) =>
    lines(
      { sessionId: "s", projectHash: "p" },
      { id: "m", type: "gemini", toolCalls: [] },
      ...list(n, (i) => ({
        $patch: { updates: [{ id: "m", toolCalls: [{ id: `c${i}`, name: "t", args: {} }] }] },
      })),
    ),
  "Gemini CLI: states that each add a member to one call": (n) =>
    lines(
      { sessionId: "s", projectHash: "p" },
      ...list(n, (i) => ({
        id: "m",
        type: "gemini",
        toolCalls: [{ id: "c", name: "t", args: {}, [`x${i}`]: i }],
      })),
    ),
  "opencode: states of one call": (n) =>
    lines(...list(n, (i) => ({
      type: "tool_use",
      part: {
        id: "p",
        type: "tool",
        callID: "c",
        tool: "t",
        state: { status: "completed", input: { i }, output: "x" },
      },
    }))),
  "Cursor: calls that start together and end in turn": (n) =>
    lines(
      ...list(n, (i) => ({
        type: "tool_call",
        subtype: "started",
        call_id: `c${i}`,
        tool_call: { readToolCall: { args: {} } },
      })),
      ...list(n, (i) => ({
        type: "tool_call",
        subtype: "completed",
        call_id: `c${n - 1 - i}`,
        tool_call: { readToolCall: { args: {}, result: { success: { text: "x" } } } },
      })),
    ),
  "MCP: requests of one id": (n) =>
    lines(
      ...list(n, () => ({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "t" } })),
      ...list(n, () => ({ jsonrpc: "2.0", id: 1, result: { content: [] } })),
    ),
};
