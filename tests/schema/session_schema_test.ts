/** Files of a session under our published schemas and under those of the existing program, and the other way round. */
import assert from "node:assert/strict";
import { recoverSession } from "../../lib/session/recover.ts";
import { sessionPaths } from "../../lib/session/paths.ts";
import { keyFromSeed } from "../../lib/signing/mod.ts";
import { recordedInputs } from "../conformance/case.ts";
import { shared } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";
import { published, validator } from "../support/schemas.ts";
import { onSessionStage } from "../support/session.ts";

type Documents = Readonly<Record<"header" | "event" | "checkpoint" | "chain", readonly object[]>>;

const ours = (kind: string) => published(`runpack/session_${kind}.schema.json`);

/** Hold a document against a schema. */
function demandFit(schema: Record<string, unknown>, document: unknown, what: string): void {
  const validate = validator(schema);
  assert(validate(document), `${what}: ${JSON.stringify(validate.errors)}`);
}

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
    const { recovery } = await recoverSession(stage.journal, stage.effects, "1.0.0");
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
      const validate = validator(ours(kind));
      assert(list.length > 0, kind);
      for (const document of list) {
        demandFit(ours(kind), document, kind);
        const { created_at: _, ...without } = document as { created_at: string };
        assert(!validate(without), kind);
        assert(!validate({ ...document, schema_version: "2.0.0" }), kind);
      }
    }
  }));

const reference = await shared("reference-schemas/runpack");

testUnless(
  reference === undefined && "../shared/reference-schemas is absent",
  "what a session writes fits the schemas of the existing program",
  () =>
    produced(async ({ header, event, checkpoint, chain }) => {
      const fit = async (document: unknown, name: string) =>
        demandFit(JSON.parse(await Deno.readTextFile(`${reference}/${name}.schema.json`)), document, name);
      await fit({ ...header[0], events: event, checkpoints: checkpoint }, "session_journal");
      for (const document of checkpoint) await fit(document, "session_checkpoint");
      await fit(chain[0], "session_chain");
    }),
);

Deno.test("what the existing program writes fits our published schemas", () => {
  const inputs = recordedInputs(/json/, ["sessions"]);
  const text = (path: string) => new TextDecoder().decode(inputs.get(`sessions/${path}`)!);
  const documents = sorted(text("interop-continue/run.jsonl"), text("chain-verify-ok/run_chain.json"));
  for (const [kind, list] of Object.entries(documents)) {
    for (const document of list) demandFit(ours(kind), document, kind);
  }
  demandFit(ours("state"), JSON.parse(text("interop-continue/run.jsonl.state.json")), "state");
});
