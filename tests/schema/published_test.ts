import assert from "node:assert/strict";
import { demoRun, FIXED_CONTEXT } from "../../lib/runpack/demo.ts";
import { recordRun } from "../../lib/runpack/record.ts";
import { PUBLISHED } from "../../lib/schema/published/mod.ts";
import { renderSchema } from "../../scripts/schemas.ts";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";
import { unpack } from "../support/sample_run.ts";
import { repository, shared } from "../support/places.ts";
import { published, validator } from "../support/schemas.ts";
import { testUnless } from "../support/test_unless.ts";

for (const entry of PUBLISHED) {
  Deno.test(`schemas/v1/${entry.file} is in step with lib/schema, and a valid JSON Schema`, async () => {
    const text = await Deno.readTextFile(`${repository}schemas/v1/${entry.file}`);
    assert.equal(text, renderSchema(entry));
    validator(JSON.parse(text));
  });
}

Deno.test("the records of a runpack fit their published schemas, and lose their fit without a member", async () => {
  const entries = await unpack((await recordRun(await demoRun("1.2.3"), FIXED_CONTEXT)).bytes);
  const decoder = new TextDecoder();
  for (
    const [name, file] of [["manifest.json", "manifest"], ["run.json", "run"], ["refs.json", "refs"]] as const
  ) {
    checkRecord(JSON.parse(decoder.decode(entries.get(name))), `runpack/${file}.schema.json`);
  }
  for (const [name, file] of [["intents.jsonl", "intent"], ["results.jsonl", "result"]] as const) {
    for (const line of decoder.decode(entries.get(name)).trim().split("\n")) {
      checkRecord(JSON.parse(line), `runpack/${file}.schema.json`);
    }
  }
});

function checkRecord(record: Record<string, unknown>, file: string): void {
  const validate = validator(published(file));
  assert.ok(validate(record), `${file}: ${JSON.stringify(validate.errors)}`);
  const { run_id: _, ...without } = record;
  assert.ok(!validate(without), file);
  assert.ok(!validate({ ...record, created_at: 5 }), file);
}

Deno.test("what regress writes fits its published schemas", () =>
  onStage(async ({ gait, read }) => {
    await gait("demo");
    await gait`regress bootstrap --from run_demo`;
    for (
      const [path, file] of [
        ["regress_result.json", "result"],
        ["gait.yaml", "config"],
        ["fixtures/run_demo/fixture.json", "fixture"],
      ] as const
    ) {
      const validate = validator(published(`regress/${file}.schema.json`));
      assert.ok(validate(JSON.parse(await read(path))), JSON.stringify(validate.errors));
    }
  }));

/** Tokens and their records, each with the name of its schema. */
async function onTokens(
  look: (artifact: Record<string, unknown>, file: string) => Promise<void>,
): Promise<void> {
  await onStage(async ({ gait, write, read }) => {
    await gait`keys init --out-dir k`;
    const sign = argv`--key-mode prod --private-key k/gait_private.key`;
    await write(
      "policy.yaml",
      "rules: [{name: r, effect: require_approval, require_broker_credential: true, broker_reference: b, " +
        "broker_scopes: [w], match: {require_delegation: true}}]",
    );
    await write(
      "intent.json",
      JSON.stringify({
        tool_name: "t",
        context: { identity: "i", workspace: "/w", risk_class: "low" },
        delegation: {
          requester_identity: "i",
          chain: [{ delegator_identity: "lead", delegate_identity: "i" }],
        },
      }),
    );
    const mint = ["--ttl", "1h", ...sign];
    await gait`delegate mint --delegator lead --delegate i --scope w --out d.json ${mint}`;
    const records = argv`--approval-audit-out aa.json --delegation-audit-out da.json`;
    const run = async (...more: string[]) =>
      (await gait`gate eval --policy policy.yaml --intent intent.json --trace-out t.json
        --credential-broker stub --credential-evidence-out ev.json --json --delegation-token d.json
        ${sign} ${records} ${more}`).json;
    await run();
    const approval = argv`--approver dana --reason-code c --single-use --yes --out a.json`;
    await gait`approve --from-trace t.json --intent intent.json ${approval} ${mint}`;
    assert.equal((await run("--approval-token", "a.json")).verdict, "allow");
    for (
      const [path, file] of [
        ["a.json", "approval_token"],
        ["d.json", "delegation_token"],
        ["aa.json", "approval_audit_record"],
        ["da.json", "delegation_audit_record"],
        ["ev.json", "broker_credential_record"],
      ] as const
    ) {
      await look(JSON.parse(await read(path)), file);
    }
  });
}

Deno.test("tokens and their records fit their published schemas", () =>
  // deno-lint-ignore require-await -- looks at once
  onTokens(async (artifact, file) => {
    const validate = validator(published(`gate/${file}.schema.json`));
    assert.ok(validate(artifact), `${file}: ${JSON.stringify(validate.errors)}`);
    const { trace_id: _, token_id: __, ...without } = artifact;
    assert.ok(!validate(without), file);
  }));

const reference = await shared("reference-schemas/gate");

testUnless(
  reference === undefined && "../shared/reference-schemas is absent",
  "tokens and their records fit the schemas of the existing program",
  () =>
    onTokens(async (artifact, file) => {
      const path = `${reference}/${file}.schema.json`;
      const theirs = referenceValidator(JSON.parse(await Deno.readTextFile(path)));
      assert.ok(theirs(artifact), `${file}: ${JSON.stringify(theirs.errors)}`);
    }),
);

/** A schema of the existing program; how relationships look is not its concern here. */
function referenceValidator(schema: { properties: Record<string, unknown> }) {
  if ("relationship" in schema.properties) schema.properties["relationship"] = { type: "object" };
  return validator(schema);
}
