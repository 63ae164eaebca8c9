import assert from "node:assert/strict";
import { demoRun, FIXED_SURROUNDINGS } from "../../lib/evidence/runpack/demo.ts";
import { recordRun } from "../../lib/evidence/runpack/record.ts";
import { PUBLISHED } from "../../lib/schema/published.ts";
import { renderSchema } from "../../scripts/schemas.ts";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { published, validator } from "../support/schemas.ts";

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
