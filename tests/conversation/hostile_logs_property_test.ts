/** Logs as an attacker, a crash or another system may leave them: every call is an intent, or it is listed or refused. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { importConversations } from "../../lib/conversation/import.ts";
import { LONG_LOG } from "../../lib/conversation/long_log.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { readRunpack } from "../../lib/runpack/read.ts";

const call = (id: string, args: unknown) => ({
  id,
  type: "function",
  function: { name: "pay", arguments: JSON.stringify(args) },
});
const asking = (...calls: unknown[]) => ({ role: "assistant", content: null, tool_calls: calls });
const answer = (id: string) => ({ role: "tool", tool_call_id: id, content: "{}" });
const read = async (content: string | Uint8Array) => {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return (await importConversations(bytes as Uint8Array<ArrayBuffer>, {}, { what: "x", version: "1" })).runs;
};
const refused = (content: string | Uint8Array) => assert.rejects(read(content), { code: "invalid_input" });
const jsonl = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value) + "\n").join("");

Deno.test("any order of calls, answers and repeated lines, short or long, keeps every call", async () => {
  const id = fc.constantFrom("a", "b", "c");
  const line = fc.oneof(
    fc.array(fc.tuple(id, fc.nat(2)), { minLength: 1, maxLength: 3 }).map((calls) =>
      asking(...calls.map(([id, n]) => call(id, { n })))
    ),
    id.map(answer),
  );
  // As a single line, it makes the log long enough to be read line by line.
  const pad = { role: "user", content: "x".repeat(LONG_LOG) };
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 2, maxLength: 10 }), fc.boolean(), async (lines, isLong) => {
      const made = lines.reduce((sum, one) => sum + ("tool_calls" in one ? one.tool_calls.length : 0), 0);
      const answers = lines.filter((one) => one.role === "tool").length;
      const text = jsonl(isLong ? [...lines, pad] : lines);
      if (made === 0) return await refused(text);
      const [run] = await read(text);
      assert.equal(run!.intents, made);
      assert.equal(run!.results + run!.skipped.length, answers);
      const { intents, results } = await readRunpack(run!.packed.bytes);
      assert.deepEqual([intents.length, results.length], [run!.intents, run!.results]);
      assert.equal(new Set(intents.map((intent) => intent.intent_id)).size, made);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a byte order mark and Windows line ends change nothing; UTF-16 and torn lines are refused", async () => {
  const lines = jsonl([asking(call("a", {})), answer("a"), { role: "user", content: "x".repeat(LONG_LOG) }]);
  for (const text of [lines, lines.slice(0, 400) + lines.slice(-100_000).replace(/^[^\n]*/, "")]) {
    const outcome = async (content: string) => {
      try {
        return (await read(content)).map(({ intents, results }) => [intents, results]);
      } catch (error) {
        assert.ok(error instanceof GaitError);
        return error.code;
      }
    };
    const plain = await outcome(text);
    assert.deepEqual(await outcome("\uFEFF" + text), plain);
    assert.deepEqual(await outcome(text.replaceAll("\n", "\r\n")), plain);
  }
  await refused(new Uint8Array(Uint16Array.from(lines.slice(0, 300), (char) => char.charCodeAt(0)).buffer));
  await refused(lines + '{"role":"assistant","tool_calls":[{"id":');
});

Deno.test("a cut-off line that tells of no call is listed, in a long log as in a short one", async () => {
  const lines = jsonl([asking(call("a", {})), answer("a")]);
  for (const pad of [0, LONG_LOG]) {
    const text = `${lines}${
      jsonl([{ role: "user", content: "x".repeat(pad) }])
    }{"role":"user","content":"hel`;
    const { runs, skipped } = await importConversations(
      new TextEncoder().encode(text),
      {},
      { what: "x", version: "1" },
    );
    assert.deepEqual(runs.map(({ intents, results }) => [intents, results]), [[1, 1]]);
    assert.match(
      skipped.map(({ position, reason }) => `${position}: ${reason}`).join(),
      /^line 4: cut off at the end/,
    );
    await refused(`${text}"}\n{"role":"assistant","function_call":{"name`);
  }
});

Deno.test("bodies of requests that grow are one run, in a long log as in a short one", async () => {
  const turn = (id: string) => [asking(call(id, {})), answer(id)];
  const history = [{ role: "user", content: "x" }, ...["a", "b", "c", "d"].flatMap(turn)];
  for (const pad of [0, LONG_LOG / 3]) {
    history[0] = { role: "user", content: "x".repeat(pad) };
    const bodies = [1, 3, 5, 7, 9].map((length) => ({ model: "m", messages: history.slice(0, length) }));
    for (const order of [bodies, bodies.toReversed()]) {
      const runs = await read(jsonl(order));
      assert.deepEqual(runs.map(({ intents, results }) => [intents, results]), [[4, 4]]);
    }
  }
});

Deno.test("a message with 100,000 calls is one run with all of them", async () => {
  const [run] = await read(jsonl([
    asking(...Array.from({ length: 100_000 }, (_, i) => call(`c${i}`, { i }))),
    answer("c7"),
  ]));
  assert.deepEqual([run!.intents, run!.results, run!.skipped.length], [100_000, 1, 0]);
});

Deno.test("calls of another format in the middle of a long log are refused, not left out", async () => {
  const usual = Array.from({ length: 30 }, (_, i) => asking(call(`c${i}`, { pad: "x".repeat(50_000) })));
  const foreign = { role: "assistant", content: [{ type: "tool_use", id: "t", name: "pay", input: {} }] };
  assert.equal((await read(jsonl(usual)))[0]!.intents, 30);
  await refused(jsonl([...usual, foreign]));
  await refused(jsonl([...usual, { messages: [foreign] }]));
});

Deno.test("arguments that are nested very deep are refused or kept as a text, in a long log too", async () => {
  const deep = `${'{"a":'.repeat(1200)}1${"}".repeat(1200)}`;
  const lines = [asking({ id: "a", function: { name: "pay", arguments: deep } }), asking(call("b", {}))];
  for (const text of [jsonl(lines), jsonl([...lines, { role: "user", content: "x".repeat(LONG_LOG) }])]) {
    const [run] = await read(text);
    assert.deepEqual([run!.intents, run!.rawArguments], [2, ["a"]]);
  }
  await refused(
    `{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"p","arguments":${deep}}}]}\n`,
  );
});
