/** Files of a session under our published schemas and under those of the reference, and the other way round. */
import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020.js";
import { recoverSession } from "../../lib/evidence/session/recover.ts";
import { sessionPaths } from "../../lib/evidence/session/paths.ts";
import { PUBLISHED } from "../../lib/schema/published/mod.ts";
import { keyFromSeed } from "../../lib/signing/mod.ts";
import { renderSchema } from "../../scripts/schemas.ts";
import { shared } from "../support/places.ts";
import { onSessionStage } from "../support/session.ts";

type Documents = Readonly<Record<"header" | "event" | "checkpoint" | "chain", readonly object[]>>;

function validator(schema: object): (value: unknown) => string | undefined {
  // deno-lint-ignore no-explicit-any -- ajv is CommonJS, its types do not carry over
  const ajv = new (Ajv2020 as any)({ strict: false, validateFormats: false, logger: false });
  const validate = ajv.compile(schema);
  return (value) => validate(value) ? undefined : ajv.errorsText(validate.errors);
}

const ours = (kind: string) =>
  validator(
    JSON.parse(
      renderSchema(PUBLISHED.find(({ file }) => file === `runpack/session_${kind}.schema.json`)!),
    ),
  );

/** Records of a journal, and its chain, by kind. */
function sorted(journal: string, chain: string): Documents {
  const records = journal.trimEnd().split("\n").map((line) => JSON.parse(line));
  const of = (kind: string) =>
    records.filter((record) => record.record_type === kind).map((record) => record[kind]);
  return {
    header: of("header"),
    event: of("event"),
    checkpoint: of("checkpoint"),
    chain: [JSON.parse(chain)],
  };
}

async function produced(
  check: (documents: Documents, others: Readonly<Record<string, object>>) => void | Promise<void>,
) {
  const key = await keyFromSeed(new Uint8Array(32).fill(3));
  await onSessionStage(async (stage) => {
    await stage.append();
    await stage.append("u");
    await stage.checkpoint("one", key);
    await stage.append();
    await stage.checkpoint("two");
    await stage.write(await stage.read() + "{torn");
    const { recovery } = await recoverSession(stage.journal, stage.world, "1.0.0");
    const state = JSON.parse(await stage.read(sessionPaths(stage.journal).state));
    assert(state.recovered, "the state waits to tell of it");
    await stage.append();
    await check(sorted(await stage.read(), await stage.read(stage.chain)), {
      chain_head: JSON.parse(await stage.read(stage.head)),
      state,
      recovery: { ...recovery },
    });
  });
}

Deno.test("what a session writes fits its published schemas, and loses its fit without a member", () =>
  produced((documents, others) => {
    const all = Object.entries({
      ...documents,
      ...Object.fromEntries(Object.entries(others).map(([k, v]) => [k, [v]])),
    });
    for (const [kind, list] of all) {
      const check = ours(kind);
      assert(list.length > 0, kind);
      for (const document of list) {
        assert.equal(check(document), undefined, kind);
        const { created_at: _, ...without } = document as { created_at: string };
        assert.notEqual(check(without), undefined, kind);
        assert.notEqual(check({ ...document, schema_version: "2.0.0" }), undefined, kind);
      }
    }
  }));

const reference = await shared("reference-schemas/runpack");
const cases = await shared("conformance/cases/sessions");

Deno.test({
  name: "what a session writes fits the schemas of the reference",
  ignore: reference === undefined,
  fn: () =>
    produced(async ({ header, event, checkpoint, chain }) => {
      const load = async (name: string) =>
        validator(JSON.parse(await Deno.readTextFile(`${reference}/${name}.schema.json`)));
      assert.equal(
        (await load("session_journal"))({ ...header[0], events: event, checkpoints: checkpoint }),
        undefined,
      );
      const ofCheckpoint = await load("session_checkpoint");
      for (const document of checkpoint) assert.equal(ofCheckpoint(document), undefined);
      assert.equal((await load("session_chain"))(chain[0]), undefined);
    }),
});

Deno.test({
  name: "what the reference writes fits our published schemas",
  ignore: cases === undefined,
  fn: async () => {
    const input = `${cases}/interop-continue/input`;
    const chain = await Deno.readTextFile(`${cases}/chain-verify-ok/input/run_chain.json`);
    const documents = sorted(await Deno.readTextFile(`${input}/run.jsonl`), chain);
    for (const [kind, list] of Object.entries(documents)) {
      for (const document of list) assert.equal(ours(kind)(document), undefined, kind);
    }
    const state = JSON.parse(await Deno.readTextFile(`${input}/run.jsonl.state.json`));
    assert.equal(ours("state")(state), undefined);
  },
});
