import assert from "node:assert/strict";
import fc from "fast-check";
import { parse, parseAllDocuments } from "yaml";
import { GaitError } from "../../lib/errors/mod.ts";
import { baseline, BASELINE_NAMES } from "../../lib/policy/baseline.ts";
import { formatPolicy } from "../../lib/policy/format.ts";
import { parsePolicy } from "../../lib/policy/parse.ts";
import { recordedInputs } from "../conformance/case.ts";
import { published, validator } from "../support/schemas.ts";

const validate = validator(published("gate/policy.schema.json"));

/** What an editor sees of a policy: another reader of YAML than the gate's; `undefined` when it sees none. */
function asEditor(text: string): unknown {
  const [document] = parseAllDocuments(text, { merge: true });
  if (!document || !("errors" in document)) return {};
  return document.errors.length > 0 ? undefined : document.toJS() ?? {};
}

/** What the gate says about a policy: nothing, or the details of its errors. */
async function refusals(text: string): Promise<string[]> {
  try {
    await parsePolicy(text, "policy.yaml");
    return [];
  } catch (error) {
    assert.ok(error instanceof GaitError);
    return [error, ...error.others].map(({ detail }) => detail ?? "other");
  }
}

Deno.test("the policy schema accepts the templates, also in their normal form", async () => {
  for (const name of BASELINE_NAMES) {
    const { text } = baseline(name);
    assert.ok(validate(asEditor(text)), `${name}: ${JSON.stringify(validate.errors)}`);
    const { formatted } = await formatPolicy(text, name);
    assert.ok(validate(asEditor(formatted)), `${name}: ${JSON.stringify(validate.errors)}`);
  }
});

Deno.test("the policy schema accepts every recorded policy that the gate takes, and refuses unknown keys and words", async () => {
  let accepted = 0;
  let refused = 0;
  for (const [path, content] of recordedInputs(/\.ya?ml$/)) {
    const text = new TextDecoder().decode(content);
    const why = await refusals(text);
    const seen = asEditor(text);
    if (why.length === 0) {
      assert.ok(validate(seen), `${path}: ${JSON.stringify(validate.errors)}`);
      const { formatted } = await formatPolicy(text, path);
      assert.ok(validate(asEditor(formatted)), `normal form of ${path}: ${JSON.stringify(validate.errors)}`);
      accepted++;
    } else if (
      why.some((detail) => ["unknown_key", "policy_word", "legacy_policy", "other_artifact"].includes(detail))
    ) {
      assert.ok(!validate(seen), path);
      refused++;
    }
  }
  assert.ok(accepted > 300 && refused > 70, `${accepted} accepted, ${refused} refused`);
});

const RULE = "rules:\n  - {name: r, effect: allow";

for (
  const [what, text] of [
    ["a misspelt key", "default_verdit: allow"],
    ["a key of an older language", "version: 1"],
    ["a misspelt verdict", "default_verdict: alow"],
    ["a rule without name", "rules:\n  - {effect: allow}"],
    ["a rule without effect", "rules:\n  - {name: r}"],
    ["a misspelt key of a rule", `${RULE}, prority: 1}`],
    ["a misspelt key of match", `${RULE}, match: {tools: [a]}}`],
    ["a text for a list", `${RULE}, match: {tool_names: a}}`],
    ["an unknown endpoint class", `${RULE}, match: {endpoint_classes: [fs.raed]}}`],
    ["an unknown discovery method", `${RULE}, match: {discovery_method: [static-mcp]}}`],
    ["an egress class of no network", `${RULE}, endpoint: {egress_classes: [fs.read]}}`],
    [
      "an unknown action of an endpoint block that is on",
      `${RULE}, endpoint: {path_denylist: [/a], action: deny}}`,
    ],
    [
      "an unknown action of a dataflow block that is on",
      `${RULE}, dataflow: {enabled: true, action: allow}}`,
    ],
    ["an unknown window of a limit", `${RULE}, rate_limit: {requests: 1, window: day}}`],
    ["a negative count", `${RULE}, min_approvals: -1}`],
    ["yes for true", `${RULE}, require_broker_credential: yes}`],
    ["an unknown required field", "fail_closed: {required_fields: [target]}"],
  ] as const
) {
  Deno.test(`the policy schema and the gate refuse ${what}`, async () => {
    assert.notDeepEqual(await refusals(text), []);
    assert.ok(!validate(asEditor(text)));
  });
}

for (
  const [what, text] of [
    ["nothing but a comment", "# to be written\n"],
    [
      "other names of keys",
      "default_action: Block\nrules:\n  - {name: r, action: ALLOW, match: {tool_name: a, endpoint_class: [FS.read]}}",
    ],
    [
      "numbers for texts and texts for numbers",
      `${RULE}, priority: "5", match: {tool_names: [1, 2.5, true]}}`,
    ],
    ["notations of other readers", `${RULE}, priority: 0b11, min_approvals: 1_0}`],
    [
      "anchors and merge keys",
      `${RULE}, match: &m {tool_names: [a]}}\n  - {name: s, effect: block, match: {<<: *m, risk_classes: [low]}}`,
    ],
    ["an unknown action of a block that is off", `${RULE}, endpoint: {action: deny}}`],
    ["an unknown window of no limit", `${RULE}, rate_limit: {requests: 0, window: day}}`],
    ["null for anything", "scripts: null\nfail_closed: ~\nmcp_trust:\nrules:\n"],
  ] as const
) {
  Deno.test(`the policy schema and the gate accept ${what}`, async () => {
    assert.deepEqual(await refusals(text), []);
    assert.ok(validate(asEditor(text)), JSON.stringify(validate.errors));
  });
}

type Form = {
  properties?: Record<string, Form>;
  items?: Form;
  description?: string;
  additionalProperties?: false;
};

Deno.test("every key of the policy schema has a description for hovering, and every mapping is closed", () => {
  function look(form: Form, path: string): void {
    if (form.properties === undefined) return;
    assert.equal(form.additionalProperties, false, path);
    for (const [key, inner] of Object.entries(form.properties)) {
      assert.ok(inner.description, `${path}.${key}`);
      look(inner, `${path}.${key}`);
      if (inner.items) look(inner.items, `${path}.${key}[]`);
    }
  }
  look(published("gate/policy.schema.json") as Form, "policy");
});

Deno.test("a key renamed anywhere in a policy is refused by the schema and by the gate", async () => {
  const { formatted } = await formatPolicy(baseline("high").text, "policy.yaml");
  const lines = formatted.split("\n");
  const keys = lines.flatMap((line, number) => /^[ -]*[A-Za-z_]+:/.test(line) ? [number] : []);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...keys), async (number) => {
      const text = lines.with(number, lines[number]!.replace(/([A-Za-z_]+):/, "x_$1:")).join("\n");
      assert.ok((await refusals(text)).includes("unknown_key"));
      assert.ok(!validate(parse(text)));
    }),
    { numRuns: 60 },
  );
});
