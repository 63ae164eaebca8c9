import assert from "node:assert/strict";
import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { readTrace } from "./otel.ts";
import { splitTraces } from "./otel_traces.ts";

const split = (...values: JsonValue[]) => splitTraces({ values, position: (i) => `conversation ${i + 1}` });
const wrap = (...spans: JsonValue[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const read = (...spans: JsonValue[]) => readTrace(split(wrap(...spans)).traces[0]!);

function span(attributes: Record<string, string>, more: JsonObject = {}): JsonObject {
  return {
    traceId: "t1",
    attributes: Object.entries({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "tool",
      ...attributes,
    })
      .map(([key, stringValue]) => ({ key, value: { stringValue } })),
    startTimeUnixNano: "1767225600000000000",
    endTimeUnixNano: "1767225601000000000",
    ...more,
  };
}

Deno.test("readTrace() reads a tool span as a call and its answer", () => {
  const { calls, answers, skipped, start, finish } = read(span({
    "gen_ai.tool.call.id": "a",
    "gen_ai.tool.call.arguments": '{"n": 1}',
    "gen_ai.tool.call.result": '{"n": 2}',
  }));
  const [from, to] = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"];
  assert.deepEqual(calls, [{
    id: "a",
    tool: "tool",
    args: { n: 1 },
    rawArguments: false,
    provenance: [],
    time: from,
  }]);
  assert.deepEqual(answers, [{ call: 0, status: "ok", result: { n: 2 }, time: to }]);
  assert.deepEqual(skipped, []);
  assert.deepEqual([start, finish], [from, to]);
});

Deno.test("readTrace() takes the order of calls from their start, to the nanosecond", () => {
  const at = (id: string, startTimeUnixNano: string) =>
    span({ "gen_ai.tool.call.id": id }, { startTimeUnixNano });
  const { calls } = read(
    at("c", "1767225600000000002"),
    at("a", "1767225600000000000"),
    at("b", "1767225600000000001"),
  );
  assert.deepEqual(calls.map(({ id }) => id), ["a", "b", "c"]);
});

Deno.test("readTrace() takes a failed span as an answer, with its message when there is no result", () => {
  const status = (code: JsonValue, message: string, attributes = {}) =>
    span(attributes, { status: { code, message } });
  const { answers } = read(
    status(2, "stuck"),
    status("STATUS_CODE_ERROR", "stuck", { "gen_ai.tool.call.result": "half" }),
    status(1, "fine", { "gen_ai.tool.call.result": "whole" }),
    status("2", "stuck", { "gen_ai.tool.call.result": "half" }),
    status("Error", "stuck", { "gen_ai.tool.call.result": "half" }),
    status("OK", "fine", { "gen_ai.tool.call.result": '{"isError": true}' }),
    span({}, {
      status: { code: 2, message: "" },
      events: [{
        name: "exception",
        attributes: [{ key: "exception.message", value: { stringValue: "no account" } }],
      }],
    }),
  );
  assert.deepEqual(answers.map(({ status, result }) => [status, result.text]), [
    ["error", "stuck"],
    ["error", "half"],
    ["ok", "whole"],
    ["error", "half"],
    ["error", "half"],
    ["ok", undefined],
    ["error", "no account"],
  ]);
});

Deno.test("readTrace() takes a span without a result as a call without an answer", () => {
  assert.equal(read(span({})).answers.length, 0);
});

Deno.test("readTrace() knows a tool span by its name, too", () => {
  const { calls } = read({ traceId: "t1", name: "execute_tool dig", startTimeUnixNano: "1" });
  assert.deepEqual(calls.map(({ tool, args }) => [tool, args]), [["dig", { raw: "" }]]);
});

Deno.test("readTrace() lists spans without a start, and how many call no tool", () => {
  const { calls, skipped } = read(
    span({}),
    span({}, { startTimeUnixNano: "0" }),
    span({ "gen_ai.operation.name": "chat" }),
    { traceId: "t1", name: "GET /" },
  );
  assert.equal(calls.length, 2);
  assert.equal(calls[0]!.time, undefined);
  assert.deepEqual(skipped.map(({ position }) => position), ["span 2", "trace t1"]);
});

Deno.test("readTrace() refuses a call whose tool nothing tells, and takes it from a span inside", () => {
  const nameless = { "gen_ai.operation.name": "execute_tool" };
  for (const more of [[], [inside("2", "", "execute_tool dig")]]) {
    assert.throws(() => read(inside("1", "", "execute_tool", nameless), ...more), { code: "invalid_input" });
  }
  const client = (name: string) => inside("2", "1", name, { "mcp.method.name": "tools/call" });
  for (const [outer, inner] of [["execute_tool", "tools/call dig"], ["execute_tool dig", "tools/call"]]) {
    const { calls } = read(inside("1", "", outer!, nameless), client(inner!));
    assert.deepEqual(calls.map(({ tool }) => tool), ["dig"]);
  }
});

Deno.test("splitTraces() refuses calls that stand where they can't be read", () => {
  const tool = (attributes: JsonValue) => ({ traceId: "t1", spanId: "s2", name: "dig", attributes });
  const [named, other] = [span({}, { spanId: "s1" }), span({ "gen_ai.tool.name": "dig" }, { spanId: "S1" })];
  const cases: Record<string, JsonValue> = {
    "no trace": wrap(named, span({}, { traceId: "" })),
    "two spans of one id": wrap(named, other),
    "attributes as an object": wrap(named, tool({ "gen_ai.tool.name": "dig" })),
    "a value that is a text": wrap(named, tool([{ key: "gen_ai.tool.name", value: "dig" }])),
    "another spelling": wrap(named, tool([{ key: "gen_ai.tool.name", value: { string_value: "dig" } }])),
    "two values": wrap(named, tool([{ key: "gen_ai.tool.name", value: { stringValue: "a", intValue: 1 } }])),
    "older names of lists": {
      resourceSpans: [{
        scopeSpans: [{ spans: [named] }],
        instrumentationLibrarySpans: [{ spans: [tool([])] }],
      }],
    },
  };
  for (const [what, document] of Object.entries(cases)) {
    assert.throws(() => split(document), { code: "invalid_input" }, what);
  }
});

Deno.test("splitTraces() gives a conversation a trace, through all resources, scopes and documents", () => {
  const document = {
    resourceSpans: [
      { scopeSpans: [{ spans: [span({})] }, { spans: [span({}, { traceId: "t2" })] }, {}] },
      { scopeSpans: [{ spans: [span({}, { traceId: "T1" })] }] },
      {},
    ],
  };
  const { traces, skipped } = split(document, wrap(span({}, { traceId: "t2" })));
  assert.deepEqual(traces.map(({ position, spans }) => [position, spans.length]), [["trace t1", 2], [
    "trace t2",
    2,
  ]]);
  assert.deepEqual(skipped, []);
});

Deno.test("splitTraces() lists a span that arrives twice and keeps the first", () => {
  const { traces } = split(wrap(span({}, { spanId: "s1" }), span({}, { spanId: "S1" })));
  assert.equal(traces[0]!.spans.length, 1);
  assert.deepEqual(readTrace(traces[0]!).skipped.map(({ position }) => position), ["span 2"]);
});

Deno.test("splitTraces() lists traces of no agent, spans without a trace, and noise", () => {
  const { traces, skipped } = split(
    wrap(7, { name: "GET /" }, { traceId: "web", name: "GET /" }, span({})),
  );
  assert.equal(traces.length, 1);
  assert.deepEqual(skipped.map(({ position }) => position), ["span 1", "span 2", "trace web"]);
});

Deno.test("splitTraces() refuses other documents, broken lists, doubled attributes, and no agent at all", () => {
  const twice = span({});
  const cases: JsonValue[][] = [
    [],
    [wrap(span({})), { messages: [] }],
    [{ resourceSpans: {} }],
    [{ resourceSpans: [7] }],
    [{ resourceSpans: [{ scopeSpans: "x" }] }],
    [wrap({ traceId: "web", name: "GET /" })],
    [wrap({
      ...twice,
      attributes: [...twice.attributes as JsonValue[], ...twice.attributes as JsonValue[]],
    })],
  ];
  for (const values of cases) {
    assert.throws(() => split(...values), { code: "invalid_input" }, JSON.stringify(values));
  }
});

/** A span with an id, inside another one. */
const inside = (
  spanId: string,
  parentSpanId: string,
  name: string,
  attributes: Record<string, string> = {},
  more: JsonObject = {},
): JsonObject => ({
  traceId: "t1",
  spanId,
  parentSpanId,
  name,
  startTimeUnixNano: "1767225600000000000",
  attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  ...more,
});
const tools = (...spans: JsonValue[]) => read(...spans).calls.map(({ tool }) => tool);
const OP = "gen_ai.operation.name";
const NAME = "gen_ai.tool.name";
const ID = "gen_ai.tool.call.id";
const ARGS = "gen_ai.tool.call.arguments";
const mcp = { "mcp.method.name": "tools/call" };

Deno.test("readTrace() knows a tool span by everything that marks one", () => {
  const cases: [JsonObject, string[]][] = [
    [inside("1", "", "running tool: refund", { [NAME]: "refund" }), ["refund"]],
    [inside("1", "", "running tool: refund"), ["refund"]],
    [inside("1", "", "anything", { [NAME]: "refund" }), ["refund"]],
    [inside("1", "", "anything", { [OP]: "tool", [NAME]: "refund" }), ["refund"]],
    [inside("1", "", "execute_tool refund"), ["refund"]],
    [inside("1", "", "mcp__shop__refund", { [OP]: "execute_tool" }), ["mcp__shop__refund"]],
    [inside("1", "", "mcp__shop__refund"), ["mcp__shop__refund"]],
    [inside("1", "", "tools/call refund", mcp), ["refund"]],
    [inside("1", "", "tools/call", { ...mcp, [NAME]: "refund" }), ["refund"]],
    [inside("1", "", "chat m", { [OP]: "chat", [NAME]: "refund" }), []],
    [inside("1", "", "tools/list", { "mcp.method.name": "tools/list", [OP]: "chat" }), []],
  ];
  for (const [one, expected] of cases) assert.deepEqual(tools(one), expected, JSON.stringify(one));
});

Deno.test("readTrace() takes the spans of one call of an MCP tool as one call, in any order of the input", () => {
  const framework = inside("1", "0", "execute_tool pay", {
    [OP]: "execute_tool",
    [NAME]: "pay",
    [ID]: "a",
    [ARGS]: "{}",
  });
  const client = inside("2", "1", "tools/call pay", { ...mcp, [NAME]: "pay" }, { kind: 3 });
  const server = inside(
    "3",
    "2",
    "tools/call pay",
    { ...mcp, [NAME]: "pay", "gen_ai.tool.call.result": "1" },
    { kind: 2 },
  );
  for (
    const order of [[framework, client, server], [server, client, framework], [client, framework, server]]
  ) {
    const { calls, answers } = read(...order);
    assert.deepEqual(calls.map(({ tool, id }) => [tool, id]), [["pay", "a"]]);
    assert.deepEqual(answers.map(({ result }) => result), [{ text: "1" }]);
  }
  assert.deepEqual(tools(client, server), ["pay"]);
  assert.deepEqual(tools(framework, client, { ...server, parentSpanId: "1" }), ["pay"]);
  assert.deepEqual(tools(framework, inside("9", "1", "HTTP POST"), { ...server, parentSpanId: "9" }), [
    "pay",
  ]);
  const prefixed = inside("1", "0", "execute_tool mcp__shop__pay");
  assert.deepEqual(tools(prefixed, client, server), ["mcp__shop__pay"]);
});

Deno.test("readTrace() joins sides of a call that share an id without lying inside each other", () => {
  const request = { "mcp.session.id": "s", "jsonrpc.request.id": "3" };
  const client = inside("1", "", "tools/call pay", { ...mcp, ...request }, { kind: "SPAN_KIND_CLIENT" });
  const server = inside("2", "", "tools/call pay", { ...mcp, ...request }, { kind: "SPAN_KIND_SERVER" });
  assert.deepEqual(tools(client, server), ["pay"]);
  assert.deepEqual(tools(client, { ...client, spanId: "5" }), ["pay", "pay"]);
});

Deno.test("readTrace() keeps calls apart that are not the same", () => {
  const outer = inside("1", "", "execute_tool pay", { [ID]: "a", [ARGS]: '{"n": 1}' });
  const apart: JsonObject[][] = [
    [inside("2", "1", "execute_tool ship")],
    [inside("2", "1", "execute_tool pay", { [ID]: "b" })],
    [inside("2", "1", "execute_tool pay", { [ARGS]: '{"n": 2}' })],
    [inside("2", "1", "invoke_agent x", { [OP]: "invoke_agent" }), inside("3", "2", "execute_tool pay")],
    [
      inside("2", "1", "tools/call pay", mcp, { kind: 3 }),
      inside("3", "1", "tools/call pay", mcp, { kind: 3 }),
    ],
    [inside("2", "", "execute_tool pay")],
  ];
  for (const spans of apart) assert.equal(read(outer, ...spans).calls.length, 2, JSON.stringify(spans));
});

Deno.test("readTrace() survives spans that lie inside each other in a circle, and very deep ones", () => {
  const circle = [
    inside("1", "2", "execute_tool pay"),
    inside("2", "1", "execute_tool pay"),
    inside("3", "3", "x"),
  ];
  assert.equal(read(...circle).calls.length, 1);
  const deep = Array.from(
    { length: 20_000 },
    (_, i) => inside(`${i + 1}`, `${i}`, i % 2 ? "x" : "execute_tool pay"),
  );
  assert.equal(read(...deep.reverse()).calls.length, 1);
});

Deno.test("readTrace() does not count a span that stands for several calls, and refuses it without them", () => {
  const merged = inside("9", "", "execute_tool (merged)", { [OP]: "execute_tool", [NAME]: "(merged tools)" });
  const batch = inside("9", "", "run batch", { [OP]: "execute_tool" });
  const calls = [inside("1", "9", "execute_tool stock"), inside("2", "9", "execute_tool weather")];
  assert.deepEqual(tools(merged, ...calls), ["stock", "weather"]);
  assert.deepEqual(tools(batch, ...calls), ["stock", "weather"]);
  assert.throws(() => read(merged), { code: "invalid_input" });
});

Deno.test("readTrace() takes an error from the span, its error.type, or a span inside", () => {
  const status = (...spans: JsonValue[]) => read(...spans).answers.map(({ status }) => status);
  const call = (attributes: Record<string, string>, code?: number) =>
    inside("1", "", "execute_tool pay", { "gen_ai.tool.call.result": "Error: x", ...attributes }, {
      status: { code: code ?? 0 },
    });
  const server = inside("2", "1", "tools/call pay", { ...mcp, "error.type": "tool_error" }, { kind: 2 });
  assert.deepEqual(status(call({})), ["ok"]);
  assert.deepEqual(status(call({ "error.type": "timeout" })), ["error"]);
  assert.deepEqual(status(call({ "error.type": "" })), ["ok"]);
  assert.deepEqual(status(call({}, 2)), ["error"]);
  assert.deepEqual(status(call({}), server), ["error"]);
  assert.deepEqual(status(call({}, 1), server), ["ok"]);
  assert.deepEqual(status(call({ "gen_ai.tool.call.result": '{"error": "x"}' }, 1)), ["ok"]);
  assert.deepEqual(status(call({ "gen_ai.tool.call.result": '{"error": "x"}' })), ["error"]);
});

Deno.test("readTrace() reads the calls of other conventions, and refuses them where they may repeat one", () => {
  const foreign = (id: string, parent: string) =>
    inside(id, parent, "search", { "openinference.span.kind": "TOOL" });
  const call = inside("1", "", "execute_tool search");
  assert.deepEqual(tools(foreign("1", "")), ["search"]);
  assert.throws(() => read(call, foreign("2", "")), { code: "invalid_input" });
  assert.deepEqual(tools(call, foreign("2", "1")), ["search"]);
  assert.deepEqual(tools({ ...call, parentSpanId: "2" }, foreign("2", "")), ["search"]);
});

Deno.test("readTrace() reads the calls of model spans where tools have none, each once", () => {
  const OUT = "gen_ai.output.messages";
  const IN = "gen_ai.input.messages";
  const chat = (id: string, parent: string, attributes: Record<string, string>) =>
    inside(id, parent, "chat m", { [OP]: "chat", ...attributes });
  const asked = (id: string) =>
    JSON.stringify([{
      role: "assistant",
      parts: [{ type: "tool_call", id, name: "pay", arguments: { n: 1 } }],
    }]);
  const history = JSON.stringify([
    { role: "assistant", parts: [{ type: "tool_call", id: "a", name: "pay", arguments: { n: 1 } }] },
    { role: "tool", parts: [{ type: "tool_call_response", id: "a", response: { paid: 1 } }] },
  ]);
  const first = chat("1", "", { [OUT]: asked("a") });
  assert.deepEqual(read(first).calls.map(({ id, args }) => [id, args]), [["a", { n: 1 }]]);
  assert.deepEqual(tools(first, chat("2", "1", { [OUT]: asked("a") })), ["pay"], "a span inside repeats it");
  const { calls, answers } = read(first, chat("2", "", { [IN]: history, [OUT]: asked("b") }));
  assert.deepEqual(calls.map(({ id }) => id), ["a", "b"]);
  assert.deepEqual(answers.map(({ call, result }) => [call, result]), [[0, { paid: 1 }]]);
  assert.deepEqual(tools(chat("1", "", { "gen_ai.completion.0.tool_calls.0.name": "pay" })), ["pay"]);
  assert.deepEqual(
    tools(first, inside("2", "1", "execute_tool ship")),
    ["ship"],
    "spans of tools come first",
  );
  for (
    const other of [
      chat("2", "", { "gen_ai.response.finish_reasons": "tool_calls" }),
      chat("2", "", { "gen_ai.response.finish_reasons": "tool_calls", [OUT]: "[]" }),
    ]
  ) {
    assert.throws(() => read(first, other), { code: "invalid_input" }, "messages were captured in part");
  }
  const deep = Array.from({ length: 20_000 }, (_, i) => chat(`${i + 1}`, `${i}`, { [OUT]: asked(`c${i}`) }));
  assert.deepEqual(tools(...deep.reverse()), ["pay"]);
});

Deno.test("readTrace() refuses a trace that tells of calls but has no span of one", () => {
  const chat = (attributes: Record<string, string>, more: JsonObject = {}) =>
    inside("1", "", "chat m", { [OP]: "chat", ...attributes }, more);
  const telling = [
    chat({ "gen_ai.response.finish_reasons": "tool_calls" }),
    chat({}, { events: [{ name: "gen_ai.tool.message", attributes: [] }] }),
  ];
  for (const one of telling) {
    assert.throws(() => read(one), { code: "invalid_input" }, JSON.stringify(one));
    assert.deepEqual(tools(one, inside("2", "1", "execute_tool pay")), ["pay"]);
  }
  assert.deepEqual(
    tools(
      chat({
        "gen_ai.output.messages": '[{"role":"assistant"}]',
        "gen_ai.tool.definitions": '[{"type":"tool_call"}]',
      }),
    ),
    [],
  );
});

Deno.test("splitTraces() lets a foreign span have an odd attribute, but none that tells of a call", () => {
  const odd = (key: string) => ({
    ...inside("2", "", "GET /"),
    attributes: ["1", "2"].map((stringValue) => ({ key, value: { stringValue } })),
  });
  assert.equal(read(span({}), odd("http.url")).calls.length, 1);
  for (const key of [OP, NAME, "mcp.method.name", "error.type"]) {
    assert.throws(() => read(span({}), odd(key)), { code: "invalid_input" }, key);
  }
});

Deno.test("readTrace() takes arguments and results from where each convention puts them", () => {
  const conventions: Record<string, string>[] = [
    {
      "openinference.span.kind": "TOOL",
      "tool.name": "pay",
      "input.value": '{"cents":5}',
      "output.value": '{"ok":1}',
    },
    {
      "ai.operationId": "ai.toolCall",
      "ai.toolCall.name": "pay",
      "ai.toolCall.args": '{"cents":5}',
      "ai.toolCall.result": '{"ok":1}',
    },
    {
      "traceloop.span.kind": "tool",
      "traceloop.entity.name": "pay",
      "traceloop.entity.input": '{"cents":5}',
      "traceloop.entity.output": '{"ok":1}',
    },
    {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "pay",
      "gcp.vertex.agent.tool_call_args": '{"cents":5}',
      "gcp.vertex.agent.tool_response": '{"ok":1}',
    },
  ];
  for (const attributes of conventions) {
    const list = Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
    const { calls, answers } = read({ traceId: "t1", spanId: "1", name: "span", attributes: list });
    assert.deepEqual(calls.map(({ tool, args }) => [tool, args]), [["pay", { cents: 5 }]]);
    assert.deepEqual(answers.map(({ status, result }) => [status, result]), [["ok", { ok: 1 }]]);
  }
});

Deno.test("readTrace() takes arguments and results from the events of Strands", () => {
  const event = (name: string, key: string, stringValue: string) => ({
    name,
    attributes: [{ key, value: { stringValue } }],
  });
  const { calls, answers } = read(span({ "gen_ai.tool.name": "pay" }, {
    events: [
      event("gen_ai.tool.message", "content", '{"cents":5}'),
      event("gen_ai.choice", "message", "done"),
    ],
  }));
  assert.deepEqual(calls.map(({ args }) => args), [{ cents: 5 }]);
  assert.deepEqual(answers.map(({ result }) => result), [{ text: "done" }]);
});
