import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { readRunpack } from "../runpack/read.ts";
import { importInputs } from "./import.ts";
import { LONG_LOG } from "./long_log.ts";

const input = (what: string, value: unknown) => ({ what, bytes: utf8(JSON.stringify(value)), found: true });

Deno.test("the panel of a task of Cline next to the history of the API is listed, not attested again", async () => {
  const history = [
    { role: "user", content: [{ type: "text", text: "<task>\nlist\n</task>" }] },
    {
      role: "assistant",
      content: [{ type: "text", text: "<execute_command>\n<command>ls</command>\n</execute_command>" }],
    },
  ];
  const panel = [
    { ts: 1, type: "say", say: "api_req_started", text: "{}" },
    { ts: 2, type: "ask", ask: "command", text: "ls" },
  ];
  const { runs, skipped } = await importInputs(
    [
      input("tasks/1/api_conversation_history.json", history),
      input("tasks/1/ui_messages.json", panel),
      input("tasks/2/ui_messages.json", panel),
    ],
    {},
    "0",
  );
  assert.deepEqual(runs.map(({ format, intents }) => [format, intents]), [["cline", 1], ["cline-ui", 1]]);
  assert.deepEqual(skipped.map(({ position }) => position), ["tasks/1/ui_messages.json, task 1"]);
});

/** The calls of each run with their results, and why something was left out. */
async function imported(...values: readonly unknown[]) {
  const inputs = values.map((value, i) => input(`log ${i + 1}`, value));
  const { runs, skipped } = await importInputs(inputs, { captureMode: "raw" }, "0");
  const calls = await Promise.all(runs.map(async ({ packed }) => {
    const { intents, results } = await readRunpack(packed.bytes);
    return intents.map(({ intent_id: id, tool_name: tool }) => [
      tool,
      ...results.filter(({ intent_id: of }) => of === id).map(({ result }) => JSON.stringify(result)),
    ]);
  }));
  return { calls, reasons: [...skipped, ...runs.flatMap((run) => run.skipped)].map(({ reason }) => reason) };
}

const toolCall = (id: string, name: string) => ({
  id,
  type: "function",
  function: { name, arguments: "{}" },
});
const asking = (...calls: unknown[]) => ({ role: "assistant", content: null, tool_calls: calls });
const entry = (second: number, messages: unknown[], ...calls: unknown[]) => ({
  startedDateTime: `2026-01-02T03:04:0${second}.123Z`,
  request: { method: "POST", postData: { text: JSON.stringify({ messages }) } },
  response: { content: { text: JSON.stringify({ choices: [{ message: asking(...calls) }] }) } },
});
const har = (...entries: unknown[]) => ({ log: { version: "1.2", entries } });
const first = entry(1, [{ role: "user", content: "go" }], toolCall("c1", "pay"), toolCall("c2", "log"));
const second = entry(
  2,
  [asking(toolCall("c1", "pay"), toolCall("c2", "log")), {
    role: "tool",
    tool_call_id: "c1",
    content: "paid",
  }],
  toolCall("c3", "stop"),
);

Deno.test("an HTTP archive given twice holds its calls once", async () => {
  const both = [["pay", '{"text":"paid"}'], ["log"], ["stop"]];
  const again = await imported(har(first, second), har(first, second));
  assert.deepEqual(again.calls, [both]);
  assert.ok(again.reasons.includes("3 × call that a log before it holds"));
  const inOne = await imported([har(first, second), har(first, second)]);
  assert.deepEqual(inOne.calls, [both]);
  assert.ok(inOne.reasons.includes("2 × exchange that is there already"));
});

Deno.test("equal exchanges of one second are two, unless the provider's id says that they are one", async () => {
  const call = { type: "function", function: { name: "pay", arguments: "{}" } };
  const exchange = (more: object) => ({
    startedDateTime: "2026-01-02T03:04:05Z",
    request: { method: "POST", postData: { text: JSON.stringify({ messages: [] }) } },
    response: { content: { text: JSON.stringify({ choices: [{ message: asking(call) }], ...more }) } },
  });
  assert.deepEqual((await imported(har(exchange({}), exchange({})))).calls, [[["pay"], ["pay"]]]);
  const named = exchange({ id: "chatcmpl-1" });
  assert.deepEqual((await imported(har(named, named))).calls, [[["pay"]]]);
});

Deno.test("a longer archive adds what the shorter one lacks, an answer to its call there", async () => {
  const { calls, reasons } = await imported(har(first), har(first, second));
  assert.deepEqual(calls, [[["pay", '{"text":"paid"}'], ["log"]], [["stop"]]]);
  assert.ok(reasons.includes("2 × call that a log before it holds"));
});

Deno.test("of answers that differ the one of the log before counts, and the other is listed", async () => {
  const other = JSON.parse(JSON.stringify(second).replace("paid", "lost"));
  const { calls, reasons } = await imported(har(first, second), har(first, other));
  assert.deepEqual(calls, [[["pay", '{"text":"paid"}'], ["log"], ["stop"]]]);
  assert.ok(reasons.includes("1 × answer that differs from the one in a log before it"), reasons.join());
});

Deno.test("a session of Claude Code that was continued in a new file holds its history once", async () => {
  const line = (uuid: string, id: string) => ({
    type: "assistant",
    uuid,
    sessionId: "s",
    timestamp: "2026-01-02T03:04:05.678Z",
    message: { role: "assistant", content: [{ type: "tool_use", id, name: id, input: {} }] },
  });
  const { calls } = await imported([line("u1", "toolu_1")], [line("u1", "toolu_1"), line("u2", "toolu_2")]);
  assert.deepEqual(calls, [[["toolu_1"]], [["toolu_2"]]]);
});

Deno.test("a session of Codex that was forked has the history of the other with later times, and it is attested once", async () => {
  const at = (second: number) => `2026-01-02T03:04:0${second}.000Z`;
  const meta = (second: number, id: string, from?: string) => ({
    timestamp: at(second),
    type: "session_meta",
    payload: { id, ...(from === undefined ? {} : { forked_from_id: from }) },
  });
  const item = (second: number, payload: unknown) => ({
    timestamp: at(second),
    type: "response_item",
    payload,
  });
  const called = (second: number, n: number) => [
    item(second, {
      type: "function_call",
      call_id: `call_0123456789abcde${n}`,
      name: "pay",
      arguments: "{}",
    }),
    item(second, { type: "function_call_output", call_id: `call_0123456789abcde${n}`, output: "ok" }),
  ];
  const first = [meta(1, "s1"), ...called(1, 1)];
  const fork = [meta(2, "s2", "s1"), ...called(2, 1), ...called(3, 2)];
  const forkOfFork = [meta(4, "s3", "s2"), ...called(4, 1), ...called(4, 2), ...called(5, 3)];
  const other = [meta(6, "s9"), ...called(6, 1)];
  for (const logs of [[first, fork, forkOfFork], [forkOfFork, fork, first]]) {
    const { calls } = await imported(...logs);
    assert.deepEqual(calls.flat().length, 3);
  }
  // The same id in a session that is no relative of it is another call, as a recording that is played again has it.
  assert.deepEqual((await imported(first, other)).calls.flat().length, 2);
});

Deno.test("equal calls that nothing shows to be one are kept", async () => {
  const message = (more: object) => ({ messages: [{ ...asking(toolCall("call_1", "pay")), ...more }] });
  // Without times; in one second, with ids that a program counts; of different arguments.
  for (const more of [{}, { created_at: 1767323045 }]) {
    assert.deepEqual((await imported(message(more), message(more))).calls, [[["pay"]], [["pay"]]]);
  }
  const paid = (cents: number) => ({
    messages: [{
      created_at: 1767323045.5,
      ...asking({ id: "call_1", function: { name: "pay", arguments: `{"cents":${cents}}` } }),
    }],
  });
  assert.deepEqual((await imported(paid(5), paid(6))).calls, [[["pay"]], [["pay"]]]);
  const twice = { messages: [paid(5).messages[0], paid(5).messages[0]] };
  assert.deepEqual((await imported(twice, paid(5))).calls, [[["pay"], ["pay"]]]);
  assert.deepEqual((await imported(paid(5), twice)).calls, [[["pay"]], [["pay"]]]);
});

Deno.test("a long log is held to the logs beside it, and stays as it is if none has its calls", async () => {
  const lines = (from: number, count: number) => {
    const one = (i: number) => ({
      created_at: 1767323045.5 + i,
      ...asking({ id: `call_${i}`, function: { name: "pay", arguments: JSON.stringify({ i }) } }),
    });
    return Array.from({ length: count }, (_, i) => JSON.stringify(one(from + i))).join("\n") + "\n";
  };
  const many = 9_000;
  const log = (what: string, text: string) => ({ what, bytes: utf8(text), found: true });
  const counts = async (...texts: string[]) => {
    assert.ok(utf8(texts[0]!).length > LONG_LOG);
    const { runs, skipped } = await importInputs(texts.map((text, i) => log(`log ${i}`, text)), {}, "0");
    for (const { packed } of runs) await readRunpack(packed.bytes);
    return [runs.map(({ intents }) => intents), [...skipped, ...runs.flatMap((run) => run.skipped)].length];
  };
  assert.deepEqual(await counts(lines(0, many), lines(many, 2)), [[many, 2], 0]);
  assert.deepEqual(await counts(lines(0, many), lines(many - 1, 2)), [[many, 1], 1]);
  assert.deepEqual(await counts(lines(0, many), lines(0, many)), [[many], 1]);
});

Deno.test("a call that the history of a request tells again, in a later part of a log, is the one in the earlier part", async () => {
  const id = "call_0123456789abcdef";
  const paid = { role: "tool", tool_call_id: id, content: "paid" };
  const start = har(entry(1, [{ role: "user", content: "go" }], toolCall(id, "pay")));
  const rest = har(entry(2, [{ role: "user", content: "go" }, asking(toolCall(id, "pay")), paid]));
  const { calls, reasons } = await imported(start, rest);
  assert.deepEqual(calls, [[["pay", '{"text":"paid"}']]]);
  assert.deepEqual(reasons, ["1 × call that a log before it holds"]);
  assert.deepEqual((await imported(rest, start)).calls, [[["pay", '{"text":"paid"}']]]);
  assert.deepEqual((await imported(rest, rest)).calls, [[["pay", '{"text":"paid"}']]]);
});

Deno.test("calls of two answers are two, though a cache or a recording gave both the same id", async () => {
  const id = "call_0123456789abcdef";
  const asked = [{ role: "user", content: "go" }];
  const { calls } = await imported(
    har(entry(1, asked, toolCall(id, "pay"))),
    har(entry(2, asked, toolCall(id, "pay"))),
  );
  assert.deepEqual(calls, [[["pay"]], [["pay"]]]);
  // Without any time, nothing tells what is told again.
  const timeless = {
    request: { messages: asked },
    response: { choices: [{ message: asking(toolCall(id, "pay")) }] },
  };
  assert.deepEqual((await imported([timeless, timeless], [timeless])).calls, [[["pay"], ["pay"]], [["pay"]]]);
  // Another call with that id, and a short one, may be others.
  const history = (call: unknown) => har(entry(2, [...asked, asking(call)]));
  for (
    const [one, other] of [[toolCall(id, "pay"), toolCall(id, "log")], [
      toolCall("c1", "pay"),
      toolCall("c1", "pay"),
    ]]
  ) {
    assert.equal((await imported(har(entry(1, asked, one)), history(other))).calls.length, 2);
  }
});

Deno.test("a session without times that goes on in a new file, or in two, holds its history once", async () => {
  const call = (n: number) => toolCall(`call_0123456789abcde${n}`, `t${n}`);
  const done = (n: number, content = "done") => ({ role: "tool", tool_call_id: call(n).id, content });
  const start = [asking(call(1)), done(1), asking(call(2))];
  const rest = [...start, done(2), asking(call(3)), done(3)];
  const other = [...start.slice(0, 2), asking(call(4))];
  const one = ["t1", '{"text":"done"}'];
  const two = ["t2", '{"text":"done"}'];
  const three = ["t3", '{"text":"done"}'];
  assert.deepEqual((await imported(start, rest)).calls, [[one, two], [three]]);
  assert.deepEqual((await imported(rest, start)).calls, [[one, two, three]]);
  assert.deepEqual((await imported(start, rest, other)).calls, [[one, two], [three], [["t4"]]]);
  // Two equal logs may be two, and so may a call with another answer, or with a short id.
  assert.deepEqual((await imported(rest, rest)).calls.length, 2);
  assert.deepEqual((await imported(start, [asking(call(1)), done(1, "lost"), asking(call(3))])).calls, [
    [one, ["t2"]],
    [["t1", '{"text":"lost"}'], ["t3"]],
  ]);
  const short = [asking(toolCall("call_1", "t"))];
  assert.deepEqual((await imported(short, [...short, asking(toolCall("call_2", "t"))])).calls.length, 2);
});
