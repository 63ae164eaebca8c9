import assert from "node:assert/strict";
import { parseIntent } from "../../lib/intent/parse.ts";
import { recordedInputs } from "../conformance/case.ts";
import { published, validator } from "../support/schemas.ts";

const validate = validator(published("gate/intent_request.schema.json"));
const bytes = (text: string) => new TextEncoder().encode(text);

async function isTaken(text: string): Promise<boolean> {
  return await Promise.resolve(bytes(text)).then((input) => parseIntent(input, "intent")).then(
    () => true,
    () => false,
  );
}

Deno.test("the intent schema accepts every recorded intent that the gate takes", async () => {
  let accepted = 0;
  for (const [path, content] of recordedInputs(/\.json$/)) {
    const text = new TextDecoder().decode(content);
    if (!await isTaken(text)) continue;
    assert.ok(validate(JSON.parse(text)), `${path}: ${JSON.stringify(validate.errors)}`);
    accepted++;
  }
  assert.ok(accepted > 250, `${accepted} accepted`);
});

const CONTEXT = { identity: "a", workspace: "/w", risk_class: "low" };
const withTarget = (parts: object) => ({
  tool_name: "t",
  targets: [{ kind: "path", value: "/a", ...parts }],
  context: CONTEXT,
});
const withContext = (parts: object) => ({ tool_name: "t", context: { ...CONTEXT, ...parts } });

for (
  const [what, intent] of [
    ["no tool", { context: CONTEXT }],
    ["a blank tool", { tool_name: " ", context: CONTEXT }],
    ["no context", { tool_name: "t" }],
    ["an unknown kind of target", withTarget({ kind: "file" })],
    ["a blank kind of target", withTarget({ kind: "" })],
    ["an unknown endpoint class", withTarget({ endpoint_class: "fs.erase" })],
    ["an unknown discovery method", withTarget({ discovery_method: "guess" })],
    ["a text for a flag", withTarget({ destructive: "yes" })],
    ["an unknown phase", withContext({ phase: "later" })],
    ["an unknown evidence mode", withContext({ context_evidence_mode: "best-effort" })],
    ["an unknown source", { ...withContext({}), arg_provenance: [{ arg_path: "x", source: "web" }] }],
    ["a script without steps", { script: { steps: [] }, context: CONTEXT }],
    ["a list for the context", { tool_name: "t", context: [] }],
  ] as const
) {
  Deno.test(`the intent schema and the gate refuse ${what}`, async () => {
    assert.ok(!await isTaken(JSON.stringify(intent)));
    assert.ok(!validate(intent));
  });
}

for (
  const [what, intent] of [
    ["words in any case and between blanks", withTarget({ kind: " Path ", endpoint_class: "FS.READ" })],
    ["other separators in a discovery method", withTarget({ discovery_method: "Static-MCP" })],
    ["blank words where they may be missing", withTarget({ endpoint_class: "", discovery_method: " " })],
    ["a script without a tool", { script: { steps: [{ tool_name: "t", args: {} }] }, context: CONTEXT }],
    ["unknown members", { ...withContext({ more: 1 }), x: 1 }],
  ] as const
) {
  Deno.test(`the intent schema and the gate accept ${what}`, async () => {
    assert.ok(await isTaken(JSON.stringify(intent)));
    assert.ok(validate(intent), JSON.stringify(validate.errors));
  });
}
