import assert from "node:assert/strict";
import { GaitError } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { readRequest } from "./request.ts";

const read = (value: unknown) => {
  let id: unknown;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return { call: readRequest(utf8(text), (given) => id = given), id: () => id };
};

Deno.test("readRequest() takes a bare intent, which has no id of its own", () => {
  const { call, id } = read({ tool_name: "t", id: "not an id" });
  assert.deepEqual(call, { intent: { tool_name: "t", id: "not an id" } });
  assert.equal(id(), undefined);
});

Deno.test("readRequest() takes an intent with what belongs to it", async () => {
  const { call, id } = read({
    id: "a",
    intent: { tool_name: "t" },
    context_envelope: { records: [] },
    approval_tokens: [{ token_id: "1" }],
    delegation_tokens: null,
  });
  assert.equal(id(), "a");
  const { approvals, delegations, ...others } = call;
  assert.deepEqual(others, { intent: { tool_name: "t" }, contextEnvelope: { records: [] } });
  assert.deepEqual(await Promise.all((approvals ?? []).map(({ read }) => read())), [{ token_id: "1" }]);
  assert.deepEqual(delegations, []);
});

for (
  const [what, line] of Object.entries({
    "text that is no JSON": "{",
    "a list": "[]",
    "a key that occurs twice": '{"intent":{},"intent":{}}',
    "an intent beside its members": { intent: {}, tool_name: "t" },
    "a mistyped member": { intent: {}, aproval_tokens: [] },
    "an intent that is no object": { intent: "x" },
    "an id that is no name": { id: 1.5, intent: {} },
    "an id that can't be told from its neighbour": '{"id":9007199254740993,"intent":{}}',
    "tokens that are no list": { intent: {}, approval_tokens: {} },
    "a token that is no object": { intent: {}, delegation_tokens: ["x"] },
    "an envelope that is no object": { intent: {}, context_envelope: [] },
  })
) {
  Deno.test(`readRequest() refuses ${what}`, () => {
    assert.throws(() => read(line), (error) => error instanceof GaitError && error.code === "invalid_input");
  });
}
