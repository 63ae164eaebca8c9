/** Hostile conversations, spans and streams that are imported, beside the logs of hostile_logs.ts. */
import { READERS as READ_LOGS } from "../../lib/conversation/formats/table.ts";
import { importConversations } from "../../lib/conversation/import.ts";
import { readRoots } from "../../lib/conversation/input.ts";
import { isPromptfooTable } from "../../lib/conversation/promptfoo_table.ts";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import type { JsonObject } from "../../lib/formats/json/mod.ts";
import { LOGS } from "./hostile_logs.ts";
import { json, type Readers, what } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

const openai = (n: number) =>
  json([
    { role: "user", content: "go" },
    {
      role: "assistant",
      content: "",
      tool_calls: list(
        n,
        (i) => ({ id: `c${i}`, type: "function", function: { name: "t", arguments: "{}" } }),
      ),
    },
    ...list(n, (i) => ({ role: "tool", tool_call_id: `c${n - 1 - i}`, content: "x" })),
  ]);

const anthropic = (n: number) =>
  json([
    { role: "user", content: "go" },
    { role: "assistant", content: list(n, (i) => ({ type: "tool_use", id: `c${i}`, name: "t", input: {} })) },
    {
      role: "user",
      content: list(
        n,
        (i) => ({
          type: "tool_result",
          tool_use_id: `c${n - 1 - i}`,
          content: [{ type: "text", text: "x" }],
        }),
      ),
    },
  ]);

const otel = (n: number) =>
  json({
    resourceSpans: [{
      scopeSpans: [{
        spans: list(n, (i) => ({
          traceId: "ab".repeat(16),
          spanId: i.toString(16).padStart(16, "0"),
          parentSpanId: Math.max(0, i - 1).toString(16).padStart(16, "0"),
          name: "execute_tool t",
          startTimeUnixNano: `${n - i}`,
          endTimeUnixNano: `${n - i + 1}`,
          attributes: [{ key: "gen_ai.operation.name", value: { stringValue: "execute_tool" } }, {
            key: "gen_ai.tool.name",
            value: { stringValue: "t" },
          }],
        })),
      }],
    }],
  });

/** Models that ask for calls, each inside of the one before. */
const models = (n: number) =>
  json({
    resourceSpans: [{
      scopeSpans: [{
        spans: list(n, (i) => ({
          traceId: "ab".repeat(16),
          spanId: `${i}`,
          parentSpanId: i % 2 ? `${i - 1}` : "",
          name: "chat m",
          startTimeUnixNano: `${i + 1}`,
          attributes: [
            { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
            {
              key: "llm.output_messages.0.message.tool_calls.0.tool_call.id",
              value: { stringValue: `c${i}` },
            },
            {
              key: "llm.output_messages.0.message.tool_calls.0.tool_call.function.name",
              value: { stringValue: "t" },
            },
          ],
        })),
      }],
    }],
  });

/** Spans by OTLP's own encoding, every one with an id, a name and an attribute. */
const encodedSpans = (n: number) => {
  const field = (number: number, ...parts: Uint8Array[]) => {
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    const length: number[] = [];
    let left = size;
    for (; left > 0x7f; left = Math.floor(left / 128)) length.push(left & 0x7f | 0x80);
    return concat([Uint8Array.from([number * 8 + 2, ...length, left]), ...parts]);
  };
  const span = (i: number) =>
    field(
      2,
      field(1, Uint8Array.of(1)),
      field(2, utf8(`${i}`)),
      field(5, utf8("execute_tool t")),
      field(9, field(1, utf8("gen_ai.tool.call.id")), field(2, field(1, utf8(`c${i}`)))),
    );
  return field(1, field(2, ...list(n, span)));
};

const spanTable = (n: number) =>
  utf8(
    "id,trace_id,run_type,name,inputs\n" +
      list(n, (i) => `"a${i}",01,tool,t,"{""text"": ""a, ""}"\n`).join(""),
  );

const nestedRuns = (n: number) =>
  json(list(Math.ceil(n / 100), (i) => {
    let run: JsonObject = { id: `a${i}`, trace_id: "01", run_type: "tool", name: "t", inputs: {} };
    for (let k = 0; k < 100; k++) run = { ...run, id: `a${i}_${k}`, child_runs: [run] };
    return run;
  }));

const uiStream = (n: number) =>
  utf8(
    'data: {"type":"start"}\n\n' +
      list(n, (i) =>
        `data: {"type":"tool-input-available","toolCallId":"c${i % 7}","toolName":"t","input":{}}\n\n`).join(
          "",
        ),
  );

const imported = (bytes: Uint8Array) =>
  importConversations(
    bytes,
    { runId: "r", captureMode: "raw" },
    { what, version: "0.0.0-test" },
  );

export const CONVERSATIONS: Readers = {
  "logs: commas, and a line that is cut off": {
    make: (n) => utf8(`${'{"role":"user","content":"x"},\n'.repeat(n)}{"role":"us`),
    read: (bytes) => readRoots(bytes, what),
  },
  "logs: conversations that begin alike": {
    make: (n) =>
      utf8(
        list(n, (i) =>
          `${
            JSON.stringify([...list(i % 7, (k) => ({ role: "user", content: `${k}` })), {
              role: "assistant",
              tool_calls: [{ id: `c${i}`, function: { name: "t", arguments: "{}" } }],
            }])
          }\n`).join(""),
      ),
    read: (bytes) => READ_LOGS.openai.read(readRoots(bytes, what)),
  },
  "a table of promptfoo: brackets": {
    make: (n) => utf8(`${",[".repeat(n)},Status,Score,`),
    read: isPromptfooTable,
  },
  "conversations of OpenAI": { size: 400, make: openai, read: imported },
  "conversations of Anthropic": { size: 400, make: anthropic, read: imported },
  "conversations of OpenTelemetry": { size: 400, make: otel, read: imported },
  "spans of models": { size: 400, make: models, read: imported },
  "spans by OTLP's own encoding": { size: 400, make: encodedSpans, read: imported },
  "tables of spans": { size: 400, make: spanTable, read: imported },
  "runs inside of runs": { size: 400, make: nestedRuns, read: imported },
  "streams of UI messages": { size: 400, make: uiStream, read: imported },
  ...Object.fromEntries(
    Object.entries(LOGS).map(([name, make]) => [`logs of ${name}`, { size: 1500, make, read: imported }]),
  ),
};
