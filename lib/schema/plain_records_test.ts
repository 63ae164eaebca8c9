import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonValue } from "../formats/json/mod.ts";
import { decode } from "./fields.ts";
import { readIntent, readResult } from "./plain_records.ts";
import { intentSchema, resultSchema } from "./runpack.ts";

const outcome = (read: () => unknown) => {
  try {
    return { read: read() };
  } catch (error) {
    return { refused: (error as Error).message };
  }
};

const member = fc.oneof(
  { weight: 6, arbitrary: fc.string() },
  fc.constantFrom<JsonValue>(null, 1, {}, [], { a: 1 }, true),
);
const time = fc.constantFrom<JsonValue>(
  ...["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.500+00:00", "2026-02-30T10:00:00Z", "x", null, 3],
);
const held = fc.constantFrom<JsonValue>({}, { a: [1] }, [], null, "x");
const record = (...members: string[]) =>
  fc.record(
    {
      ...Object.fromEntries(
        ["schema_id", "schema_version", "producer_version", "run_id", "intent_id", ...members].map((
          name,
        ) => [name, member]),
      ),
      created_at: time,
      args: held,
      result: held,
      other: fc.string(),
    },
    { requiredKeys: [] },
  );

Deno.test("records read by hand are what the schema reads, and so are the refusals", () => {
  const kinds = [
    [record("tool_name", "args_digest"), readIntent, intentSchema],
    [record("status", "result_digest"), readResult, resultSchema],
  ] as const;
  for (const [values, read, schema] of kinds) {
    const all = fc.oneof(values, fc.constantFrom<JsonValue>([], null, "x", 1));
    fc.assert(
      fc.property(all, (value) => {
        assert.deepEqual(
          outcome(() => read(value as JsonValue, () => "r")),
          outcome(() => decode(schema, value as JsonValue, "r")),
        );
      }),
      { numRuns: 500 },
    );
  }
});
