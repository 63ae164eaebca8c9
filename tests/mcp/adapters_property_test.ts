/** Adapters read what others wrote (docs/spec/mcp.md section 3). */
import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../../lib/errors/mod.ts";
import type { JsonObject, JsonValue } from "../../lib/formats/json/mod.ts";
import { parseIntent } from "../../lib/intent/parse.ts";
import { adapterOf, ADAPTERS, readPayload } from "../../lib/mcp/adapters/table.ts";
import { intentRequest } from "../../lib/mcp/intent_request.ts";
import { checkOAuth } from "../../lib/mcp/oauth.ts";

const NAMES = [
  ..."name args script steps target targets arg_provenance server context delegation created_at".split(" "),
  ..."function arguments type input tool tool_input tool_name session_id hook_event_name".split(" "),
  ..."kind value operation annotations readOnlyHint identity workspace risk_class auth_context".split(" "),
  ..."oauth_evidence audience chain token_refs requester_identity path file_path command Name __proto__"
    .split(" "),
];
const { payload } = fc.letrec<{ value: JsonValue; payload: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(
      null,
      true,
      0,
      1.5,
      "",
      " ",
      "path",
      "{}",
      '{"a":1}',
      "2026-01-01T00:00:00Z",
      "tool.read",
    ),
    fc.string(),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("payload"),
  ),
  payload: fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 6 }),
}));
const anAdapter = fc.constantFrom(...ADAPTERS);

Deno.test("adapters answer every payload with a call or a GaitError, and so does all that is made of it", async () => {
  await fc.assert(
    fc.asyncProperty(payload, anAdapter, async (given, adapter) => {
      try {
        const call = adapterOf(adapter).read(given, "call: ");
        checkOAuth(call.context, "oss-prod");
        await parseIntent(intentRequest(call, "standard", "call: "));
      } catch (error) {
        if (!(error instanceof GaitError)) throw error;
        assert.equal(error.code, "invalid_input");
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("arguments that are decided are those that were given, in every format", async () => {
  const args = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/),
    fc.oneof(fc.stringMatching(/^[!-~]{0,10}$/), fc.integer(), fc.boolean(), fc.constant(null)),
    { maxKeys: 5, noNullPrototype: true },
  );
  await fc.assert(fc.asyncProperty(args, async (given) => {
    const payloads: [string, JsonObject][] = [
      ["mcp", { name: "t", args: given }],
      ["openai", { function: { name: "t", arguments: given } }],
      ["openai", { function: { name: "t", arguments: JSON.stringify(given) } }],
      ["anthropic", { type: "tool_use", name: "t", input: given }],
      ["langchain", { tool: "t", tool_input: given }],
      ["langchain", { tool: "t", tool_input: JSON.stringify(given) }],
      ["claude_code", { tool_name: "my.tool", tool_input: given }],
    ];
    const digests = new Set<string>();
    for (const [adapter, written] of payloads) {
      const call = adapterOf(adapter).read(readPayload(JSON.stringify(written)), "call: ");
      const intent = await parseIntent(intentRequest(call, "standard", "call: "));
      assert.deepEqual(intent.args, given);
      digests.add(intent.argsDigest);
    }
    assert.equal(digests.size, 1);
  }));
});

Deno.test("two payloads that differ by one member decide another call, or none", () => {
  const call = (text: string) => adapterOf("mcp").read(readPayload(text), "call: ");
  assert.equal(call('{"name":"a","unknown":1}').name, "a");
  for (const name of ["nAme", "NAME", "Target\u017f", "ARGS"]) {
    assert.throws(() => call(JSON.stringify({ name: "a", [name]: "b" })), GaitError, name);
  }
});
