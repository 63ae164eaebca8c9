import assert from "node:assert/strict";
import { decodeUtf8, utf8 } from "../../formats/bytes.ts";
import { type JsonObject, prettyJson } from "../../formats/json/mod.ts";
import { keyFromSeed, signDocument } from "../../signing/mod.ts";
import { checkRecords } from "./journal_line.ts";

const key = await keyFromSeed(new Uint8Array(32).fill(1));
const other = await keyFromSeed(new Uint8Array(32).fill(2));
const ID = "0123456789abcdef01234567";

async function trace(members: JsonObject = {}, signer = key): Promise<string> {
  const document = { schema_id: "gait.gate.trace", trace_id: ID, verdict: "allow", ...members };
  return decodeUtf8(prettyJson({ ...document, signature: { ...await signDocument(document, signer) } }));
}

const named = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([name, text]) => ({ name, content: utf8(text) }));
const check = (files: Readonly<Record<string, string>>) => checkRecords(named(files), [key.public]);

const AUDIT = JSON.stringify({ schema_id: "gait.gate.approval_audit_record", trace_id: ID });

Deno.test("checkRecords() takes a signed trace with the records of its decision, whatever their numbers", async () => {
  assert.equal(await check({ [`trace_${ID}.json`]: await trace() }), "verified");
  const numbered = { [`trace_${ID}_7.json`]: await trace(), [`approval_audit_${ID}_7.json`]: AUDIT };
  assert.equal(await check(numbered), "verified");
  for (
    const name of ["trace__20260102T030405.000000001.json", "trace_run_r-1_20260102T030405.000000001_2.json"]
  ) {
    assert.equal(await check({ [name]: await trace(), [`approval_audit_${ID}.json`]: AUDIT }), "verified");
  }
});

Deno.test("checkRecords() reports a trace that is whole but signed with an unknown key", async () => {
  assert.equal(await check({ [`trace_${ID}.json`]: await trace({}, other) }), "unknown_key");
});

const signed = await trace();
const forged: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "an edited trace": { [`trace_${ID}.json`]: signed.replace('"allow"', '"block"') },
  "an added member": { [`trace_${ID}.json`]: signed.replace('"verdict"', '"x": 1, "verdict"') },
  "an unsigned trace": {
    [`trace_${ID}.json`]: JSON.stringify({ schema_id: "gait.gate.trace", trace_id: ID, verdict: "allow" }),
  },
  "an unsigned trace that names an unknown key": {
    [`trace_${ID}.json`]: signed.replace('"allow"', '"block"').replace(key.public.id, other.public.id),
  },
  "the name of a known key over the signature of another": {
    [`trace_${ID}.json`]: (await trace({}, other)).replace(other.public.id, key.public.id),
  },
  "the file name of another trace": { "trace_ffffffffffffffffffffffff.json": signed },
  "a name that is not a record's": { [`other_${ID}.json`]: signed },
  "the time of a trace in the name of an audit": {
    [`trace_${ID}.json`]: signed,
    "trace__20260102T030405.000000001.json": AUDIT,
  },
  "no time in a name": { "trace_run_r_20260102.json": signed },
  "no trace": { [`approval_audit_${ID}.json`]: AUDIT },
  "two traces": { [`trace_${ID}.json`]: signed, [`trace_${ID}_2.json`]: signed },
  "an audit of another trace": {
    [`trace_${ID}.json`]: signed,
    [`approval_audit_${ID}.json`]: JSON.stringify({ trace_id: "ffffffffffffffffffffffff" }),
  },
  "no JSON": { [`trace_${ID}.json`]: "" },
  nothing: {},
};

for (const [what, files] of Object.entries(forged)) {
  Deno.test(`checkRecords() refuses ${what}`, () => assert.rejects(check(files), { code: "invalid_input" }));
}
