import assert from "node:assert/strict";
import { readRunpack } from "../runpack/read.ts";
import { importConversations, importInputs } from "./import.ts";

const folder = new URL("../../testdata/conversations/formats/", import.meta.url);
const fileOf = (name: string) => Deno.readFileSync(new URL(name, folder));
const utf8 = (text: string) => new TextEncoder().encode(text);
const imported = (bytes: Uint8Array) =>
  importConversations(bytes, { captureMode: "raw" }, { what: "x.yaml", version: "0" });

async function recordsOf(bytes: Uint8Array) {
  const { format, runs: [run] } = await imported(bytes);
  assert.equal(format, "exchanges");
  const { intents, results } = await readRunpack(run!.packed.bytes);
  return {
    calls: intents.map(({ intent_id: id, args }) => [id, args]),
    results: results.map(({ intent_id: id, status, result }) => [id, status, result]),
    times: intents.map((intent) => intent.created_at),
    skipped: run!.skipped.map(({ reason }) => reason),
  };
}

Deno.test("a cassette of Python: bodies as folded texts, in base64 and packed", async () => {
  const note = "for Elm street, which is a long way off: it's «far» \u2028 and narrow";
  const { times: _, ...records } = await recordsOf(fileOf("cassette.yaml"));
  assert.deepEqual(records, {
    calls: [["call_1", { cents: 5, note }], ["call_2", { cents: 6, note }]],
    results: [
      ["call_1", "ok", { paid: "12345678901234567890" }],
      ["call_2", "error", { text: "Error: no money" }],
    ],
    skipped: [
      "1 × call or answer that a request repeats",
      "1 × entry that is no exchange with a model",
    ],
  });
});

Deno.test("a cassette of Ruby, and bodies that the recorder read", async () => {
  const { calls, times } = await recordsOf(fileOf("cassette_ruby.yml"));
  assert.deepEqual(calls, [
    ["t1", { cents: 5 }],
    ["t2", { account: "12345678901234567890", cents: 6, half: 0.5, sure: true, nothing: null }],
  ]);
  assert.equal(times[0], "2026-01-02T03:04:05Z");
});

Deno.test("requests and responses in two lists are paired", async () => {
  const text = new TextDecoder().decode(fileOf("cassette_ruby.yml"));
  const [, asked, given] = text.split(/parsed_body:|recorded_with:/);
  const { calls } = await recordsOf(
    utf8(`requests:\n- parsed_body:${asked!.split("  response:")[0]}responses:\n- parsed_body:${given}`),
  );
  assert.deepEqual(calls.map(([id]) => id), ["t2"]);
});

const exchange = (response: string, headers = "{}") =>
  utf8(`interactions:
- request:
    body: '{"messages":[{"role":"user","content":"pay"}]}'
  response:
    headers: ${headers}
    body:
      string: ${response}
`);

/** The answer of a model that calls `pay`. */
const ANSWER = JSON.stringify({
  choices: [{
    index: 0,
    message: {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "t1", type: "function", function: { name: "pay", arguments: '{"cents":5}' } }],
    },
  }],
});

/** The same packed by brotli, in base64. */
const BROTLI =
  "G6kAgIzUYs0Z7kSQ21K/TIBAIVVxjmnVGSzu98Wi8+lKV5IQsk1RzSRsqinKt4OeGI7TSTMLFv5t3AJ6rUVDG5Yt+RiYVU9A2CuHOKbgS19DnqaEO0lgeNb9vOuH2quYzvin0VPmXg==";

Deno.test("a response may be packed by brotli, or say so although the recorder unpacked it", async () => {
  const header = "{Content-Encoding: [br]}";
  for (
    const body of [`!!binary |\n        ${BROTLI}`, `!!binary |\n        ${btoa(ANSWER)}`, `'${ANSWER}'`]
  ) {
    const { calls } = await recordsOf(exchange(body, header));
    assert.deepEqual(calls, [["t1", { cents: 5 }]], body);
  }
});

Deno.test("a response that can't be unpacked is refused, because it may hold calls", async () => {
  const cut = btoa(atob(BROTLI).slice(0, -9));
  for (
    const [body, packed] of [[cut, "br"], [BROTLI, "zstd"], ["KLUv/SQA", "zstd"], ["H4sIAAAAAAAA", "gzip"], [
      "===",
      "gzip",
    ]] as const
  ) {
    await assert.rejects(
      imported(exchange(`!!binary |\n        ${body}`, `{Content-Encoding: [${packed}]}`)),
      { code: "invalid_input", message: /can't be unpacked/ },
    );
  }
});

Deno.test("a torn cassette, and one with a key twice, are refused, also in a folder", async () => {
  const whole = new TextDecoder().decode(fileOf("cassette.yaml"));
  const doubled = `interactions: []\n${whole}`;
  for (const text of [`${whole}\n"torn`, doubled, "interactions: 1\n"]) {
    await assert.rejects(imported(utf8(text)), { code: "invalid_input" });
    await assert.rejects(
      importInputs(
        [{ what: "a", bytes: fileOf("cassette.yaml") }, { what: "b", bytes: utf8(text), found: true }],
        {},
        "0",
      ),
      { code: "invalid_input" },
    );
  }
});

Deno.test("aliases that repeat a text do not fill the memory", async () => {
  const head = `interactions:\n- &a "${"x".repeat(1_000_000)}"\n`;
  await assert.rejects(imported(utf8(head + "- *a\n".repeat(300))), {
    code: "invalid_input",
    message: /larger than 256 MiB/,
  });
});
