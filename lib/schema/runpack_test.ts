import assert from "node:assert/strict";
import { canonicalize, readJson } from "../formats/json/mod.ts";
import { contextEnvelopeSchema } from "./context.ts";
import { decode } from "./fields.ts";
import { encodeRelationship, relationshipSchema } from "./relationship.ts";
import {
  encodeIntent,
  encodeRefs,
  encodeResult,
  encodeRun,
  intentSchema,
  recordInputSchema,
  refsSchema,
  resultSchema,
  runSchema,
} from "./runpack.ts";
import { manifestSchema } from "./runpack_manifest.ts";
import { sessionChainSchema } from "./session_chain.ts";

const INVALID = { code: "invalid_input" };
const what = "test";
const HEAD =
  '"created_at":"2026-01-01T00:00:00Z","producer_version":"p","run_id":"r","schema_id":"s","schema_version":"1.0.0"';
const run = (json: string) => canonicalize(encodeRun(decode(runSchema, readJson(json, { what }), what)));
const intent = (json: string) =>
  canonicalize(encodeIntent(decode(intentSchema, readJson(json, { what }), what)));
const result = (json: string) =>
  canonicalize(encodeResult(decode(resultSchema, readJson(json, { what }), what)));
const refs = (json: string) => canonicalize(encodeRefs(decode(refsSchema, readJson(json, { what }), what)));
const relationship = (json: string) =>
  canonicalize(encodeRelationship(decode(relationshipSchema, readJson(json, { what }), what)));

Deno.test("encodeRun() writes all members that must be there, and null for no timeline", () => {
  const head =
    '"created_at":"0001-01-01T00:00:00Z","env":{"arch":"","os":"","runtime":""},"producer_version":"","run_id":"","schema_id":"","schema_version":""';
  assert.equal(run("{}"), `{${head},"timeline":null}`);
  assert.equal(run('{"timeline":[]}'), `{${head},"timeline":[]}`);
  assert.equal(
    run(
      '{"timeline":[{"event":"e"},{"event":"f","ref":"r","ts":"2026-01-01T01:00:00.50+01:00","relationship":{}}]}',
    ),
    `{${head},"timeline":[{"event":"e","ts":"0001-01-01T00:00:00Z"},{"event":"f","ref":"r","relationship":{},"ts":"2026-01-01T01:00:00.5+01:00"}]}`,
  );
});

Deno.test("encodeIntent() and encodeResult() leave an empty payload out and keep every other one", () => {
  const tail = `"args_digest":"d",${HEAD.replace('"producer', '"intent_id":"i","producer')},"tool_name":"t"`;
  const given = `"args_digest":"d","intent_id":"i","tool_name":"t",${HEAD}`;
  assert.equal(intent(`{${given}}`), `{${tail}}`);
  assert.equal(intent(`{${given},"args":{}}`), `{${tail}}`);
  assert.equal(intent(`{${given},"args":null}`), `{${tail}}`);
  assert.equal(
    intent(`{${given},"args":{"__proto__":{"b":1.0,"a":[]}}}`),
    `{"args":{"__proto__":{"a":[],"b":1}},${tail}}`,
  );
  assert.equal(JSON.parse(result('{"result":{"x":null}}')).result.x, null);
  assert.equal(Object.hasOwn(JSON.parse(result('{"result":{}}')), "result"), false);
});

Deno.test("encodeRefs() leaves out what is optional and empty, and always writes receipts and immutability", () => {
  const plain = JSON.parse(refs("{}"));
  assert.deepEqual(plain.receipts, []);
  assert.deepEqual(
    Object.keys(plain),
    ["created_at", "producer_version", "receipts", "run_id", "schema_id", "schema_version"],
  );
  const [receipt] = JSON.parse(refs('{"receipts":[{}]}')).receipts;
  assert.deepEqual(Object.keys(receipt), [
    "content_digest",
    "immutability",
    "query_digest",
    "redaction_mode",
    "ref_id",
    "retrieved_at",
    "source_locator",
    "source_type",
  ]);
  const full =
    '{"receipts":[{"freshness_sla_seconds":-5,"sensitivity_label":"l","retrieval_params":{"a":1}}],"context_ref_count":1}';
  assert.equal(JSON.parse(refs(full)).receipts[0].freshness_sla_seconds, -5);
  assert.equal(JSON.parse(refs(full)).context_ref_count, 1);
});

Deno.test("the schemas refuse integers that are not written as such", () => {
  for (const n of ["1.0", "1e0", "1.5", '"1"']) {
    assert.throws(() => refs(`{"context_ref_count":${n}}`), INVALID, n);
    assert.throws(() => refs(`{"receipts":[{"freshness_sla_seconds":${n}}]}`), INVALID, n);
    const chain = readJson(`{"checkpoints":[{"checkpoint_index":${n}}]}`, { what });
    assert.throws(() => decode(sessionChainSchema, chain, what), INVALID, n);
    const envelope = readJson(`{"records":[{"freshness_sla_seconds":${n}}]}`, { what });
    assert.throws(() => decode(contextEnvelopeSchema, envelope, what), INVALID, n);
  }
});

Deno.test("the schemas refuse a list in the place of any object", () => {
  const inputs = [
    "[]",
    '{"run":[]}',
    '{"run":{"env":[]}}',
    '{"run":{"timeline":{}}}',
    '{"run":{"timeline":[[]]}}',
    '{"run":{},"intents":[[]]}',
    '{"run":{},"intents":{}}',
    '{"run":{},"results":[[]]}',
    '{"run":{},"refs":[]}',
    '{"run":{},"refs":{"receipts":[[]]}}',
    '{"run":{},"normalization":[]}',
    '{"run":{},"normalization":{"intent_args":[]}}',
    '{"run":{},"intents":[{"args":[]}]}',
    '{"run":{"timeline":[{"relationship":[]}]}}',
    "{}",
    '{"run":null}',
  ];
  for (const json of inputs) {
    assert.throws(() => decode(recordInputSchema, readJson(json, { what }), what), INVALID, json);
  }
  for (
    const json of [
      "[]",
      '{"files":[[]]}',
      '{"files":{}}',
      '{"signatures":[[]]}',
      '{"signatures":{}}',
      '{"signatures":""}',
    ]
  ) {
    assert.throws(() => decode(manifestSchema, readJson(json, { what }), what), INVALID, json);
  }
  for (
    const json of ["[]", '{"records":[[]]}', '{"records":{}}', '{"extra":1}', '{"records":[{"extra":1}]}']
  ) {
    assert.throws(() => decode(contextEnvelopeSchema, readJson(json, { what }), what), INVALID, json);
  }
});

Deno.test("encodeRelationship() follows docs/spec/core.md 4.4", () => {
  const pairs: [string, string][] = [
    ["{}", "{}"],
    ['{"unknown":1}', "{}"],
    ['{"parent_ref":{}}', '{"parent_ref":{"id":"","kind":""}}'],
    ['{"parent_ref":null,"policy_ref":null}', "{}"],
    ['{"policy_ref":{}}', '{"policy_ref":{}}'],
    ['{"policy_ref":{"policy_id":"p","matched_rule_ids":[]}}', '{"policy_ref":{"policy_id":"p"}}'],
    ['{"entity_refs":[],"edges":[],"related_record_ids":[],"parent_record_id":""}', "{}"],
    ['{"entity_refs":[{}]}', '{"entity_refs":[{"id":"","kind":""}]}'],
    ['{"edges":[{}]}', '{"edges":[{"from":{"id":"","kind":""},"kind":"","to":{"id":"","kind":""}}]}'],
    ['{"agent_chain":[{"role":"made up"}]}', '{"agent_chain":[{"identity":"","role":"made up"}]}'],
    [
      '{"agent_lineage":[{"delegated_by":""},{"agent_id":"a","delegated_by":"b"}]}',
      '{"agent_lineage":[{"agent_id":""},{"agent_id":"a","delegated_by":"b"}]}',
    ],
  ];
  for (const [given, written] of pairs) {
    assert.equal(relationship(given), written);
    assert.equal(relationship(written), written);
  }
  for (
    const json of [
      '{"parent_ref":[]}',
      '{"edges":[{"from":[]}]}',
      '{"related_record_ids":[1]}',
      '{"policy_ref":"p"}',
      "[]",
    ]
  ) {
    assert.throws(() => relationship(json), INVALID, json);
  }
});
