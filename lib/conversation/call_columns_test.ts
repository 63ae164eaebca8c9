import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalize, type JsonObject, type JsonValue } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { EPOCH_1980 } from "../formats/time.ts";
import { recordRun } from "../runpack/record.ts";
import { bulkHasher } from "../signing/bulk_digest.ts";
import { CallColumns } from "./call_columns.ts";
import { type CallStore, CallValues } from "./call_store.ts";
import { PayloadWriter } from "./payload_writer.ts";
import { toRun } from "./to_run.ts";

const time = fc.constantFrom<Rfc3339 | undefined>(
  undefined,
  undefined,
  "2026-01-02T03:04:05Z" as Rfc3339,
  "2026-01-02T03:04:05.5+01:00" as Rfc3339,
);
const payload = fc.oneof(
  fc.constantFrom<JsonValue | undefined>(
    "{}",
    '{"b":1,"a":"é"}',
    "no object",
    "",
    undefined,
    '{"error":"x"}',
  ),
  fc.constant(`{"a":${"[".repeat(998)}${"]".repeat(998)}}`),
  fc.json(),
  fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })) as fc.Arbitrary<JsonObject>,
);
const call = fc.record({
  id: fc.option(fc.oneof(fc.constantFrom("a", "b", 'q"\n'), fc.string()), { nil: undefined }),
  tool: fc.constantFrom("fs.read", "é", 'a "b"'),
  provenance: fc.constantFrom<JsonObject[]>([], [], [], [{ arg_path: "$.a", source: "user" }]),
  time,
  args: payload,
});
const answer = fc.record({
  call: fc.nat(),
  failed: fc.constantFrom(true, false, undefined),
  time,
  content: payload,
});
const AROUND = { now: EPOCH_1980, os: "", arch: "", producer: "p" };

Deno.test("calls that are kept in columns give the runpack that they give as values", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 30 }),
      fc.array(answer, { maxLength: 30 }),
      fc.constantFrom<"raw" | "reference">("raw", "reference"),
      async (calls, answers, captureMode) => {
        const columns = new CallColumns(new PayloadWriter(bulkHasher, captureMode === "raw"));
        const run = async (store: CallStore) => {
          for (const { args, ...known } of calls) store.addCall(known, args);
          for (const { content, ...known } of answers) {
            store.addAnswer({ ...known, call: known.call % calls.length }, content);
          }
          const transcript = store.close({ skipped: [], start: undefined, finish: undefined });
          const label = { runId: "r", format: "openai", captureMode, producerVersion: "p" } as const;
          const record = toRun(transcript, label);
          const packed = await recordRun(record, AROUND, {
            stripPayloads: captureMode === "reference" && transcript.written === undefined,
          });
          const values = await recordRun(
            { ...record, intents: [...record.intents], results: [...record.results] },
            AROUND,
            {
              stripPayloads: captureMode === "reference",
            },
          );
          const odd = transcript.calls.map(({ rawArguments }) => rawArguments);
          const statuses = transcript.answers.map(({ status }) => status);
          return { packed, values, odd, statuses, count: store.length };
        };
        const [kept, plain] = [await run(columns), await run(new CallValues())];
        assert.deepEqual(kept, plain);
        assert.deepEqual(kept.packed, kept.values);
        assert.deepEqual([...columns.rawArguments], plain.odd.flatMap((isRaw, i) => isRaw ? [i] : []));
        assert.deepEqual([...columns.errors], plain.statuses.flatMap((one, i) => one === "error" ? [i] : []));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("digests are kept for very many calls", () => {
  const columns = new CallColumns(new PayloadWriter(bulkHasher, false));
  for (let i = 0; i < 5000; i++) {
    columns.addCall({ id: `c${i}`, tool: "t", provenance: [], time: undefined }, `{"i":${i}}`);
  }
  for (const i of [0, 7, 8, 9, 4999]) {
    assert.equal(columns.call(i).digest, bulkHasher(canonicalize({ i })));
  }
});
