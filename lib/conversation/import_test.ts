import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import type { JsonValue } from "../formats/json/mod.ts";
import { digestOf, keyFromSeed } from "../signing/mod.ts";
import { readRunpack } from "../runpack/read.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { importConversations, importInputs, type ImportOptions } from "./import.ts";

const importText = (text: string, options: ImportOptions = {}) =>
  importConversations(utf8(text), { captureMode: "raw", ...options }, { what: "input", version: "1.2.3" });
const importJson = (value: JsonValue, options: ImportOptions = {}) =>
  importText(JSON.stringify(value), options);
const sample = (name: string) =>
  Deno.readTextFile(new URL(`../../testdata/conversations/${name}`, import.meta.url));

const call = (id: string, args = "{}") => ({ id, function: { name: "tool", arguments: args } });
const chat = (...calls: JsonValue[]): JsonValue => ({ messages: [{ role: "assistant", tool_calls: calls }] });

Deno.test("importConversations() says of an export without a call that it was read, and of anything else that it is no log", async () => {
  const silent = { mapping: { a: { message: null, parent: null, children: [] } } };
  await assert.rejects(importJson([silent]), {
    code: "invalid_input",
    message:
      "Cannot import: no call of a tool was found in the input (the export: 1 × conversation in which no tool was called)",
  });
  const nothing = [{ what: "a.txt", bytes: utf8("hello"), found: true }];
  await assert.rejects(importInputs(nothing, {}, "0"), { message: /there is no log in the input/ });
});

Deno.test("a file that was found is listed if it names the id of a call or how calls are made, and refused if it may hold one", async () => {
  const log = { what: "log.json", bytes: utf8(JSON.stringify(chat(call("a")))), found: true };
  const withNote = (
    note: JsonValue,
  ) => [log, { what: "a.meta.json", bytes: utf8(JSON.stringify(note)), found: true }];
  const note = { agentType: "general-purpose", description: "look", toolUseId: "toolu_1", spawnDepth: 1 };
  const { runs, skipped } = await importInputs(withNote(note), {}, "0");
  assert.deepEqual([runs.length, skipped.map(({ position }) => position)], [1, ["a.meta.json"]]);
  const plan = (calls: string) => ({
    plan: { steps: [{ solver: "generate", params: { tool_calls: calls } }] },
  });
  assert.equal((await importInputs(withNote(plan("loop")), {}, "0")).skipped.length, 1);
  await assert.rejects(importInputs(withNote(plan("pay()")), {}, "0"), /a\.meta\.json/);
  const others = [{ content: "done" }, { name: "pay" }, { more: { toolUseId: "t" } }, { toolCall: "pay" }];
  for (const more of others) {
    await assert.rejects(importInputs(withNote({ ...note, ...more }), {}, "0"), /a\.meta\.json/);
  }
});

Deno.test("importConversations() reads every sample and makes packs that verify", async () => {
  const expected = {
    "openai.json": { format: "openai", runs: [[5, 4, 2, 1, 2]] },
    "openai_repeated_ids.json": { format: "openai", runs: [[4, 3, 0, 0, 0]] },
    "openai_older.json": { format: "openai", runs: [[3, 3, 0, 1, 0]] },
    "openai_responses.json": { format: "openai", runs: [[2, 2, 0, 0, 1]] },
    "anthropic.json": { format: "anthropic", runs: [[5, 3, 1, 0, 0]] },
    "otel.json": { format: "otel", runs: [[2, 2, 1, 0, 1], [1, 0, 0, 1, 0]] },
    "batch.jsonl": { format: "openai", runs: [[1, 1, 0, 0, 0], [0, 0, 0, 0, 0], [1, 1, 0, 0, 0]] },
  };
  for (const [name, { format, runs }] of Object.entries(expected)) {
    const imported = await importText(await sample(name));
    assert.equal(imported.format, format, name);
    const counts = imported.runs.map(({ intents, results, errors, rawArguments, skipped }) => [
      intents,
      results,
      errors,
      rawArguments.length,
      skipped.length,
    ]);
    assert.deepEqual(counts, runs, name);
    for (const { packed } of imported.runs) assert.equal((await verifyRunpack(packed.bytes)).ok, true, name);
  }
});

Deno.test("importConversations() gives repeated ids numbers and their answers in order", async () => {
  const { runs } = await importText(await sample("openai_repeated_ids.json"));
  const record = await readRunpack(runs[0]!.packed.bytes);
  assert.deepEqual(record.intents.map(({ intent_id, tool_name }) => [intent_id, tool_name]), [
    ["call_1", "first"],
    ["call_2_2", "second"],
    ["call_3", "third"],
    ["call_2", "fourth"],
  ]);
  assert.deepEqual(record.results.map(({ intent_id, result }) => [intent_id, result?.text]), [
    ["call_2_2", "of second"],
    ["call_3", "of third"],
    ["call_2", "of fourth"],
  ]);
});

Deno.test("importConversations() takes times from the input, else 1980, and never from a clock", async () => {
  const [timed] = (await importText(await sample("openai.json"))).runs;
  const { run, intents, results } = await readRunpack(timed!.packed.bytes);
  assert.equal(run.created_at, "2026-03-01T09:00:00Z");
  assert.deepEqual(run.timeline!.map(({ event, ts }) => [event, ts]), [
    ["start", "2026-03-01T09:00:00Z"],
    ["finish", "2026-03-01T09:00:06Z"],
  ]);
  assert.equal(intents[0]!.created_at, "2026-03-01T09:00:05.25Z");
  assert.deepEqual(results.map(({ created_at }) => created_at), [
    "2026-03-01T09:00:00Z",
    "2026-03-01T09:00:06Z",
    "2026-03-01T09:00:00Z",
    "2026-03-01T09:00:00Z",
  ]);
  const [plain] = (await importJson(chat(call("a")))).runs;
  const untimed = await readRunpack(plain!.packed.bytes);
  assert.deepEqual(untimed.run.timeline, []);
  assert.equal(untimed.manifest.created_at, "1980-01-01T00:00:00Z");
  assert.equal(untimed.intents[0]!.created_at, "1980-01-01T00:00:00Z");
});

Deno.test("importConversations() gives the same bytes for the same conversation, however it is laid out", async () => {
  for (const name of ["openai.json", "anthropic.json", "otel.json"]) {
    const text = await sample(name);
    const [first, again] = [await importText(text), await importText(JSON.stringify(JSON.parse(text)))];
    first.runs.forEach((run, i) => assert.deepEqual(run.packed.bytes, again.runs[i]!.packed.bytes, name));
  }
});

Deno.test("importConversations() keeps nothing of the machine in the pack", async () => {
  const [only] = (await importJson(chat(call("a")))).runs;
  const { run, refs } = await readRunpack(only!.packed.bytes);
  assert.deepEqual(run.env, { os: "unknown", arch: "unknown", runtime: "openai" });
  assert.equal(run.producer_version, "1.2.3");
  assert.deepEqual(refs.receipts, []);
});

Deno.test("importConversations() keeps digests alone in reference mode, the same as in raw mode", async () => {
  const text = await sample("openai.json");
  const raw = await readRunpack((await importText(text)).runs[0]!.packed.bytes);
  const reference = await readRunpack(
    (await importText(text, { captureMode: "reference" })).runs[0]!.packed.bytes,
  );
  assert.deepEqual([raw, reference].map(({ manifest }) => manifest.capture_mode), ["raw", "reference"]);
  assert.deepEqual(raw.intents[0]!.args, { order: 7 });
  reference.intents.forEach((intent, i) => {
    assert.equal(intent.args, undefined);
    assert.equal(intent.args_digest, raw.intents[i]!.args_digest);
  });
  reference.results.forEach((result, i) => {
    assert.equal(result.result, undefined);
    assert.equal(result.result_digest, raw.results[i]!.result_digest);
  });
  assert.equal(reference.intents[2]!.args_digest, await digestOf({ raw: "order 7" }));
});

Deno.test("importConversations() names a run after the digest of its conversation", async () => {
  const conversation = chat(call("a"));
  const { runs } = await importJson([conversation]);
  assert.equal(runs[0]!.packed.runId, `run_${(await digestOf(conversation)).slice(0, 12)}`);
});

Deno.test("importConversations() gives equal conversations different ids and says so", async () => {
  const { runs, skipped } = await importJson([chat(call("a")), chat(call("a")), chat(call("a"))]);
  const [first, second, third] = runs.map(({ packed }) => packed.runId);
  assert.deepEqual([second, third], [`${first}_2`, `${first}_3`]);
  assert.deepEqual(skipped.map(({ position }) => position), ["conversation 2", "conversation 3"]);
});

Deno.test("importConversations() uses a given id for one run and numbers it for several", async () => {
  const ids = async (...conversations: JsonValue[]) =>
    (await importJson(conversations, { runId: "mine" })).runs.map(({ packed }) => packed.runId);
  assert.deepEqual(await ids(chat(call("a"))), ["mine"]);
  assert.deepEqual(await ids(chat(call("a")), chat(call("b"))), ["mine_1", "mine_2"]);
});

Deno.test("importConversations() refuses a run id that is not a name", async () => {
  for (const runId of ["../up", "a/b", "a\nb", "x".repeat(201)]) {
    await assert.rejects(importJson(chat(call("a")), { runId }), { code: "invalid_input" });
  }
  const { runs } = await importJson(chat(call("a")), { runId: "x".repeat(200) });
  assert.equal(runs.length, 1);
});

Deno.test("importConversations() warns when a ticket footer can't carry the id", async () => {
  const { runs } = await importJson(chat(call("a")), { runId: "a b" });
  assert.notEqual(runs[0]!.warning, undefined);
});

Deno.test("importConversations() signs every pack when it is given a key", async () => {
  const key = await keyFromSeed(new Uint8Array(32).fill(7));
  const { runs } = await importText(await sample("batch.jsonl"), { key });
  for (const { packed } of runs) {
    const report = await verifyRunpack(packed.bytes, {
      trusted: { source: "flag", key: key.public },
      requireSignature: true,
    });
    assert.equal(report.ok, true);
  }
});

Deno.test("importConversations() reads with the given format, and refuses calls that only another one has", async () => {
  const spoken = await importJson([{ role: "assistant", content: [{ type: "thinking" }] }], {
    format: "openai",
  });
  assert.equal(spoken.format, "openai");
  for (const format of ["openai", "otel"] as const) {
    await assert.rejects(importText(await sample("anthropic.json"), { format }), { code: "invalid_input" });
  }
});

Deno.test("importConversations() refuses a conversation that holds calls but yields none", async () => {
  const about: JsonValue[] = [
    { role: "tool", tool_call_id: "a", content: "done" },
    { role: "assistant", content: [{ type: "teleport_tool_result", id: "a" }] },
    { type: "teleport_call", id: "a" },
    { role: "assistant", tool_calls: [call("a").function] },
  ];
  for (const message of about) {
    const conversation = [{ role: "user", content: "hello" }, message];
    await assert.rejects(importJson(conversation), { code: "invalid_input" }, JSON.stringify(message));
    await assert.rejects(importJson([chat(call("a")), { messages: conversation }]), {
      code: "invalid_input",
    });
  }
  assert.equal((await importJson([{ role: "user", content: "hello" }])).runs.length, 1);
});

Deno.test("importConversations() keeps big integers to the digit wherever they stand", async () => {
  const use = (id: string) =>
    `{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":{"id":${id}}}]}]}`;
  const [one, other] = ["1234567890123456789", "1234567890123456788"];
  const runs = await Promise.all([one, other].map(async (id) => (await importText(use(id))).runs[0]!));
  const packs = await Promise.all(runs.map(({ packed }) => readRunpack(packed.bytes)));
  assert.deepEqual(packs.map(({ intents }) => intents[0]!.args), [{ id: one }, { id: other }]);
  assert.notEqual(runs[0]!.packed.runId, runs[1]!.packed.runId);
});

Deno.test("importConversations() refuses the whole input when one conversation is bad", async () => {
  for (const bad of [{ messages: [] }, { messages: [7] }, { messages: "x" }, [], 7]) {
    await assert.rejects(importJson([chat(call("a")), bad]), (error: GaitError) => {
      assert.equal(error.code, "invalid_input");
      assert.ok(error.message.includes("conversation 2"));
      return true;
    });
  }
});

Deno.test("importConversations() makes packs that can be read back from arguments as deep as they may be", async () => {
  const nested = (levels: number) => '{"a":'.repeat(levels) + "1" + "}".repeat(levels);
  const { runs } = await importJson(chat(call("a", nested(999)), call("b", nested(1000))));
  assert.deepEqual(runs[0]!.rawArguments, ["b"]);
});

Deno.test("importConversations() refuses a payload that makes a record too long to be read back", async () => {
  const conversation = chat(call("a", JSON.stringify({ text: "x".repeat(10 * 1024 * 1024) })));
  await assert.rejects(importJson(conversation), { code: "invalid_input" });
  assert.equal((await importJson(conversation, { captureMode: "reference" })).runs.length, 1);
});

/** JSON that looks like conversations in places, so that the readers are reached. */
const anyJson = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<JsonValue>(
      "a",
      "b",
      "",
      "{}",
      '{"a":1}',
      "Error",
      "tool",
      "assistant",
      "user",
      "execute_tool x",
      "5",
    ),
    fc.constantFrom<JsonValue>(
      "tool_use",
      "tool_result",
      "text",
      "function_call",
      "function_call_output",
      "execute_tool",
    ),
    fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<JsonValue>,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          "messages",
          "role",
          "content",
          "tool_calls",
          "function",
          "name",
          "arguments",
          "id",
          "tool_call_id",
          "type",
        ],
        ...[
          "input",
          "tool_use_id",
          "is_error",
          "function_call",
          "call_id",
          "output",
          "created_at",
          "error",
          "__proto__",
        ],
        ...[
          "resourceSpans",
          "scopeSpans",
          "spans",
          "traceId",
          "attributes",
          "key",
          "value",
          "stringValue",
          "status",
        ],
      ),
      tie("value"),
      { maxKeys: 5 },
    ) as fc.Arbitrary<JsonValue>,
  ),
}));

Deno.test("importConversations() refuses what says beside the messages that calls were made", async () => {
  const talk = [{ role: "user", content: "pay" }];
  const last = { role: "assistant", tool_calls: [call("b")] };
  const otherText: { [name: string]: JsonValue }[] = [
    { response: { choices: [{ message: last }] } },
    { response: { content: [{ type: "tool_use", id: "b", name: "pay", input: {} }] } },
    { Messages: [last] },
  ];
  for (const about of otherText) {
    for (const messages of [talk, [{ role: "assistant", tool_calls: [call("a")] }]]) {
      const what = JSON.stringify(about);
      await assert.rejects(importJson({ messages, ...about }), { code: "invalid_input" }, what);
    }
  }
  const stopped = { messages: talk, finish_reason: "tool_calls" };
  await assert.rejects(importJson(stopped), { code: "invalid_input" });
  await assert.rejects(importJson([...talk, { role: "assistant", content: "", stop_reason: "tool_use" }]), {
    code: "invalid_input",
  });
  // Definitions and counts are no calls.
  const parameters = { properties: { tool_call_id: { type: "string" } } };
  const { runs } = await importJson({
    messages: talk,
    tools: [{ type: "function", function: { name: "pay", parameters } }],
    request: { functions: [{ name: "pay", parameters }] },
    usage: { tool_calls: 0 },
    finish_reason: "stop",
  });
  assert.equal(runs[0]!.intents, 0);
});

Deno.test("importConversations() answers any JSON with packs that verify or with invalid_input", async () => {
  const message = fc.oneof(
    anyJson.value,
    anyJson.value.map((content) => ({ role: "assistant", content })),
    anyJson.value.map((call) => ({
      role: "assistant",
      tool_calls: [call, { id: "a", function: { name: "t", arguments: call } }],
    })),
    anyJson.value.map((content) => ({ role: "tool", tool_call_id: "a", content })),
    anyJson.value.map((input) => ({
      role: "assistant",
      content: [{ type: "tool_use", id: "a", name: "t", input }],
    })),
    anyJson.value.map((content) => ({
      role: "user",
      content: [{ type: "tool_result", tool_use_id: "a", content }],
    })),
  );
  const span = fc.tuple(anyJson.value, anyJson.value).map(([value, time]) => ({
    traceId: "t",
    name: "execute_tool t",
    startTimeUnixNano: time,
    attributes: [{ key: "gen_ai.tool.call.arguments", value: { stringValue: value } }, {
      key: "gen_ai.tool.call.result",
      value: { kvlistValue: value },
    }],
    status: value,
  }));
  const input = fc.oneof(
    anyJson.value,
    fc.array(message, { maxLength: 5 }),
    fc.array(message, { maxLength: 5 }).map((messages) => ({ messages })),
    fc.array(span, { maxLength: 3 }).map((spans) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] })),
  );
  const format = fc.constantFrom(undefined, "openai" as const, "anthropic" as const, "otel" as const);
  let packs = 0;
  await fc.assert(
    fc.asyncProperty(input, format, async (value, format) => {
      try {
        const { runs } = await importJson(value as JsonValue, { format });
        for (const { packed } of runs) {
          assert.equal((await verifyRunpack(packed.bytes)).ok, true);
          packs++;
        }
      } catch (error) {
        if (!(error instanceof GaitError)) throw error;
        assert.equal(error.code, "invalid_input");
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(packs > 20, `the readers were reached ${packs} times only`);
});
