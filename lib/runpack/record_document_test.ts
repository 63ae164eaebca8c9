import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GaitError } from "../errors/mod.ts";
import { utf8 } from "../formats/bytes.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { recordRun } from "./record.ts";
import { openRecordDocument } from "./record_document.ts";
import { payloadWarnings, readRecordDocument, withRunId } from "./record_input.ts";
import { areTexts } from "./records.ts";

const AROUND = { now: "2026-01-01T00:00:00Z" as Rfc3339, os: "linux", arch: "amd64", producer: "test" };

type Input = Parameters<typeof recordRun>[0];

async function outcomeOf(record: () => Promise<unknown>): Promise<unknown> {
  try {
    return await record();
  } catch (error) {
    if (error instanceof GaitError) return [error.code, error.message, error.hint];
    throw error;
  }
}

/** What recording a document comes to, and whether its records were texts to the last. */
async function recordBoth(text: string, runId?: string): Promise<boolean> {
  const bytes = utf8(text);
  let isText = false;
  const record = async (given: Input) => {
    const input = runId === undefined ? given : withRunId(given, runId);
    const { bytes, manifestDigest } = await recordRun(input, AROUND);
    const ids = [...input.intents, ...input.results].map((record) => [record.run_id, record.intent_id]);
    const warnings = await payloadWarnings(input);
    isText = areTexts(given.intents);
    return { bytes, manifestDigest, ids, warnings };
  };
  const values = await outcomeOf(async () => {
    const { input, unknown } = readRecordDocument(bytes);
    return { recorded: await record(input), unknown };
  });
  const texts = await outcomeOf(async () => await (await openRecordDocument(bytes, 0))(record));
  assert.deepEqual(texts, values, text);
  return isText;
}

const INTENT = { intent_id: "i1", tool_name: "fs.read", args: { path: "/a", deep: [{ b: 1, a: "x" }] } };
const RESULT = { intent_id: "i1", status: "ok", result: { rows: 3, note: "é" } };
const HEAD = {
  schema_id: "gait.runpack.own",
  schema_version: "1.0.1",
  created_at: "2026-02-03T04:05:06+01:00",
  producer_version: "p 2",
  run_id: "another",
};

const document = (intents: unknown[], results: unknown[], rest: object = {}) =>
  JSON.stringify({ run: { run_id: "r1" }, intents, results, capture_mode: "raw", ...rest });

Deno.test("records of the usual form are recorded as texts, with the same bytes as their values", async () => {
  const many = Array.from({ length: 1500 }, (_, i) => ({ ...INTENT, intent_id: `i${i}`, args: { i } }));
  const documents = [
    document([], []),
    document([INTENT], [RESULT]),
    document([{ ...INTENT, args: {} }], [{ ...RESULT, result: {} }]),
    document([{ ...HEAD, ...INTENT }, INTENT, { ...INTENT, ...HEAD }], [RESULT, { ...RESULT, ...HEAD }]),
    document([{ ...INTENT, created_at: "0001-01-01T00:00:00Z", run_id: "" }], [RESULT]),
    document([{ ...INTENT, args: { n: 1e21, é: 0.12345678, deep: { ü: [1e-7] } } }, INTENT], [RESULT]),
    document([INTENT], [RESULT]).replace(
      '"/a"',
      '-0.0, "n": 1E2, "m": "\\ud800", "\\u0061": 12345678901234567890',
    ),
    document([INTENT], [RESULT]).replace('"path":"/a"', `"path": [${"1e20,".repeat(9000)} 1]`),
    document([{ ...INTENT, tool_name: "" }], [{ ...RESULT, status: 'a "b"\n' }]),
    document(many, many.map(({ intent_id }) => ({ ...RESULT, intent_id })), { unknown: 1 }),
    JSON.stringify(JSON.parse(document([INTENT, INTENT], [RESULT])), null, 2),
  ];
  for (const text of documents) {
    assert.equal(await recordBoth(text), true, text);
    assert.equal(await recordBoth(text, "r2"), true, text);
  }
});

Deno.test("a record of an unusual form has its document read as values, to the same end", async () => {
  const documents = [
    ...[
      { args_digest: "a".repeat(64) },
      { args: undefined },
      { args: null },
      { args: [1] },
      { args: "text" },
      { args: { n: 1 }, é: 1 },
      { tool_name: undefined },
      { tool_name: 5 },
      { intent_id: undefined },
      { created_at: "yesterday" },
      { created_at: null },
      { arg_provenance: null },
      { arg_provenance: [{ arg_path: "$.a", source: "user" }] },
      { tool: "mistyped" },
    ].map((change) => document([INTENT, { ...INTENT, ...change }], [RESULT])),
    ...[{ result: undefined }, { status: null }, { result_digest: "" }, { args: {} }].map((change) =>
      document([INTENT], [RESULT, { ...RESULT, ...change }])
    ),
    document([INTENT], [RESULT]).replace('"/a"', "1e999"),
    document([INTENT], [RESULT]).replace('"/a"', "[".repeat(999) + "]".repeat(999)),
    document([INTENT, 5], [RESULT]),
    document([INTENT, {}], [RESULT]),
    document([INTENT], [[]]),
  ];
  for (const text of documents) assert.equal(await recordBoth(text), false, text);
});

Deno.test("a document is recorded, or refused, as one of values", async () => {
  const normalization = { intent_args: { i1: { other: 1 } }, result_payloads: { i1: {} } };
  const documents = [
    document([INTENT], [RESULT], { normalization }),
    document([INTENT], [RESULT], { normalization: null }),
    document([INTENT], [RESULT], { run: { run_id: "" } }),
    document([INTENT], [RESULT], { refs: { receipts: [{ ref_id: "x" }] } }),
    document([INTENT], null as unknown as unknown[]),
    document([INTENT], [RESULT]).slice(0, -1),
    document([INTENT], [RESULT]).replace("[{", "[{{"),
    document([INTENT], [RESULT]).replace('"args":', '"args":{},"args":'),
    document([INTENT], [RESULT]).replace('"results":', '"results":[],"results":'),
    document([INTENT], [RESULT]).replace('"/a"', '"\\ud800"'),
    `\ufeff${document([INTENT], [RESULT])}`,
  ];
  for (const text of documents) await recordBoth(text);
});

Deno.test("what is wrong with a record is said before what is wrong with its run", async () => {
  for (const rest of [{ run: { run_id: "" } }, { normalization: { intent_args: { i1: 5 } } }]) {
    await recordBoth(document([INTENT], [{ ...RESULT, status: 5 }], rest));
    await recordBoth(document([INTENT], [RESULT], rest).replace('"rows":3', '"rows":3,'));
  }
});

Deno.test("a digest that does not fit, and a member that is unknown, are told where records are read one by one", async () => {
  const normalization = { intent_args: {}, result_payloads: {} };
  const wrong = "a".repeat(64);
  const documents = [
    document([{ ...INTENT, args_digest: wrong }], [RESULT], { normalization }),
    document([INTENT], [{ ...RESULT, result_digest: wrong }], { normalization }),
    document([{ ...INTENT, tool: "mistyped" }], [RESULT], { normalization }),
    document([INTENT], [JSON.parse('{"intent_id":"i1","status":"ok","result":{},"__proto__":1}')], {
      normalization,
    }),
  ];
  for (const text of documents) assert.equal(await recordBoth(text), false, text);
  assert.equal(await recordBoth(document([INTENT], [RESULT], { normalization })), true);
});

Deno.test("a record may be as deep as its document allows, and no deeper", async () => {
  // Around the lists are the document, its list of records, the record and its arguments.
  for (const depth of [60, 62, 63, 994, 995, 996, 997, 998]) {
    const args = document([{ ...INTENT, args: { deep: "/a" } }], [RESULT]);
    await recordBoth(args.replace('"/a"', "[".repeat(depth) + "]".repeat(depth)));
  }
});

Deno.test("whatever is changed in a document, it is recorded as one of values", async () => {
  const text = document([{ ...HEAD, ...INTENT }, INTENT], [RESULT, { ...HEAD, ...RESULT }]);
  const noise = fc.constantFrom("", ",", '"', "}", "]", "{", "[", "0", "null", "\\", '"args":{},', " ", "é");
  await fc.assert(fc.asyncProperty(fc.nat(text.length), fc.nat(12), noise, async (at, cut, more) => {
    await recordBoth(text.slice(0, at) + more + text.slice(at + cut));
  }));
});
