import { EVENT_LOGS } from "./hostile_event_logs.ts";
import { EXPORT_LOGS } from "./hostile_export_logs.ts";
import { lines, list } from "./log_lines.ts";

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
  "Hooks: events of calls without ids, begun together": (n) =>
    lines(
      ...["PreToolUse", "PostToolUse"].flatMap((event) =>
        list(n, () => ({
          hook_event_name: event,
          session_id: "s",
          tool_name: "t",
          tool_input: {},
          tool_response: "x",
        }))
      ),
    ),
  "Cline: tags without an end, and results of many calls": (n) =>
    lines([
      { role: "user", content: [{ type: "text", text: "<task>\nx\n</task>" }] },
      { role: "assistant", content: [{ type: "text", text: "<read_file><path>".repeat(n) }] },
      {
        role: "assistant",
        content: list(n, (i) => ({ type: "tool_use", id: `c${i}`, name: "t", input: {} })),
      },
      { role: "user", content: list(n, () => ({ type: "text", text: "[t for 'x'] Result:\nx" })) },
    ]),
  "Cline: parameters of names of their own without an end": (n) =>
    lines([
      { role: "user", content: [{ type: "text", text: "<task>\nx\n</task>" }] },
      {
        role: "assistant",
        content: [{
          type: "text",
          text: `<read_file>${
            list(n, (i) => `<p${i.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)]!)}>`)
              .join("")
          }</read_file>`,
        }],
      },
    ]),
  "Assistants: states of one step": (n) =>
    lines(...list(n, () => ({
      id: "s",
      object: "thread.run.step",
      thread_id: "t",
      created_at: 1,
      step_details: {
        type: "tool_calls",
        tool_calls: [{ id: "c", type: "function", function: { name: "t", arguments: "{}" } }],
      },
    }))),
  "Realtime: items that every event repeats": (n) =>
    lines(...list(n, () => ({
      type: "conversation.item.created",
      item: { object: "realtime.item", type: "function_call", call_id: "c", name: "t", arguments: "{}" },
    }))),
  "AG-UI: deltas of one call": (n) =>
    lines(
      { type: "TOOL_CALL_START", toolCallId: "c", toolCallName: "t" },
      ...list(n, () => ({ type: "TOOL_CALL_ARGS", toolCallId: "c", delta: "x" })),
      { type: "TOOL_CALL_END", toolCallId: "c" },
    ),
  "ACP: updates of one call": (n) =>
    lines(...list(n, (i) => ({
      jsonrpc: "2.0",
      method: "session/update",
      params: {
        sessionId: "s",
        update: { sessionUpdate: "tool_call_update", toolCallId: "c", kind: "t", rawInput: { i } },
      },
    }))),
  "Copilot Chat: states of one call": (n) =>
    lines({
      requests: [{
        requestId: "r",
        response: list(n, () => ({ kind: "toolInvocationSerialized", toolId: "t", toolCallId: "c" })),
      }],
    }),
  "Copilot Chat: a journal with a line for each part": (n) =>
    lines(
      { kind: 0, v: { requests: [{ requestId: "r", response: [] }] } },
      ...list(n, (i) => ({
        kind: 2,
        k: ["requests", 0, "response"],
        v: [{ kind: "toolInvocationSerialized", toolId: "t", toolCallId: `c${i}` }],
      })),
    ),
  "Copilot Chat: a journal that removes every request again": (n) =>
    lines(
      { kind: 0, v: { requests: [] } },
      ...list(n, (i) => ({
        kind: 2,
        k: ["requests"],
        v: [{
          requestId: `r${i}`,
          response: [{ kind: "toolInvocationSerialized", toolId: "t", toolCallId: `c${i}` }],
        }],
        i: 0,
      })),
    ),
  "AG-UI: a call that begins anew": (n) =>
    lines(
      ...list(n, () => ({ type: "TOOL_CALL_START", toolCallId: "c", toolCallName: "t" })),
      { type: "TOOL_CALL_END", toolCallId: "c" },
    ),
  "Letta: pieces of one call": (n) =>
    lines(
      {
        message_type: "tool_call_message",
        id: "n",
        tool_call: { name: "t", arguments: "{}", tool_call_id: "d" },
      },
      ...list(n, (i) => ({
        message_type: "tool_call_message",
        id: `m${i}`,
        tool_call: { name: "t", arguments: `{"a${i}`, tool_call_id: "c" },
      })),
    ),
  "HAR: entries that repeat one call": (n) =>
    lines({
      log: {
        entries: list(n, () => ({
          request: { postData: { text: '{"messages":[]}' } },
          response: {
            content: {
              text:
                '{"choices":[{"message":{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"t","arguments":"{}"}}]}}]}',
            },
          },
        })),
      },
    }),
  "OpenTelemetry logs: records that were sent again": (n) =>
    lines({
      resourceLogs: [{
        scopeLogs: [{
          logRecords: list(n, () => ({
            timeUnixNano: "1",
            body: { stringValue: "codex.tool_result" },
            attributes: [{ key: "tool_name", value: { stringValue: "t" } }],
          })),
        }],
      }],
    }),
  "smolagents: calls of steps with one id": (n) =>
    lines(
      list(n, (i) => ({
        step_number: i,
        observations: "x",
        tool_calls: [{ id: "c", type: "function", function: { name: "t", arguments: {} } }],
      })),
    ),
  "Continue: outputs that states have, too": (n) =>
    lines({
      history: [
        {
          message: {
            role: "assistant",
            toolCalls: list(n, (i) => ({ id: `c${i}`, function: { name: "t", arguments: "{}" } })),
          },
          contextItems: [],
          toolCallStates: list(n, (i) => ({ toolCallId: `c${i}`, status: "done", output: [] })),
        },
        ...list(
          n,
          (i) => ({ message: { role: "tool", toolCallId: `c${i}`, content: "x" }, contextItems: [] }),
        ),
      ],
    }),
  "Gemini: the same call in a long history, and again in every answer": (n) => {
    const parts = list(n, () => ({ functionCall: { name: "t", args: {} } }));
    return lines(
      { request: { contents: [] }, response: { candidates: [{ content: { role: "model", parts } }] } },
      {
        request: { contents: [{ role: "model", parts }] },
        response: list(n, () => ({ candidates: [{ content: { role: "model", parts: parts.slice(0, 1) } }] })),
      },
    );
  },
  "OpenTelemetry logs: records of one request": (n) =>
    lines({
      resourceLogs: [{
        scopeLogs: [{
          logRecords: list(n, (i) => ({
            traceId: "01",
            spanId: "02",
            eventName: "gen_ai.choice",
            attributes: [{
              key: "tool_calls",
              value: { stringValue: `[{"id":"c${i}","function":{"name":"t","arguments":"{}"}}]` },
            }],
          })),
        }],
      }],
    }),
  ...EXPORT_LOGS,
  ...EVENT_LOGS,
};
