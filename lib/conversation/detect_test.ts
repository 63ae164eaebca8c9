import assert from "node:assert/strict";
import type { JsonValue } from "../formats/json/mod.ts";
import { detectFormat } from "./detect.ts";

const detect = (...values: JsonValue[]) => detectFormat({ values, position: String });
const call = { role: "assistant", tool_calls: [] };
const use = { role: "assistant", content: [{ type: "tool_use" }] };

Deno.test("detectFormat() knows each format by what only it has", () => {
  assert.equal(detect({ messages: [call] }), "openai");
  assert.equal(detect([{ role: "tool", content: "" }]), "openai");
  assert.equal(detect({ type: "function_call_output", call_id: "a" }), "openai");
  assert.equal(detect({ messages: [use] }), "anthropic");
  assert.equal(detect({ role: "user", content: [{ type: "tool_result" }] }), "anthropic");
  assert.equal(detect({ resourceSpans: [] }), "otel");
});

Deno.test("detectFormat() takes messages without any call as openai, whatever is not set in them", () => {
  assert.equal(detect({ role: "assistant", content: "hi", tool_calls: null, function_call: null }), "openai");
  assert.equal(detect(7, { messages: "no list" }), "openai");
});

Deno.test("detectFormat() does not choose between marks of two formats", () => {
  assert.throws(() => detect({ messages: [call] }, { messages: [use] }), { code: "invalid_input" });
  assert.throws(() => detect(call, use), { code: "invalid_input" });
});
