import assert from "node:assert/strict";
import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import { READERS } from "./formats/table.ts";
import { unpack } from "../../tests/support/sample_run.ts";
import { importConversations } from "./import.ts";
import type { Format } from "./transcript.ts";

const origins = [{ arg_path: "$.to", source: "Tool_Output", source_ref: "call_1" }, {
  arg_path: "$.cents",
  source: "user",
}];
const kept = [
  { arg_path: "$.cents", source: "user" },
  { arg_path: "$.to", source: "tool_output", source_ref: "call_1" },
];

/** A call with its sources, as each format has them. */
const SAID: Partial<Readonly<Record<Format, (arg_provenance: JsonValue) => JsonValue>>> = {
  openai: (arg_provenance) => ({
    role: "assistant",
    tool_calls: [{ id: "c", arg_provenance, function: { name: "pay", arguments: "{}" } }],
  }),
  anthropic: (arg_provenance) => ({
    role: "assistant",
    content: [{ type: "tool_use", id: "c", name: "pay", input: {}, arg_provenance }],
  }),
  langchain: (arg_provenance) => ({
    type: "ai",
    data: { content: "", tool_calls: [{ name: "pay", args: {}, id: "c", arg_provenance }] },
  }),
  mcp: (arg_provenance) => ({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "pay", arguments: {}, _meta: { arg_provenance } },
  }),
  otel: (given) => ({
    resourceSpans: [{
      scopeSpans: [{
        spans: [{
          traceId: "01",
          name: "execute_tool pay",
          attributes: [{ key: "gait.arg_provenance", value: { stringValue: JSON.stringify(given) } }],
        }],
      }],
    }],
  }),
};

const read = (format: Format, value: JsonValue) =>
  READERS[format].read({ values: [value], position: (i) => `line ${i + 1}` }).readings[0]!.transcript;

for (const [format, write] of Object.entries(SAID) as [Format, (origins: JsonValue) => JsonValue][]) {
  Deno.test(`${format}: what a log says of the sources of arguments is kept, and nothing else`, () => {
    assert.deepEqual(read(format, write(origins)).calls[0]!.provenance, kept);
    assert.deepEqual(read(format, write([])).calls[0]!.provenance, []);
    for (const wrong of [[{ arg_path: "$.to", source: "my_cat" }], "tool_output", [{ source: "user" }]]) {
      const { calls, skipped } = read(format, write(wrong as JsonValue));
      assert.deepEqual(calls[0]!.provenance, []);
      assert.ok(skipped.some(({ reason }) => reason.startsWith("arg_provenance")), JSON.stringify(wrong));
    }
  });
}

Deno.test("the intent of the runpack has it, and a call without sources has no such member", async () => {
  const bytes = new TextEncoder().encode(JSON.stringify([SAID.openai!(origins), SAID.openai!(null)]));
  const { runs } = await importConversations(bytes, {}, { what: "x", version: "1" });
  const entries = await unpack(runs[0]!.packed.bytes);
  const lines = new TextDecoder().decode(entries.get("intents.jsonl")!).trim().split("\n");
  const [first, second] = lines.map((line) => JSON.parse(line) as JsonObject);
  assert.deepEqual(first!.arg_provenance, kept);
  assert.equal(Object.hasOwn(second!, "arg_provenance"), false);
});
