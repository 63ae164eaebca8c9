import assert from "node:assert/strict";
import { shared } from "../support/places.ts";
import { callPackSample, sayTokenSample } from "../support/sample_calls.ts";
import { testKey, unpack } from "../support/sample_run.ts";
import { published, validator } from "../support/schemas.ts";

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
