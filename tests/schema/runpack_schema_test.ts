/** Artifacts of ours under the schemas that the existing program publishes. */
import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020.js";
import { demoRun, FIXED_CONTEXT } from "../../lib/runpack/demo.ts";
import { readRunpack } from "../../lib/runpack/read.ts";
import { recordRun } from "../../lib/runpack/record.ts";
import { reduceRunpack } from "../../lib/runpack/reduce.ts";
import { shared } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";
import { packSample, testKey, unpack } from "../support/sample_run.ts";

const schemas = await shared("reference-schemas/runpack");
const missing = schemas === undefined && "../shared/reference-schemas is absent";

async function validator(kind: string): Promise<(value: unknown) => string | undefined> {
  const schema = JSON.parse(await Deno.readTextFile(`${schemas}/${kind}.schema.json`));
  // deno-lint-ignore no-explicit-any -- a CommonJS module whose default export TypeScript takes for a namespace
  const ajv = new (Ajv2020 as any)({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(schema);
  return (value) => validate(value) ? undefined : ajv.errorsText(validate.errors);
}

testUnless(missing, "every entry of a runpack validates against the published schemas", async () => {
  const sample = await packSample(undefined, await testKey(1));
  const packs = [
    sample,
    await packSample((run) => {
      run.run.timeline = [];
      run.refs.context_evidence_mode = "required";
      run.refs.context_set_digest = "ab".repeat(32);
      run.refs.receipts[0].immutability = "mutable";
      run.refs.receipts[0].freshness_sla_seconds = 60;
    }),
    await recordRun(await demoRun("1.0.0"), FIXED_CONTEXT, { key: await testKey(2) }),
    (await reduceRunpack(await readRunpack(sample.bytes), "missing_result")).packed,
  ];
  const kinds = ["manifest", "run", "intent", "result", "refs"] as const;
  const check = new Map(
    await Promise.all(kinds.map(async (kind) => [kind, await validator(kind)] as const)),
  );
  let seen = 0;
  for (const { bytes } of packs) {
    for (const [name, content] of await unpack(bytes)) {
      const text = new TextDecoder().decode(content);
      const kind = kinds.find((one) => name === `${one}.json` || name === `${one}s.jsonl`)!;
      for (const document of name.endsWith(".jsonl") ? text.split("\n").slice(0, -1) : [text]) {
        assert.equal(check.get(kind)!(JSON.parse(document)), undefined, `${name}: ${document}`);
        seen++;
      }
    }
  }
  assert.ok(seen > 20);
  assert.notEqual(check.get("manifest")!({}), undefined, "the schemas must be able to refuse");
});
