/** What the guard writes fits our published schemas. */
import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020.js";
import { readJsonObject } from "../../lib/formats/json/mod.ts";
import { PUBLISHED } from "../../lib/schema/published/mod.ts";
import { renderSchema } from "../../scripts/schemas.ts";
import { onStage } from "../support/gait.ts";
import { aTrace, evidenceFolder, evidencePack } from "../support/sample_evidence.ts";
import { testKey, unpack } from "../support/sample_run.ts";

function problemOf(kind: string, value: unknown): string | undefined {
  // deno-lint-ignore no-explicit-any -- a CommonJS module whose default export TypeScript takes for a namespace
  const ajv = new (Ajv2020 as any)({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(
    JSON.parse(renderSchema(PUBLISHED.find(({ file }) => file === `guard/${kind}.schema.json`)!)),
  );
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

Deno.test("the manifest of an evidence pack fits its schema, signed or not", async () => {
  const files = await evidenceFolder({ "t.json": aTrace() });
  for (const key of [undefined, await testKey(1)]) {
    const { pack } = await evidencePack(files, { traces: ["t.json"] }, {
      key,
      renderPdf: true,
      attach: true,
    });
    const manifest = readJsonObject((await unpack(pack.bytes)).get("pack_manifest.json")!, { what: "m" });
    assert.equal(problemOf("pack_manifest", manifest), undefined);
  }
});

Deno.test("reports, holds and encrypted artifacts fit their schemas", () =>
  onStage(async ({ gait, gaitWith, write, read, path }) => {
    await write("art/trace_1.json", JSON.stringify(aTrace()));
    await write("art/trace_2.json", JSON.stringify(aTrace()));
    const old = new Date("2020-01-01T00:00:00Z");
    await Deno.utime(path("art/trace_1.json"), old, old);
    assert.equal((await gait`guard hold add art/trace_2.json --reason r`).code, 0);
    assert.equal((await gait`guard retain --root art --report-out r.json`).code, 0);
    assert.equal(problemOf("retention_report", JSON.parse(await read("r.json"))), undefined);
    assert.equal(problemOf("holds", JSON.parse(await read(".gait/holds.json"))), undefined);
    const env = { K: "X7Krdu2b2gNLGSxIxwaTWSUvzNoWjZJazArn0xbAtT4=" };
    assert.equal((await gaitWith({ env }, "guard", "encrypt", "art/trace_2.json", "--key-env", "K")).code, 0);
    assert.equal(
      problemOf("encrypted_artifact", JSON.parse(await read("art/trace_2.json.gaitenc"))),
      undefined,
    );
  }));
