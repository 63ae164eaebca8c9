/** What coding agents write in their sessions beside messages, with the calls that it tells of. */
import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const S = "2026-01-02T03:04:05Z";
const MS = 1_767_323_045_000;
const codexCall = (id: string, name: string, more: JsonObject = { arguments: "{}" }) => ({
  timestamp: S,
  type: "response_item",
  payload: { type: "arguments" in more ? "function_call" : "custom_tool_call", call_id: id, name, ...more },
});
const codexOutput = (id: string, output: JsonValue) => ({
  timestamp: S,
  type: "response_item",
  payload: { type: "function_call_output", call_id: id, output },
});
const ended = (item: JsonObject) => ({
  timestamp: "2026-01-02T03:04:09Z",
  type: "event_msg",
  payload: { type: "item_completed", item, started_at_ms: MS, completed_at_ms: MS + 4000 },
});
const qwenCall = (prompt: string, args: JsonObject, more: JsonObject) => ({
  uuid: `u-${prompt}-${JSON.stringify(args)}`,
  sessionId: "s",
  timestamp: S,
  type: "system",
  subtype: "ui_telemetry",
  systemPayload: {
    uiEvent: {
      "event.name": "qwen-code.tool_call",
      function_name: "run_shell_command",
      function_args: args,
      prompt_id: prompt,
      ...more,
    },
  },
});
const geminiCall = (timestamp: string, more: JsonObject) => ({
  id: "m1",
  timestamp,
  type: "gemini",
  content: "",
  ...more,
});
const opencodeCall = (part: string, id: string, tool: string, state: JsonObject) => ({
  type: "tool_use",
  timestamp: MS,
  sessionID: "ses_1",
  part: { id: part, type: "tool", callID: id, tool, state: { input: {}, output: "x", ...state } },
});
const clineEvent = (type: string, id: string, more: JsonObject) => ({
  ts: S,
  type: "agent_event",
  event: { type, contentType: "tool", toolName: "run_commands", toolCallId: id, ...more },
});
const query = (success: boolean) => ({ query: "q", result: "r", success });

export const AGENT_SESSION_LOGS: Readonly<Record<string, LogCase>> = {
  "Codex: the calls of a script that the model wrote are in items that are completed": {
    format: "codex",
    lines: [
      codexCall("c1", "exec", { input: "await tools.pay({})" }),
      ended({
        type: "CommandExecution",
        id: "exec-1",
        command: ["bash", "-lc", "exit 4"],
        source: "unified_exec_startup",
        status: "failed",
        aggregated_output: "no",
        exit_code: 4,
      }),
      ended({
        type: "McpToolCall",
        id: "exec-2",
        server: "bank",
        tool: "pay",
        arguments: { cents: 5 },
        status: "completed",
        result: { content: [], structuredContent: { paid: true } },
      }),
      ended({
        type: "McpToolCall",
        id: "exec-3",
        server: "bank",
        tool: "pay",
        arguments: {},
        status: "failed",
        result: { content: [], isError: true },
      }),
      ended({
        type: "FileChange",
        id: "exec-4",
        changes: { "a.txt": { type: "add", content: "a" } },
        status: "completed",
        stdout: "Success.",
        stderr: "",
      }),
      ended({ type: "DynamicToolCall", id: "exec-5", tool: "look", arguments: { at: "a" }, success: false }),
      ended({
        type: "CollabAgentToolCall",
        id: "exec-6",
        tool: "spawn_agent",
        prompt: "go",
        status: "completed",
      }),
      ended({ type: "ImageView", id: "exec-7", path: "a.png" }),
      ended({ type: "CommandExecution", id: "u1", command: ["ls"], source: "user_shell", exit_code: 0 }),
      ended({ type: "AgentMessage", id: "m1", content: [] }),
      codexOutput("c1", [{ type: "input_text", text: "Script completed\nWall time 0.2 seconds\nOutput:\n" }]),
      codexCall("c2", "pay", { arguments: "{}", namespace: "mcp__bank" }),
      codexCall("c4", "mcp__bank__log", { arguments: "{}", namespace: "mcp__bank__" }),
      codexCall("c5", "send", { arguments: "{}", namespace: "mcp__bank__" }),
      codexCall("c6", "wait", { arguments: "{}", namespace: "agents" }),
      ended({
        type: "McpToolCall",
        id: "c2",
        tool: "pay",
        status: "failed",
        result: { content: [], isError: true },
      }),
      codexOutput("c2", "Wall time: 0.1 seconds\nOutput:\nno such account"),
    ],
    calls: [
      ["c1", "exec", { raw: "await tools.pay({})" }, "ok", {
        text: "Script completed\nWall time 0.2 seconds\nOutput:\n",
      }],
      ["exec-1", "exec_command", { command: ["bash", "-lc", "exit 4"] }, "error", {
        aggregated_output: "no",
        exit_code: 4,
      }],
      ["exec-2", "mcp__bank__pay", { cents: 5 }, "ok", { content: [], structuredContent: { paid: true } }],
      ["exec-3", "mcp__bank__pay", {}, "error", { content: [], isError: true }],
      ["exec-4", "apply_patch", { changes: { "a.txt": { type: "add", content: "a" } } }, "ok", {
        stdout: "Success.",
        stderr: "",
      }],
      ["exec-5", "look", { at: "a" }],
      ["exec-6", "spawn_agent", { prompt: "go" }, "ok", { status: "completed" }],
      ["exec-7", "view_image", { path: "a.png" }],
      ["c2", "mcp__bank__pay", {}, "error", { text: "Wall time: 0.1 seconds\nOutput:\nno such account" }],
      ["c4", "mcp__bank__log", {}],
      ["c5", "mcp__bank__send", {}],
      ["c6", "wait", {}],
    ],
    skipped: [/command of the user/, /2 × line of type "event_msg"/],
    start: S,
  },
  "Codex: what it writes in the place of an output is a failure, of its own tools and no other": {
    format: "codex",
    lines: [
      ...["unsupported call: a", "unsupported call: b", "aborted by user after 14.2s", "aborted by user"],
      "Wall time: 14.1 seconds\naborted by user",
      "failed to parse function arguments: EOF",
      "apply_patch verification failed: no",
    ].flatMap((text, i) => [codexCall(`c${i}`, "a"), codexOutput(`c${i}`, text)]).concat([
      codexCall("p", "apply_patch", { input: "" }),
      codexOutput("p", "apply_patch verification failed: no"),
      codexCall("w", "write_stdin"),
      codexOutput("w", "write_stdin failed: Unknown process id 1"),
      codexCall("s", "wait"),
      codexOutput("s", [{ type: "input_text", text: "Script failed\nWall time 0.0 seconds\nOutput:\n" }]),
    ]),
    calls: [
      ["c0", "a", {}, "error", { text: "unsupported call: a" }],
      ["c1", "a", {}, "ok", { text: "unsupported call: b" }],
      ["c2", "a", {}, "error", { text: "aborted by user after 14.2s" }],
      ["c3", "a", {}, "ok", { text: "aborted by user" }],
      ["c4", "a", {}, "error", { text: "Wall time: 14.1 seconds\naborted by user" }],
      ["c5", "a", {}, "error", { text: "failed to parse function arguments: EOF" }],
      ["c6", "a", {}, "ok", { text: "apply_patch verification failed: no" }],
      ["p", "apply_patch", { raw: "" }, "error", { text: "apply_patch verification failed: no" }],
      ["w", "write_stdin", {}, "error", { text: "write_stdin failed: Unknown process id 1" }],
      ["s", "wait", {}, "error", { text: "Script failed\nWall time 0.0 seconds\nOutput:\n" }],
    ],
  },
  "Qwen Code: the calls of a subagent are in events alone, those of the agent in messages, too": {
    format: "claude-code",
    lines: [
      {
        uuid: "u1",
        sessionId: "s",
        timestamp: S,
        type: "assistant",
        message: { role: "model", parts: [{ functionCall: { id: "c1", name: "agent", args: {} } }] },
      },
      qwenCall("s#general-purpose-x1#0", { command: "ls" }, { status: "success", success: true }),
      qwenCall("s#general-purpose-x1#1", {}, { status: "error", success: false, error: "no" }),
      qwenCall("s########3", { command: "own" }, { status: "success", success: true }),
      qwenCall("05ea09ae6330e", { command: "own" }, { status: "success", success: true }),
    ],
    calls: [
      ["c1", "agent", {}],
      [undefined, "run_shell_command", { command: "ls" }, "ok", { status: "success" }],
      [undefined, "run_shell_command", {}, "error", { status: "error", error: "no" }],
    ],
    skipped: [/2 × line of type "system"/],
  },
  "Gemini CLI: a session that is resumed is written again with the time of that": {
    format: "gemini-cli",
    lines: [
      geminiCall(S, {
        toolCalls: [{ id: "c1", name: "ls", args: {}, status: "success", result: "x", timestamp: S }],
      }),
      {
        $set: {
          messages: [
            geminiCall("2026-02-02T00:00:00Z", { content: [{ functionCall: { id: "c1", name: "ls" } }] }),
          ],
        },
      },
    ],
    calls: [["c1", "ls", {}, "ok", { text: "x" }]],
    start: S,
  },
  "Pi: events have the time of their message": {
    format: "pi",
    lines: [{
      type: "message_end",
      message: {
        role: "assistant",
        content: [{ type: "toolCall", id: "c1", name: "bash", arguments: {} }],
        timestamp: MS,
      },
    }],
    calls: [["c1", "bash", {}]],
    start: S,
  },
  "opencode: events tell of calls as they end, and of those that can't be run": {
    format: "opencode",
    lines: [
      opencodeCall("prt_22cd55178001b", "c2", "read", { status: "completed" }),
      opencodeCall("prt_22cd550d8001a", "c1", "bash", { status: "error", error: "no" }),
      opencodeCall("prt_22cd566bf001c", "c3", "invalid", { status: "completed" }),
    ],
    calls: [
      ["c1", "bash", {}, "error", { text: "no" }],
      ["c2", "read", {}, "ok", { text: "x" }],
      ["c3", "invalid", {}, "error", { text: "x" }],
    ],
  },
  "Cline's CLI: results are lists of what was done, in a session": {
    format: "cline",
    lines: [{
      version: 1,
      sessionId: "s",
      messages: [
        { role: "user", content: [{ type: "text", text: "go" }], ts: MS },
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "c1", name: "run_commands", input: {} },
            { type: "tool_use", id: "c2", name: "run_commands", input: {} },
            { type: "tool_use", id: "c3", name: "look", input: {} },
          ],
          ts: MS,
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "c1", content: [query(true)] }],
          ts: MS,
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "c2", content: [query(true), query(false)] },
            { type: "tool_result", tool_use_id: "c3", content: { error: "rejected" } },
          ],
          ts: MS,
        },
      ],
    }],
    calls: [
      ["c1", "run_commands", {}, "ok", { text: '[{"query":"q","result":"r","success":true}]' }],
      ["c2", "run_commands", {}, "error", {
        text: '[{"query":"q","result":"r","success":true},{"query":"q","result":"r","success":false}]',
      }],
      ["c3", "look", {}, "error", { error: "rejected" }],
    ],
    start: S,
  },
  "Cline's CLI: a call starts and ends with an event": {
    format: "cline",
    lines: [
      { ts: S, type: "hook_event", hookEventName: "agent_start" },
      clineEvent("content_start", "c1", { input: { commands: ["ls"] } }),
      clineEvent("content_update", "c1", { update: { chunk: "a" } }),
      clineEvent("content_start", "c2", { input: {} }),
      clineEvent("content_end", "c1", { output: [query(false)] }),
      { ts: S, type: "run_result", finishReason: "aborted" },
    ],
    calls: [
      ["c1", "run_commands", { commands: ["ls"] }, "error", {
        text: '[{"query":"q","result":"r","success":false}]',
      }],
      ["c2", "run_commands", {}],
    ],
    skipped: [/1 × line of type "content_update"/, /1 × line of type "hook_event"/],
    start: S,
  },
};
