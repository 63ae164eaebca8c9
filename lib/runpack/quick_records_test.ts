import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { JsonValue } from "../formats/json/mod.ts";
import { decode } from "../schema/fields.ts";
import { intentSchema, resultSchema } from "../schema/runpack.ts";
import { QuickRecords } from "./quick_records.ts";

const odd = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("a", "b", "") },
  fc.constantFrom<JsonValue>(null, 7, true, [], {}),
);
const time = fc.constantFrom<JsonValue>(
  "2026-01-01T00:00:00Z",
  "2026-01-01T00:00:00.500000000+00:00",
  "2026-13-01T00:00:00Z",
  "",
  null,
  7,
);
const payload = fc.constantFrom<JsonValue>({}, { a: [1] }, null, [], "x", JSON.parse('{"__proto__":1}'));
const record = fc.record({
  schema_id: odd,
  schema_version: odd,
  created_at: time,
  producer_version: odd,
  run_id: odd,
  intent_id: odd,
  tool_name: odd,
  args_digest: odd,
  args: payload,
  arg_provenance: fc.constantFrom<JsonValue>(null, [], [{ arg_path: "a", source: "user" }], 7),
  status: odd,
  result_digest: odd,
  result: payload,
  other: odd,
}, { requiredKeys: [] });

Deno.test("records of the usual form are read as their schemas read them", () => {
  const quick = new QuickRecords();
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(record, fc.jsonValue()), (given) => {
      const value = given as JsonValue;
      const both = [[quick.intent(value), intentSchema], [quick.result(value), resultSchema]] as const;
      for (const [found, schema] of both) {
        if (found === undefined) continue;
        read++;
        assert.deepEqual({ ...found }, { ...decode(schema, value, "x") });
      }
    }),
    { numRuns: 5000 },
  );
  assert.ok(read > 100);
  assert.equal(new QuickRecords().intent({ created_at: "" }), undefined, "an empty time is none");
});
