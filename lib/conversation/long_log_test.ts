import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import type { RewrittenLines } from "../formats/json/rewritten_lines.ts";
import { digestOf } from "../signing/mod.ts";
import { bulkHasher } from "../signing/bulk_digest.ts";
import { runningDigest } from "../signing/running_digest.ts";
import type { Reading } from "./formats/reader.ts";
import { detectFormat, READERS } from "./formats/table.ts";
import { readRoots } from "./input.ts";
import { asDigests } from "./keeping.ts";
import { LONG_LOG, readLongLog } from "./long_log.ts";
import { importConversations } from "./import.ts";
import type { Format } from "./transcript.ts";

const text = fc.string({ maxLength: 6 });
const id = fc.constantFrom("a", "b", "c");
const line: fc.Arbitrary<JsonValue> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ role: fc.constantFrom("user", "assistant", "tool", "odd"), content: text }),
  },
  fc.record({ id, text }).map(({ id, text }) => ({
    role: "assistant",
    content: null,
    tool_calls: [{ id, type: "function", function: { name: "pay", arguments: JSON.stringify({ text }) } }],
  })),
  fc.record({ id, text }).map(({ id, text }) => ({ role: "tool", tool_call_id: id, content: text })),
  fc.record({ id }).map(({ id }) => ({
    role: "assistant",
    content: [{ type: "tool_use", id, name: "pay", input: {} }],
  })),
  fc.record({ id }).map(({ id }) => ({
    role: "user",
    content: [{ type: "tool_result", tool_use_id: id, content: "x" }],
  })),
  fc.constantFrom<JsonValue>(
    { type: "reasoning" },
    { role: "assistant", functionCall: { name: "pay" } },
    { role: "assistant", finish_reason: "tool_calls" },
    7,
    { messages: [] },
    { role: "user", timestamp: "2026-01-01T00:00:00" },
  ),
);

/** What is read, or the code of the error: of several faults, either reader may name another one first. */
async function outcome(read: () => unknown): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return error.code;
  }
}

const KEEP = (lines: RewrittenLines) =>
  asDigests({ hash: bulkHasher, open: runningDigest, formOf: (value) => lines.formOf(value) }, false);

/** A reading without payloads, in whichever way they were kept. */
async function digested({ position, value, digest, transcript }: Reading) {
  const { calls, answers, ...rest } = transcript;
  return {
    position,
    digest: digest ?? await digestOf(value),
    ...rest,
    calls: await Promise.all(calls.map(async ({ args, digest, text: _, ...call }) => ({
      ...call,
      digest: digest ?? await digestOf(args),
    }))),
    answers: await Promise.all(answers.map(async ({ result, digest, text: _, ...answer }) => ({
      ...answer,
      digest: digest ?? await digestOf(result),
    }))),
  };
}

const inPieces = (bytes: Uint8Array, size: number) =>
  async function* () {
    for (let at = 0; at < bytes.length; at += size) {
      yield await Promise.resolve(bytes.subarray(at, at + size));
    }
  };

/** That a log comes to the same in both ways; whether it was read line by line. */
async function comesToTheSame(bytes: Uint8Array, format: Format | undefined, size: number): Promise<boolean> {
  let isByLine = true;
  const long = await outcome(async () => {
    const read = await readLongLog({ what: "x", chunks: inPieces(bytes, size) }, format, KEEP);
    if (read === undefined) return void (isByLine = false);
    return {
      format: read.format,
      skipped: read.skipped,
      readings: await Promise.all(read.readings.map(digested)),
    };
  });
  if (!isByLine) return false;
  const whole = await outcome(async () => {
    const roots = readRoots(bytes, "x");
    const found = format ?? detectFormat(roots);
    const { readings, skipped } = READERS[found].read(roots);
    return { format: found, skipped, readings: await Promise.all(readings.map(digested)) };
  });
  assert.deepEqual(long, whole);
  return true;
}

Deno.test("a long output of Codex with a search, which has two ids, is read as a whole", async () => {
  const begun = '{"type":"thread.started","thread_id":"t"}\n';
  const said = JSON.stringify({
    type: "item.completed",
    item: { type: "agent_message", text: "x".repeat(2 ** 20) },
  });
  const search =
    '{"type":"item.completed","item":{"id":"item_1","type":"web_search","id":"ws_1","query":"x"}}\n';
  const bytes = new TextEncoder().encode(`${begun}${begun}${said}\n${search}`);
  assert.equal(await comesToTheSame(bytes, undefined, 65536), false);
  const { readings } = READERS.codex.read(readRoots(bytes, "x"));
  assert.deepEqual(readings[0]!.transcript.calls.map(({ id, tool }) => [id, tool]), [[
    "item_1",
    "web_search",
  ]]);
  const other = new TextEncoder().encode(`${begun}${begun}${said}\n${search.replace("web_search", "other")}`);
  assert.throws(() => readRoots(other, "x"), /twice/);
});

const linesOf = (values: readonly JsonValue[], end: string) =>
  new TextEncoder().encode(values.map((one) => JSON.stringify(one) + end).join(""));

const ends = fc.constantFrom("\n", "\r\n", "\n\n");
const sizes = fc.constantFrom(7, 64, 100_000);

Deno.test("a long log that is read line by line comes to the same as one that is read as a whole", async () => {
  let byLine = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 2, maxLength: 12 }),
      fc.constantFrom<Format | undefined>(undefined, "openai", "anthropic"),
      ends,
      sizes,
      async (lines, format, end, size) => {
        if (await comesToTheSame(linesOf(lines, end), format, size)) byLine++;
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(byLine > 50, `${byLine} logs were read line by line`);
});

const tool = fc.constantFrom("pay", "read");
const args = fc.record({ n: fc.nat(3) });
const uuid = fc.constantFrom("u1", "u2", "u3", undefined);
const odd = fc.constantFrom<JsonValue>(7, {}, { type: "odd" }, {
  role: "assistant",
  functionCall: { name: "p" },
});

/** Lines as each format has them, with what repeats, breaks off and does not belong there. */
const LINES: Partial<Record<Format, fc.Arbitrary<JsonValue>>> = {
  "claude-code": fc.oneof(
    fc.record({ uuid, sessionId: fc.constantFrom("s", "t", undefined), id, tool, args }).map((
      { id, tool, args, ...line },
    ) => ({
      type: "assistant",
      ...JSON.parse(JSON.stringify(line)),
      message: { role: "assistant", content: [{ type: "tool_use", id, name: tool, input: args }] },
    })),
    fc.record({ id, text }).map(({ id, text }) => ({
      type: "user",
      sessionId: "s",
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: text }] },
    })),
    fc.record({ id, type: fc.constantFrom("summary", "progress", "other") }).map(({ id, type }) => ({
      type,
      data: { content: [{ type: "tool_use", id, name: "x" }] },
    })),
    fc.constant({ type: "summary", summary: "done" }),
  ),
  codex: fc.oneof(
    fc.record({ id, tool, args }).map(({ id, tool, args }) => ({
      type: "response_item",
      payload: { type: "function_call", call_id: id, name: tool, arguments: JSON.stringify(args) },
    })),
    fc.record({ id, text }).map(({ id, text }) => ({
      type: "response_item",
      payload: { type: "function_call_output", call_id: id, output: text },
    })),
    fc.record({ id, type: fc.constantFrom("item.started", "item.completed") }).map(({ id, type }) => ({
      type,
      item: { id, type: "command_execution", command: "ls", status: type.slice(5), exit_code: 0 },
    })),
    fc.constant({ type: "event_msg", payload: { type: "token_count" } }),
  ),
  mcp: fc.oneof(
    fc.record({ id: fc.nat(3), tool, args }).map(({ id, tool, args }) => ({
      jsonrpc: "2.0",
      id,
      method: "tools/call",
      params: { name: tool, arguments: args },
    })),
    fc.record({ id: fc.nat(3), text }).map(({ id, text }) => ({ jsonrpc: "2.0", id, result: { text } })),
    fc.constant({ message: { jsonrpc: "2.0", method: "notifications/progress" } }),
  ),
  crewai: fc.oneof(
    fc.record({ tool, args, id }).map(({ tool, args, id }) => ({
      type: "tool_usage_started",
      tool_name: tool,
      tool_args: args,
      event_id: id,
    })),
    fc.record({ tool, id: fc.option(id) }).map(({ tool, id }) => ({
      events: [{ type: "tool_usage_finished", tool_name: tool, output: "x", started_event_id: id }],
    })),
  ),
  exchanges: fc.record({ ids: fc.array(id, { maxLength: 3 }), next: id, tool }).map(({ ids, next, tool }) => {
    const called = (one: string) => ({ id: one, function: { name: tool, arguments: "{}" } });
    return {
      request: {
        messages: ids.flatMap((one) => [
          { role: "assistant", tool_calls: [called(one)] },
          { role: "tool", tool_call_id: one, content: "x" },
        ]),
      },
      response: { id: next, choices: [{ message: { role: "assistant", tool_calls: [called(next)] } }] },
    };
  }),
  hooks: fc.record({
    tool,
    args,
    id: fc.option(id),
    event: fc.constantFrom("PreToolUse", "PostToolUse", "Stop"),
  })
    .map(({ tool, args, id, event }) => ({
      hook_event_name: event,
      session_id: id ?? "s",
      tool_name: tool,
      tool_input: args,
      ...(id === null ? {} : { tool_use_id: id }),
      tool_response: "x",
    })),
  realtime: fc.record({ id, tool, status: fc.constantFrom("completed", "in_progress") }).map((
    { id, tool, status },
  ) => ({
    type: "conversation.item.created",
    item: {
      object: "realtime.item",
      type: "function_call",
      call_id: id,
      name: tool,
      arguments: "{}",
      status,
    },
  })),
  "ag-ui": fc.record({ id, tool, type: fc.constantFrom("START", "END", "ARGS", "RESULT") }).map((
    { id, tool, type },
  ) => ({ type: `TOOL_CALL_${type}`, toolCallId: id, toolCallName: tool, delta: "{}", content: "x" })),
  bfcl: fc.record({ id, tool, args }).map(({ id, tool, args }) => ({ id, result: [{ [tool]: args }] })),
  openai: fc.array(line, { maxLength: 4 }).map((messages) => ({ messages })),
  gemini: fc.record({ tool, args }).map(({ tool, args }) => ({
    contents: [{ role: "model", parts: [{ functionCall: { name: tool, args } }] }],
  })),
  "pydantic-ai": fc.record({ tool, id, args }).map(({ tool, id, args }) => [{
    kind: "response",
    parts: [{ part_kind: "tool-call", tool_name: tool, tool_call_id: id, args }],
  }]),
  langchain: fc.record({ tool, id, args }).map(({ tool, id, args }) => [{
    type: "ai",
    data: { content: "", tool_calls: [{ name: tool, args, id }] },
  }]),
};

for (const [format, usual] of Object.entries(LINES) as [Format, fc.Arbitrary<JsonValue>][]) {
  Deno.test(`a long log of ${format} comes to the same line by line as read as a whole`, async () => {
    let byLine = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 12, arbitrary: usual }, odd), { minLength: 2, maxLength: 12 }),
        fc.constantFrom(format, undefined),
        ends,
        sizes,
        async (lines, given, end, size) => {
          if (await comesToTheSame(linesOf(lines, end), given, size)) byLine++;
        },
      ),
      { numRuns: 150 },
    );
    assert.ok(byLine > 10, `${byLine} logs were read line by line`);
  });
}

Deno.test("only logs of lines are read line by line", async () => {
  const read = (text: string) =>
    readLongLog({ what: "x", chunks: inPieces(new TextEncoder().encode(text), 50) }, undefined, KEEP);
  const message = '{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"pay","arguments":"{}"}}]}';
  assert.notEqual(await read(`${message}\n${message}\n`), undefined);
  for (
    const text of [
      "",
      message,
      `[${message}]\n`,
      `{"role":\n"user"}\n`,
      `{"messages":[]}\n${message}\n`,
      '{"role":"user","content":"hi"}\n{"role":"user","content":"no marks of a format"}\n',
      "data: 1\n\n",
    ]
  ) {
    assert.equal(await read(text), undefined, text);
  }
});

for (const captureMode of ["reference", "raw"] as const) {
  Deno.test(`an import of a long log gives the runpack that it gives as a list: ${captureMode}`, async () => {
    const called = (id: string, args: string, more: object = {}) => ({
      role: "assistant",
      tool_calls: [{ id, function: { name: "pay", arguments: args }, ...more }],
    });
    const lines: JsonValue[] = Array.from(
      { length: 9000 },
      (_, i) => called(`c${i}`, `{"n":${i},"pad":"${"x".repeat(60)}"}`),
    );
    const many = JSON.stringify({ rows: Array.from({ length: 2000 }, () => []) });
    lines.push(
      called("said", '{"to":"x"}', { arg_provenance: [{ arg_path: "$.to", source: "user" }] }),
      called("many", many),
      { role: "tool", tool_call_id: "many", content: many },
    );
    const [asLines, asList] = [lines.map((one) => JSON.stringify(one)).join("\n"), JSON.stringify(lines)];
    assert.ok(asLines.length > LONG_LOG);
    const packs = [];
    for (const text of [asLines, asList]) {
      const bytes = new TextEncoder().encode(text);
      packs.push(
        (await importConversations(bytes, { captureMode }, { what: "x", version: "1" })).runs[0]!.packed,
      );
    }
    assert.equal(packs[0]!.runId, packs[1]!.runId);
    assert.equal(packs[0]!.manifestDigest, packs[1]!.manifestDigest);
    assert.deepEqual(packs[0]!.bytes, packs[1]!.bytes);
  });
}
