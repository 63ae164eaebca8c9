/** Telemetry of agents, with the calls that it tells of. */
import type { JsonValue } from "../../formats/json/mod.ts";
import type { LogCase } from "./_log_case.ts";

const S = "2026-01-02T03:04:05Z";
const attributesOf = (attributes: Record<string, string>) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
const record = (name: string, attributes: Record<string, string>) => ({
  timeUnixNano: "1767323045000000000",
  body: { stringValue: name },
  attributes: attributesOf(attributes),
});
const logs = (...logRecords: JsonValue[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const codeSpan = (
  [id, parent, name]: [string, string, string],
  attributes: Record<string, string>,
  more: Record<string, JsonValue> = {},
) => ({
  traceId: "01",
  spanId: id,
  parentSpanId: parent,
  name: `claude_code.${name}`,
  startTimeUnixNano: "1767323045000000000",
  attributes: attributesOf(attributes),
  ...more,
});

export const TELEMETRY_LOGS: Readonly<Record<string, LogCase>> = {
  "OpenTelemetry logs: what coding agents send": {
    format: "otel-logs",
    lines: [logs(
      record("claude_code.user_prompt", { "session.id": "s" }),
      record("claude_code.tool_result", {
        "session.id": "s",
        tool_name: "Bash",
        tool_parameters: '{"bash_command":"ls"}',
        success: "false",
        error: "exit 1",
      }),
      record("gemini_cli.tool_call", {
        "session.id": "s",
        function_name: "read_file",
        function_args: "{}",
        success: "true",
      }),
      record("claude_code.tool_result", {
        "session.id": "s",
        tool_name: "mcp_tool",
        tool_use_id: "t1",
        tool_parameters: '{"mcp_server_name":"bank","mcp_tool_name":"pay"}',
        tool_input: '{"cents":5}',
      }),
      record("claude_code.tool_result", { "session.id": "s", tool_name: "mcp_tool", tool_use_id: "t2" }),
    )],
    calls: [
      [undefined, "Bash", { bash_command: "ls" }, "error", { text: "exit 1" }],
      [undefined, "read_file", {}],
      ["t1", "mcp__bank__pay", { cents: 5 }],
      ["t2", "mcp_tool", { raw: "" }],
    ],
    start: S,
  },
  "OpenTelemetry traces: Claude Code's spans, the failure of a call in the span inside, an agent's calls its own":
    {
      format: "otel",
      lines: [{
        resourceSpans: [{
          scopeSpans: [{
            spans: [
              codeSpan(["01", "", "interaction"], {}),
              codeSpan(["02", "01", "llm_request"], { "gen_ai.response.finish_reasons": "tool_use" }),
              codeSpan(["03", "01", "tool"], { tool_name: "Agent", tool_use_id: "t1", subagent_type: "x" }),
              codeSpan(["04", "03", "tool.blocked_on_user"], {}),
              codeSpan(["05", "03", "tool.execution"], { tool_use_id: "t1" }),
              codeSpan(["06", "05", "tool"], { tool_name: "Bash", tool_use_id: "t2", full_command: "ls" }, {
                events: [{ name: "tool.output", attributes: attributesOf({ output: "a" }) }],
              }),
              codeSpan(["07", "06", "tool.execution"], { tool_use_id: "t2" }, { status: { code: 0 } }),
              codeSpan(["08", "01", "tool"], { tool_name: "mcp__bank__pay", tool_use_id: "t3" }),
              codeSpan(["09", "08", "tool.execution"], { tool_use_id: "t3" }, {
                status: { code: 2, message: "no such account" },
              }),
            ],
          }],
        }],
      }],
      calls: [
        ["t1", "Agent", { subagent_type: "x" }],
        ["t2", "Bash", { full_command: "ls" }, "ok", { output: "a" }],
        ["t3", "mcp__bank__pay", { raw: "" }, "error", { text: "no such account" }],
      ],
      skipped: [/3 of 9 spans call no tool/],
      start: S,
    },
  "OpenTelemetry logs: events of the conventions for GenAI, of which later ones repeat the history": {
    format: "otel-logs",
    lines: [1, 2].map((n) => ({
      body: n === 1
        ? {
          index: 0,
          finish_reason: "tool_calls",
          message: {
            tool_calls: [{ id: "c1", type: "function", function: { name: "pay", arguments: "{}" } }],
          },
        }
        : { id: "c1", content: "paid" },
      severity_number: 9,
      attributes: { "event.name": n === 1 ? "gen_ai.choice" : "gen_ai.tool.message" },
      timestamp: S,
      trace_id: "0x01",
      span_id: `0x0${n}`,
    })),
    calls: [["c1", "pay", {}, "ok", { text: "paid" }]],
  },
  "MLflow: a row of a table has the trace as a text, and spans that are no JSON": {
    format: "mlflow",
    lines: [{
      trace_id: "tr-1",
      state: "OK",
      spans: "[Span(name='pay', trace_id='tr-1')]",
      trace: JSON.stringify({
        info: { trace_id: "tr-1" },
        data: {
          spans: [{
            trace_id: "01",
            span_id: "02",
            name: "pay",
            status: { code: "STATUS_CODE_OK" },
            attributes: {
              "mlflow.spanType": '"TOOL"',
              "mlflow.spanInputs": '{"cents":5}',
              "mlflow.spanOutputs": '"paid"',
            },
          }],
        },
      }),
    }],
    calls: [[undefined, "pay", { cents: 5 }, "ok", { text: "paid" }]],
  },
};
