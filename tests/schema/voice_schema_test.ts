import assert from "node:assert/strict";
import { recordedInputs } from "../conformance/case.ts";
import { shared } from "../support/places.ts";
import { callPackSample, sayTokenSample } from "../support/sample_calls.ts";
import { testKey, unpack } from "../support/sample_run.ts";
import { published, validator } from "../support/schemas.ts";
import { testUnless } from "../support/test_unless.ts";

/** What the voice boundary writes, by kind, with the name of the schema of the existing program where it has one. */
async function written() {
  const contents = await unpack(await callPackSample());
  const text = (name: string) => new TextDecoder().decode(contents.get(name));
  const lines = (name: string) => text(name).trim().split("\n").map((line) => JSON.parse(line));
  const { file } = await sayTokenSample(await testKey(1));
  const kinds: readonly (readonly [string, readonly Record<string, unknown>[], string?])[] = [
    ["say_token", [JSON.parse(new TextDecoder().decode(file))], "voice/say_token"],
    ["call_event", lines("call_events.jsonl"), "voice/call_event"],
    ["commitment", lines("commitments.jsonl"), "voice/commitment_intent"],
    ["gate_decision", lines("gate_decisions.jsonl")],
    ["speak_receipt", lines("speak_receipts.jsonl")],
    ["reference_digest", JSON.parse(text("reference_digests.json"))],
    ["callpack_manifest", [JSON.parse(text("callpack_manifest.json"))], "voice/callpack_manifest"],
  ];
  for (const [name, records] of kinds) assert.ok(records.length > 0, name);
  return { kinds, payload: JSON.parse(text("call_payload.json")) };
}

Deno.test("what the voice boundary writes fits our schemas", async () => {
  for (const [name, records] of (await written()).kinds) {
    const validate = validator(published(`voice/${name}.schema.json`));
    for (const record of records) {
      assert.ok(validate(record), `${name}: ${JSON.stringify(validate.errors)}`);
      for (const member of ["call_seq", "sha256", "event_count"].filter((member) => member in record)) {
        assert.ok(!validate({ ...record, [member]: -1 }), `${name} with a bad ${member}`);
      }
    }
  }
});

const reference = await shared("reference-schemas");

testUnless(
  reference === undefined && "../shared/reference-schemas is absent",
  "what the voice boundary writes fits the schemas of the existing program",
  async () => {
    const { kinds, payload } = await written();
    const theirs = kinds.flatMap(([, records, name]) => name ? [[name, records] as const] : []);
    for (const [name, records] of [...theirs, ["pack/call", [payload]] as const]) {
      const validate = validator(JSON.parse(await Deno.readTextFile(`${reference}/${name}.schema.json`)));
      for (const record of records) {
        assert.ok(validate(record), `${name}: ${JSON.stringify(validate.errors)}`);
      }
    }
  },
);

Deno.test("tokens of the existing program fit our schema", () => {
  const validate = validator(published("voice/say_token.schema.json"));
  const [content] = recordedInputs(/^tok\.json$/, ["voice/verify-interop"]).values();
  const token = JSON.parse(new TextDecoder().decode(content));
  assert.ok(validate(token), JSON.stringify(validate.errors));
});
