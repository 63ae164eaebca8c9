import { utf8 } from "../../lib/formats/bytes.ts";
import { lines, list } from "./log_lines.ts";

/** The same for logs that accounts, tests and platforms export. */
export const EXPORT_LOGS: Readonly<Record<string, (n: number) => Uint8Array<ArrayBuffer>>> = {
  "ChatGPT: a chain of calls, and messages of another tool": (n) =>
    lines({
      current_node: `m${2 * n - 1}`,
      mapping: Object.fromEntries(list(2 * n, (i) => [`m${i}`, {
        parent: i === 0 ? null : `m${i - 1}`,
        children: [`m${i + 1}`],
        message: {
          id: `m${i}`,
          author: i < n ? { role: "assistant" } : { role: "tool", name: "b" },
          recipient: i < n ? "a" : "all",
          content: { content_type: "text", parts: ["x"] },
        },
      }])),
    }),
  "ChatGPT: answers of one call, each a branch, and links in a circle": (n) =>
    lines({
      current_node: "a1",
      mapping: Object.fromEntries([
        ["c", {
          parent: "a1",
          children: list(n, (i) => `a${i}`),
          message: { id: "c", author: { role: "assistant" }, recipient: "t", content: { text: "x" } },
        }],
        ...list(n, (i) => [`a${i}`, {
          parent: "c",
          children: ["c"],
          message: { id: `a${i}`, author: { role: "tool", name: "t" }, content: { text: "x" } },
        }]),
      ]),
    }),
  "claude.ai: calls of one tool without ids, and their results": (n) =>
    lines({
      uuid: "c",
      chat_messages: [{
        sender: "assistant",
        content: ["tool_use", "tool_result"].flatMap((type) =>
          list(n, () => ({ type, name: "t", input: {}, content: "x" }))
        ),
      }],
    }),
  "VCR: exchanges that share one body, packed, by an alias": (n) =>
    utf8(
      `requests:\n- &a {body: '{"messages":[{"role":"user","content":"x"}]}'}\n${"- *a\n".repeat(n)}` +
        `responses:\n- &b {body: {string: !!binary H4sIAAAAAAACA6tWSs7Iz0xOLVayiq5Wyk0tLk5MT1WyqlYqys8B0kqJxcWZxSWJeSVKOkrJ+XklqUCWlVKFUm1tbC0AS0PtYzwAAAA=}}\n${
          "- *b\n".repeat(n)
        }`,
    ),
  "Cline: a panel of calls, and results under headings that do not end": (n) =>
    lines([
      ...list(n, (i) => ({ ts: i, type: "ask", ask: "command", text: "ls" })),
      ...list(n, (i) => ({ ts: i, type: "say", say: "command_output", text: "x" })),
      {
        ts: n,
        type: "say",
        say: "api_req_started",
        text: JSON.stringify({ request: "[t for 'x'] Result:\n[t \n".repeat(n) }),
      },
    ]),
  "OpenAI: conversations with the same calls at the same moment": (n) =>
    lines(...list(2, () => ({
      messages: [{
        role: "assistant",
        created_at: 1767323045.5,
        tool_calls: list(n, () => ({ id: "c", function: { name: "t", arguments: "{}" } })),
      }],
    }))),
  "AG-UI: results before their calls": (n) =>
    lines(
      ...list(n, (i) => ({ type: "TOOL_CALL_RESULT", toolCallId: `c${i}`, content: "x" })),
      ...list(n, (i) => ({ type: "TOOL_CALL_START", toolCallId: `c${n - 1 - i}`, toolCallName: "t" })),
      ...list(n, (i) => ({ type: "TOOL_CALL_END", toolCallId: `c${i}` })),
    ),
  "Weave: tools inside of tools": (n) =>
    lines(...list(n, (i) => ({
      id: `c${i}`,
      trace_id: "t",
      parent_id: i === 0 ? null : `c${i - 1}`,
      op_name: `weave:///e/p/op/l${i % 2}.t:d`,
      started_at: "2026-01-02T03:04:05Z",
      attributes: { weave: { kind: "tool" } },
      inputs: {},
    }))),
  "Opik: tools of one trace, each below the one before it": (n) =>
    lines({
      content: list(n, (i) => ({
        id: `s${i}`,
        trace_id: "t",
        parent_span_id: i === 0 ? null : `s${i - 1}`,
        type: "tool",
        name: `t${i % 2}`,
        start_time: "2026-01-02T03:04:05Z",
        input: {},
      })),
    }),
  "Datadog: calls in the messages of one model": (n) =>
    lines({
      data: [{
        type: "span",
        attributes: {
          trace_id: "t",
          span_id: "s",
          span_kind: "llm",
          start_ms: 1,
          input: { messages: [] },
          output: {
            messages: [{
              role: "assistant",
              tool_calls: list(n, (i) => ({ name: "t", arguments: {}, tool_id: `c${i}` })),
            }],
          },
        },
      }],
    }),
  "MLflow: traces of one search": (n) =>
    lines({
      traces: list(n, (i) => ({
        data: {
          spans: [{
            trace_id: `t${i}`,
            span_id: "s",
            name: "t",
            attributes: { "mlflow.spanType": '"TOOL"', "mlflow.spanInputs": "{}" },
          }],
        },
      })),
    }),
  "promptfoo: blocks of a text, and results": (n) =>
    lines({
      results: {
        results: list(2, (r) => ({
          promptIdx: 0,
          testIdx: r,
          response: {
            output: list(n, (i) => `{"type":"tool_use","id":"c${i}","name":"t","input":{}}`).join("\n\n"),
          },
        })),
      },
    }),
  "n8n: runs of one node": (n) =>
    lines({
      data: {
        resultData: {
          runData: {
            t: list(n, (i) => ({ startTime: n - i, inputOverride: { ai_tool: [[{ json: {} }]] } })),
          },
        },
      },
    }),
  "ShareGPT: calls without an end, and answers of other names": (n) =>
    lines({
      conversations: [
        { from: "gpt", value: '<tool_call>{"name": "t"}'.repeat(n) },
        ...list(n, () => ({ from: "tool", value: '{"name": "u", "content": "x"}' })),
      ],
    }),
};
