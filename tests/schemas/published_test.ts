import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020.js";
import { demoRun, FIXED_SURROUNDINGS } from "../../lib/evidence/runpack/demo.ts";
import { recordRun } from "../../lib/evidence/runpack/record.ts";
import { PUBLISHED } from "../../lib/schema/published.ts";
import { renderSchema } from "../../scripts/schemas.ts";
import { onStage } from "../support/gait.ts";
import { repository, shared } from "../support/places.ts";
import { callPackSample, sayTokenSample } from "../support/sample_calls.ts";
import { testKey, unpack } from "../support/sample_run.ts";

// deno-lint-ignore no-explicit-any -- ajv is CommonJS, its types do not carry over
const validator = (schema: object) => new (Ajv2020 as any)({ strict: false, logger: false }).compile(schema);
const published = (file: string) => JSON.parse(renderSchema(PUBLISHED.find((entry) => entry.file === file)!));

for (const entry of PUBLISHED) {
  Deno.test(`schemas/v1/${entry.file} is in step with lib/schema, and a valid JSON Schema`, async () => {
    const text = await Deno.readTextFile(`${repository}schemas/v1/${entry.file}`);
    assert.equal(text, renderSchema(entry));
    validator(JSON.parse(text));
  });
}

Deno.test("the records of a runpack fit their published schemas, and lose their fit without a member", async () => {
  const { entries } = await recordRun(await demoRun("1.2.3"), FIXED_SURROUNDINGS);
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
    await gait("regress", "bootstrap", "--from", "run_demo");
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

Deno.test("what the voice boundary writes fits our schemas and those of the reference", async () => {
  const contents = await unpack(await callPackSample());
  const text = (name: string) => new TextDecoder().decode(contents.get(name));
  const lines = (name: string) => text(name).trim().split("\n").map((line) => JSON.parse(line));
  const { file } = await sayTokenSample(await testKey(1));
  const written: readonly (readonly [string, readonly Record<string, unknown>[], string?])[] = [
    ["say_token", [JSON.parse(new TextDecoder().decode(file))], "voice/say_token"],
    ["call_event", lines("call_events.jsonl"), "voice/call_event"],
    ["commitment", lines("commitments.jsonl"), "voice/commitment_intent"],
    ["gate_decision", lines("gate_decisions.jsonl")],
    ["speak_receipt", lines("speak_receipts.jsonl")],
    ["reference_digest", JSON.parse(text("reference_digests.json"))],
    ["callpack_manifest", [JSON.parse(text("callpack_manifest.json"))], "voice/callpack_manifest"],
  ];
  const reference = await shared("reference-schemas");
  for (const [name, records, theirs] of written) {
    const ours = validator(published(`voice/${name}.schema.json`));
    const other = theirs !== undefined && reference !== undefined
      ? validator(JSON.parse(await Deno.readTextFile(`${reference}/${theirs}.schema.json`)))
      : undefined;
    assert.ok(records.length > 0, name);
    for (const record of records) {
      assert.ok(ours(record), `${name}: ${JSON.stringify(ours.errors)}`);
      assert.ok(other?.(record) ?? true, `${theirs}: ${JSON.stringify(other?.errors)}`);
      for (const member of ["call_seq", "sha256", "event_count"].filter((member) => member in record)) {
        assert.ok(!ours({ ...record, [member]: -1 }), `${name} with a bad ${member}`);
      }
    }
  }
  if (reference === undefined) return;
  const payload = validator(JSON.parse(await Deno.readTextFile(`${reference}/pack/call.schema.json`)));
  assert.ok(payload(JSON.parse(text("call_payload.json"))), JSON.stringify(payload.errors));
});

Deno.test("tokens of the reference fit our schema", async () => {
  const cases = await shared("conformance/cases/voice");
  if (cases === undefined) return;
  const validate = validator(published("voice/say_token.schema.json"));
  const token = JSON.parse(await Deno.readTextFile(`${cases}/verify-interop/input/tok.json`));
  assert.ok(validate(token), JSON.stringify(validate.errors));
});
