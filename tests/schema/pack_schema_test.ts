/** Packs of ours under our published schemas, and under those that the existing program publishes. */
import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020.js";
import { diffPacks, readSide } from "../../lib/pack/diff.ts";
import { PUBLISHED } from "../../lib/schema/published/mod.ts";
import { renderSchema } from "../../scripts/schemas.ts";
import { shared } from "../support/places.ts";
import { jobPackSample, runPackSample } from "../support/sample_packs.ts";
import { testKey, unpack } from "../support/sample_run.ts";
import { testUnless } from "../support/test_unless.ts";

const theirs = await shared("reference-schemas");

/** Whose schemas, and why they are not to be had. */
const PUBLISHERS = [
  ["our published schemas", undefined],
  ["those of the existing program", theirs === undefined && "../shared/reference-schemas is absent"],
] as const;
type Publisher = typeof PUBLISHERS[number][0];

/** Checks a document against the schema of a kind and says what is wrong, `undefined` without such a schema. */
async function validator(
  publisher: Publisher,
  kind: string,
): Promise<((value: unknown) => string | undefined) | undefined> {
  // deno-lint-ignore no-explicit-any -- a CommonJS module whose default export TypeScript takes for a namespace
  const make = () => new (Ajv2020 as any)({ strict: false, validateFormats: false, allErrors: true });
  const check = (ajv: ReturnType<typeof make>, schema: unknown) => {
    const validate = ajv.compile(schema);
    return (value: unknown) => validate(value) ? undefined : ajv.errorsText(validate.errors) as string;
  };
  if (publisher === "our published schemas") {
    return check(make(), JSON.parse(renderSchema(PUBLISHED.find(({ file }) => file === kind)!)));
  }
  if (kind.startsWith("pack/proof")) return undefined;
  const ajv = make();
  const read = async (file: string) => JSON.parse(await Deno.readTextFile(`${theirs}/${file}`));
  if (kind === "context/envelope.schema.json") {
    ajv.addSchema(await read("context/reference_record.schema.json"));
  }
  return check(ajv, await read(kind));
}

const KINDS: Readonly<Record<string, string>> = {
  "pack_manifest.json": "pack/manifest.schema.json",
  "run_payload.json": "pack/run.schema.json",
  "job_payload.json": "pack/job.schema.json",
  "context_envelope.json": "context/envelope.schema.json",
  "proof_records.jsonl": "pack/proof_record.schema.json",
};

for (const [publisher, missing] of PUBLISHERS) {
  testUnless(missing, `what packs hold fits ${publisher}, and loses its fit without a member`, async () => {
    const key = await testKey(1);
    const packs = [
      await runPackSample(),
      await runPackSample(key, (run) => {
        run.refs.context_evidence_mode = "best_effort";
        run.refs.receipts[0].retrieval_params = { k: 3 };
        run.refs.receipts[0].freshness_sla_seconds = 60;
      }),
      await runPackSample(key, (run) => run.refs.receipts = []),
      await jobPackSample(key),
    ];
    const decoder = new TextDecoder();
    let seen = 0;
    for (const pack of packs) {
      for (const [name, content] of await unpack(pack)) {
        if (!Object.hasOwn(KINDS, name)) continue;
        const check = await validator(publisher, KINDS[name]!);
        if (check === undefined) continue;
        for (const text of decoder.decode(content).split("\n")) {
          const document = JSON.parse(text);
          assert.equal(check(document), undefined, `${name}: ${text}`);
          assert.notEqual(check({ ...document, created_at: 5, timestamp: 5 }), undefined, name);
          seen++;
        }
      }
    }
    assert.ok(seen > 8);
  });

  testUnless(missing, `a comparison of packs fits ${publisher}`, async () => {
    const check = await validator(publisher, "pack/diff.schema.json");
    const sides = [
      await readSide(await runPackSample()),
      await readSide(await runPackSample(undefined, (run) => run.refs.receipts.pop())),
      await readSide(await jobPackSample()),
    ];
    for (const left of sides) {
      for (const right of sides) {
        const { record } = diffPacks(left, right);
        assert.equal(check!(record), undefined);
      }
    }
  });

  testUnless(missing, `a budget report fits ${publisher}`, async () => {
    const report = {
      schema_id: "gait.context.budget_report",
      schema_version: "1.0.0",
      created_at: "2026-01-01T00:00:00Z",
      producer_version: "x",
      context_set_digest: "ab".repeat(32),
      items_considered: 3,
      items_included: 2,
      items_dropped: 1,
      drop_reasons: { too_long: 1 },
    };
    const check = await validator(publisher, "context/budget_report.schema.json");
    assert.equal(check!(report), undefined);
    assert.notEqual(check!({ ...report, items_dropped: -1 }), undefined);
  });
}
