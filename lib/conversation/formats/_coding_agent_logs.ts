/** Logs of coding agents, with the calls that they tell of. */
import type { JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const S = "2026-01-02T03:04:05Z";
export const hook = (event: string, more: Record<string, JsonValue>) => ({
  hook_event_name: event,
  session_id: "s",
  ...more,
});
export const ls = { tool_name: "Bash", tool_input: { command: "ls" } };
const text = (...texts: string[]) => texts.map((one) => ({ type: "text", text: one }));
const task = { role: "user", content: text("<task>\nfix it\n</task>"), ts: 1_767_323_045_000 };
const said = (...texts: string[]) => ({ role: "assistant", content: text(...texts) });
const given = (...texts: string[]) => ({ role: "user", content: text(...texts) });
export const update = (more: Record<string, JsonValue>) => ({
  jsonrpc: "2.0",
  method: "session/update",
  params: { sessionId: "s", update: { toolCallId: "c1", ...more } },
});

export const CODING_AGENT_LOGS: Readonly<Record<string, LogCase>> = {
  "hooks: a call of which two events tell is one, a denied one has no result, a failure is an error": {
    format: "hooks",
    lines: [
      hook("PreToolUse", ls),
      hook("PreToolUse", { ...ls, tool_use_id: "t1" }),
      hook("PreToolUse", { ...ls, tool_use_id: "t1" }),
      hook("PostToolUse", { ...ls, tool_response: { stdout: "a" } }),
      hook("PostToolUseFailure", { ...ls, tool_use_id: "t1", error: "no such file" }),
      hook("PostToolUse", { ...ls, tool_use_id: "t1", tool_response: "again" }),
      hook("PostToolUse", { ...ls, tool_use_id: "t2", tool_response: { success: false } }),
      hook("PreToolUse", { tool_name: "Write", tool_input: {} }),
      hook("Stop", {}),
    ],
    calls: [
      [undefined, "Bash", { command: "ls" }, "ok", { stdout: "a" }],
      ["t1", "Bash", { command: "ls" }, "error", { text: "no such file" }],
      ["t2", "Bash", { command: "ls" }, "error", { success: false }],
      [undefined, "Write", {}],
    ],
    skipped: [/1 × event "Stop"/],
  },
  "Cline: tags of tools are calls, texts with a heading their results": {
    format: "cline",
    lines: [[
      task,
      said(
        "I look.\n<read_file>\n<path>a.ts</path>\n</read_file>\n<list_files>\n<path>.</path>\n</list_files>",
      ),
      given("[read_file for 'a.ts'] Result:", "1 | x", "<environment_details>\ntime\n</environment_details>"),
      said("<write_to_file><path>b</path><content>\n<content>x</content>\n</content></write_to_file>"),
      given("[write_to_file for 'b'] Result:\nThe user denied this operation."),
      said("<b>bold</b> <attempt_completion>done</attempt_completion>"),
    ]],
    calls: [
      [undefined, "read_file", { path: "a.ts" }, "ok", { text: "1 | x" }],
      [undefined, "write_to_file", { path: "b", content: "<content>x</content>" }, "error", {
        text: "The user denied this operation.",
      }],
      [undefined, "attempt_completion", { raw: "done" }],
    ],
    skipped: [/second call in a message/],
    start: S,
  },
  "Cline: blocks of the API get the texts behind them, in turn and by the name of the tool": {
    format: "cline",
    lines: [[
      task,
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "c1", name: "read_file", input: { path: "a" } },
          { type: "tool_use", id: "c2", name: "read_file", input: { path: "b" } },
          { type: "tool_use", id: "c3", name: "list_files", input: {} },
        ],
      },
      given("[list_files for '.'] Result:\na", "[read_file for 'a'] Result:\nA"),
      { role: "assistant", content: [{ type: "tool_use", id: "c4", name: "execute_command", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c4", content: "x", is_error: true }] },
    ]],
    calls: [
      ["c1", "read_file", { path: "a" }, "ok", { text: "A" }],
      ["c2", "read_file", { path: "b" }],
      ["c3", "list_files", {}, "ok", { text: "a" }],
      ["c4", "execute_command", {}, "error", { text: "x" }],
    ],
  },
  "Amazon Q: pairs of older versions, cancelled calls, what the user last sent": {
    format: "amazon-q",
    lines: [{
      history: [
        [{ content: { Prompt: { prompt: "go" } }, timestamp: S }, {
          ToolUse: { tool_uses: [{ id: "c1", name: "fs_read", args: {} }] },
        }],
        [{
          content: {
            CancelledToolUses: { prompt: "no", tool_use_results: [{ tool_use_id: "c1", content: [] }] },
          },
        }, {
          ToolUse: { tool_uses: [{ id: "c2", name: "execute_bash", args: {} }] },
        }],
      ],
      next_message: {
        content: {
          ToolUseResults: {
            tool_use_results: [{
              tool_use_id: "c2",
              content: [{ Json: { exit_status: "1" } }],
              status: "Error",
            }],
          },
        },
      },
    }],
    calls: [["c1", "fs_read", {}, "error", { text: "[]" }], ["c2", "execute_bash", {}, "error", {
      exit_status: "1",
    }]],
    start: S,
  },
  "Zed: threads of older versions": {
    format: "zed",
    lines: [{
      messages: [
        {
          id: 1,
          role: "assistant",
          segments: [],
          tool_uses: [{ id: "c1", name: "grep", input: {} }],
          tool_results: [],
        },
        {
          id: 2,
          role: "user",
          segments: [],
          tool_uses: [],
          tool_results: [{ tool_use_id: "c1", is_error: true, content: "no" }],
        },
      ],
    }],
    calls: [["c1", "grep", {}, "error", { text: "no" }]],
  },
  "Continue: an output that state and message have is one result": {
    format: "continue",
    lines: [{
      history: [
        {
          message: {
            role: "assistant",
            content: "",
            toolCalls: [
              { id: "c1", type: "function", function: { name: "ls", arguments: "{}" } },
              { id: "c2", type: "function", function: { name: "rm", arguments: "{}" } },
            ],
          },
          contextItems: [],
          toolCallStates: [
            { toolCallId: "c1", status: "done", output: [{ content: "a" }] },
            { toolCallId: "c2", status: "canceled" },
          ],
        },
        { message: { role: "tool", content: "a", toolCallId: "c1" }, contextItems: [] },
      ],
    }],
    calls: [["c1", "ls", {}, "ok", { text: "a" }], ["c2", "rm", {}, "error", { status: "canceled" }]],
  },
  "Copilot Chat: parts of a request without rounds, the last state of each": {
    format: "copilot-chat",
    lines: [{
      requests: [{
        requestId: "r",
        timestamp: 1_767_323_045_000,
        response: [
          {
            kind: "toolInvocationSerialized",
            toolId: "run_in_terminal",
            toolCallId: "c1",
            isComplete: false,
          },
          {
            kind: "toolInvocationSerialized",
            toolId: "run_in_terminal",
            toolCallId: "c1",
            toolSpecificData: {
              kind: "terminal",
              commandLine: { original: "ls" },
              terminalCommandState: { exitCode: 1 },
              terminalCommandOutput: { text: "no" },
            },
          },
        ],
      }],
    }],
    calls: [["c1", "run_in_terminal", { command: "ls" }, "error", { text: "no" }]],
    start: S,
  },
  "Copilot Chat: a journal of changes": {
    format: "copilot-chat",
    lines: [
      { kind: 0, v: { version: 3, sessionId: "s", requests: [] } },
      { kind: 2, k: ["requests"], v: [{ requestId: "r", timestamp: S, response: [], result: {} }] },
      { kind: 2, k: ["requests", 0, "response"], v: [{ kind: "toolInvocationSerialized", toolId: "old" }] },
      {
        kind: 2,
        k: ["requests", 0, "response"],
        i: 0,
        v: [
          { kind: "toolInvocationSerialized", toolId: "copilot_readFile", toolCallId: "c1" },
          {
            kind: "toolInvocationSerialized",
            toolId: "run_in_terminal",
            toolCallId: "c2",
            toolSpecificData: { commandLine: { original: "pytest" } },
            resultDetails: { input: "pytest", output: [{ type: "embed", value: "3 passed" }] },
          },
        ],
      },
      { kind: 1, k: ["requests", 0, "modelState"], v: { value: 1 } },
      { kind: 3, k: ["customTitle"] },
    ],
    calls: [["c1", "copilot_readFile", {}], ["c2", "run_in_terminal", { command: "pytest" }, "ok", {
      text: "3 passed",
    }]],
    start: S,
  },
  "OpenHands: outputs of older evaluations, with pairs of an action and its observation": {
    format: "openhands",
    lines: [{
      instance_id: "i",
      history: [[
        { id: 1, source: "agent", action: "run", args: { command: "ls" } },
        { id: 2, source: "agent", observation: "run", cause: 1, content: "a", extras: { exit_code: 2 } },
      ]],
    }],
    calls: [[undefined, "run", { command: "ls" }, "error", { text: "a" }]],
  },
  "ACP: the tool that an agent names in its metadata, its last state": {
    format: "acp",
    lines: [
      {
        jsonrpc: "2.0",
        id: 1,
        method: "session/request_permission",
        params: { sessionId: "s", toolCall: { toolCallId: "c1", rawInput: { path: "a" } } },
      },
      update({ sessionUpdate: "tool_call", kind: "read", _meta: { claudeCode: { toolName: "Read" } } }),
      update({ sessionUpdate: "tool_call_update", status: "failed", rawOutput: { error: "no" } }),
      { jsonrpc: "2.0", id: 1, result: {} },
    ],
    calls: [["c1", "Read", { path: "a" }, "error", { error: "no" }]],
    skipped: [/1 × message "response"/],
  },
};
