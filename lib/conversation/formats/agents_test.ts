import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import { isJsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { type Format, FORMATS } from "../transcript.ts";
import { detectFormat, READERS } from "./table.ts";
import { ACCOUNT_LOGS, chain, output } from "./_account_logs.ts";
import { AGENT_SESSION_LOGS } from "./_agent_session_logs.ts";
import { CODING_AGENT_LOGS, hook, ls, update } from "./_coding_agent_logs.ts";
import { FRAMEWORK_EVENT_LOGS } from "./_framework_event_logs.ts";
import { FRAMEWORK_LOGS } from "./_framework_logs.ts";
import { FRAMEWORK_RUN_LOGS } from "./_framework_run_logs.ts";
import { RECORDER_LOGS } from "./_recorder_logs.ts";
import { SDK_LOGS } from "./_sdk_logs.ts";
import { STREAM_LOGS } from "./_stream_logs.ts";
import { answered, asked, model, paid, pay, SERVICE_LOGS } from "./_service_logs.ts";
import { SERVICE_EDGES } from "./_service_edge_logs.ts";
import { TELEMETRY_LOGS } from "./_telemetry_logs.ts";

const CASES = {
  ...ACCOUNT_LOGS,
  ...CODING_AGENT_LOGS,
  ...AGENT_SESSION_LOGS,
  ...FRAMEWORK_LOGS,
  ...FRAMEWORK_EVENT_LOGS,
  ...FRAMEWORK_RUN_LOGS,
  ...SDK_LOGS,
  ...STREAM_LOGS,
  ...SERVICE_LOGS,
  ...RECORDER_LOGS,
  ...SERVICE_EDGES,
  ...TELEMETRY_LOGS,
};

const position = (i: number) => `line ${i + 1}`;

for (const [name, { format, lines: values, calls, skipped = [], start }] of Object.entries(CASES)) {
  Deno.test(name, () => {
    assert.equal(detectFormat({ values, position }), format);
    const { readings } = READERS[format].read({ values, position });
    const found = readings.flatMap(({ transcript }) =>
      transcript.calls.map(({ id, tool, args }, i) => {
        const answers = transcript.answers.filter(({ call }) => call === i);
        return [id, tool, args, ...answers.flatMap(({ status, result }) => [status, result])];
      })
    );
    assert.deepEqual(found, calls);
    const reasons = readings.flatMap(({ transcript }) => transcript.skipped.map(({ reason }) => reason));
    for (const expected of skipped) {
      assert.ok(reasons.some((reason) => expected.test(reason)), `${expected} in ${reasons.join("; ")}`);
    }
    if (start !== undefined) assert.equal(readings[0]!.transcript.start, start);
  });
}

const REFUSED: Readonly<Record<string, readonly [Format, JsonValue[]]>> = {
  "hooks: an event that tells of a call in another form": ["hooks", [
    hook("PreToolUse", ls),
    hook("afterShellExecution", { command: "ls", output: "a" }),
  ]],
  "Gemini: a shortened history, whose calls may repeat earlier ones": ["exchanges", [
    { request: asked(), response: answered(pay(5)) },
    { request: asked(model(pay(5)), paid("one")), response: answered(pay(6)) },
    { request: asked(model(pay(6)), paid("two")), response: answered({ text: "done" }) },
  ]],
  "ACP: a call by MCP in the same log": ["acp", [
    update({ sessionUpdate: "tool_call", kind: "read" }),
    { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "pay" } },
  ]],
  "smolagents: the error of a call without the call": ["smolagents", [
    {
      step_number: 1,
      tool_calls: [{ id: "c1", type: "function", function: { name: "pay", arguments: {} } }],
      observations: "paid",
    },
    {
      step_number: 2,
      tool_calls: [],
      observations: null,
      error: { type: "AgentToolExecutionError", message: "no" },
    },
  ]],
  "ChatGPT: an output without any call": ["chatgpt", [chain(output)]],
  "claude.ai: an answer without any call": ["claude-ai", [{
    chat_messages: [{ sender: "assistant", content: [{ type: "tool_result", name: "t", content: [] }] }],
  }]],
  "AG-UI: the end of a call that was not begun": ["ag-ui", [{ type: "TOOL_CALL_END", toolCallId: "c1" }]],
};

for (const [name, [format, values]] of Object.entries(REFUSED)) {
  Deno.test(`${name} is refused`, () => {
    assert.equal(detectFormat({ values, position }), format);
    assert.throws(
      () => READERS[format].read({ values, position }),
      (error) => error instanceof GaitError && /form that is not known/.test(error.message),
    );
  });
}

Deno.test("a journal that changes what is not there is refused", () => {
  const snapshot = { kind: 0, v: { requests: [] } };
  const call = { kind: "toolInvocationSerialized", toolId: "t", toolCallId: "c1" };
  const changes = [
    { kind: 2, k: ["requests", 0, "response"], v: [call] },
    { kind: 1, k: ["requests", 7], v: { response: [call] } },
    { kind: 1, k: ["nothing", "here"], v: call },
  ];
  for (const change of changes) {
    const values = [snapshot, change];
    assert.equal(detectFormat({ values, position }), "copilot-chat");
    assert.throws(() => READERS["copilot-chat"].read({ values, position }), /line 2: it changes a part/);
  }
});

Deno.test("no reader of these throws anything but a GaitError, whatever a member is replaced by", () => {
  const replaced = (value: JsonValue, at: { left: number }, by: JsonValue): JsonValue => {
    if (at.left-- === 0) return by;
    if (Array.isArray(value)) return value.map((item) => replaced(item, at, by));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, at, by)]));
  };
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(CASES)),
      fc.nat(60),
      fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant({ toString: null })),
      fc.option(fc.constantFrom(...FORMATS), { nil: undefined, freq: 3 }),
      ({ format, lines }, at, by, other) => {
        const values = replaced([...lines], { left: at + 1 }, by as JsonValue) as JsonValue[];
        try {
          READERS[other ?? format].read({ values, position });
        } catch (error) {
          if (!(error instanceof GaitError)) throw error;
          assert.equal(error.code, "invalid_input");
        }
      },
    ),
    { numRuns: 1500 },
  );
});

Deno.test("Agno: runs of members may be in a chain that is as long as a log", () => {
  const runs = Array.from({ length: 20_000 }, (_, i) => ({
    run_id: `r${i}`,
    parent_run_id: `r${i - 1}`,
    agent_id: "a",
    session_id: "s",
    messages: [{
      id: `m${i}`,
      role: "assistant",
      tool_calls: [{ id: `c${i}`, type: "function", function: { name: "pay", arguments: "{}" } }],
    }],
  }));
  const [log, ...others] = READERS.agno.read({ values: runs.toReversed(), position }).readings;
  assert.equal(others.length, 0);
  assert.deepEqual(log!.transcript.calls.map(({ id }) => id), runs.map((_, i) => `c${i}`));
});
