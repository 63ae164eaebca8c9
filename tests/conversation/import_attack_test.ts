/** What an attacker may put into a folder of logs, and must not achieve: calls that are left out without a word. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const folder = new URL("../../testdata/import/", import.meta.url);
const sample = (path: string) => Deno.readFileSync(new URL(path, folder));
const PB = "google-adk-2.13.0/traces.pb";
const CSV = "arize-phoenix-20.26.1/spans_dataframe.csv";
const CHAT = "openai-3.57.0/chat_messages.json";

const gzip = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );

Deno.test("a folder of mixed formats, packed or not, comes in whole, and what is no log is listed", () =>
  onStage(async ({ gait, write }) => {
    await write("logs/a.pb", sample(PB));
    await write("logs/b.csv", sample(CSV));
    await write("logs/c.json.gz", await gzip(sample(CHAT)));
    await write("logs/d.sse", sample("ai-js-6.0.326/ui_stream.sse"));
    await write("logs/readme.md", new TextEncoder().encode("# tool_calls are explained here\n"));
    const { code, json } = await gait`run import logs --json`;
    assert.equal(code, 0);
    assert.deepEqual(
      json.runs.map(({ format, intents }: { format: string; intents: number }) => [format, intents]),
      [
        ["otel", 3],
        ["phoenix", 3],
        ["openai", 3],
        ["vercel", 3],
      ],
    );
    assert.deepEqual(json.skipped, [{
      position: '"logs/readme.md"',
      reason: 'line 1, column 1: expected a value, found "#"',
    }]);
  }));

Deno.test("what Gait itself wrote into a folder is named as left out, and read when it is given", () =>
  onStage(async ({ gait, write, files }) => {
    await write("chat.json", sample(CHAT));
    for (const own of [".gait", "sub/gait-out", "evidence"]) {
      await write(`${own}/a.json`, '{"tool_calls": 1}');
    }
    const { code, json } = await gait`run import . --out-dir ./evidence --json`;
    assert.deepEqual([code, json.runs.length], [0, 1]);
    assert.deepEqual(json.skipped.map(({ position }: { position: string }) => position), [
      '"./.gait"',
      '"./evidence"',
      '"./sub/gait-out"',
    ]);
    const given = await gait`run import chat.json .gait --out-dir other --json`;
    assert.equal(given.code, 6);
    assert.match(given.json.error, /^Cannot import "\.gait\/a\.json": /);
    assert(!(await files()).some((file) => file.startsWith("other/")));
  }));

for (const [name, path] of [["a.pb", PB], ["a.csv", CSV], ["a.json", CHAT]] as const) {
  Deno.test(`a torn ${name} among other logs is refused, not left out, and nothing is written`, () =>
    onStage(async ({ gait, write, files }) => {
      const bytes = sample(path);
      await write("logs/chat.json", sample(CHAT));
      await write(`logs/${name}`, bytes.slice(0, Math.floor(bytes.length / 2)));
      assert.equal((await gait`run import logs --json`).code, 6);
      assert.deepEqual(await files(), [`logs/${name}`, "logs/chat.json"].sort());
    }));
}

Deno.test("two readings of one span, of one row or of one call are refused", () =>
  onStage(async ({ gait, write, files }) => {
    const span =
      '{"name":"pay","context":{"trace_id":"1","span_id":"2"},"span_kind":"TOOL","attributes":ATTRIBUTES}';
    const twice = [
      `{"data":[${span.replace("ATTRIBUTES", '{"input.value":"{}","input.value":"{\\"a\\":1}"}')}]}`,
      `{"data":[${span.replace("ATTRIBUTES", "{}")},${span.replace("ATTRIBUTES", '{"input.value":"{}"}')}]}`,
      "id,trace_id,run_type,name,name,inputs\n1,1,tool,pay,ship,{}\n",
      '{"runs":[{"id":"1","trace_id":"1","run_type":"tool","name":"pay","inputs":{},"inputs":{"a":1}}]}',
    ];
    for (const [i, text] of twice.entries()) {
      await write("log", text);
      assert.equal((await gait`run import log --json`).code, 6, `log ${i}`);
      assert.deepEqual(await files(), ["log"]);
    }
  }));
