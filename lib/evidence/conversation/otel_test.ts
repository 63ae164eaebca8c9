import assert from "node:assert/strict";
import type { JsonObject, JsonValue } from "../../formats/json/mod.ts";
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
  assert.deepEqual(calls, [{ id: "a", tool: "tool", args: { n: 1 }, rawArguments: false, time: from }]);
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
  );
  assert.deepEqual(answers.map(({ status, result }) => [status, result.text]), [
    ["error", "stuck"],
    ["error", "half"],
    ["ok", "whole"],
  ]);
});

Deno.test("readTrace() takes a span without a result as a call without an answer", () => {
  assert.equal(read(span({})).answers.length, 0);
});

Deno.test("readTrace() knows a tool span by its name, too", () => {
  const { calls } = read({ traceId: "t1", name: "execute_tool dig", startTimeUnixNano: "1" });
  assert.deepEqual(calls.map(({ tool, args }) => [tool, args]), [["dig", { raw: "" }]]);
});

Deno.test("readTrace() lists spans without a start, without a tool, and how many call none", () => {
  const { calls, skipped } = read(
    span({}),
    span({}, { startTimeUnixNano: "0" }),
    span({ "gen_ai.tool.name": "" }),
    span({ "gen_ai.operation.name": "chat" }),
    { traceId: "t1", name: "GET /" },
  );
  assert.equal(calls.length, 2);
  assert.equal(calls[0]!.time, undefined);
  assert.deepEqual(skipped.map(({ position }) => position), ["span 2", "span 3", "trace t1"]);
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
    wrap(7, { name: "execute_tool x" }, { traceId: "web", name: "GET /" }, span({})),
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
