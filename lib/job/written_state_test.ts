import assert from "node:assert/strict";
import fc from "fast-check";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { jobStage } from "../../tests/support/job.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { decodeUtf8, utf8 } from "../formats/bytes.ts";
import { readJsonObject } from "../formats/json/mod.ts";
import { parseTime } from "../formats/time.ts";
import { decode } from "../schema/fields.ts";
import { jobStateSchema } from "../schema/job.ts";
import { encodeStateFile } from "./state_cache.ts";
import { readWrittenState } from "./written_state.ts";

const strictly = (bytes: Uint8Array) =>
  decode(jobStateSchema, readJsonObject(bytes, { what: "s", numbers: "exact" }), "s");

async function sample() {
  const job = jobStage(fakeEffects({ files: memoryFiles() }));
  await job.submit({ actor: "mia" });
  await job.checkpoint("decision-needed");
  await job.approve();
  return (await job.checkpoint("plan", { summary: "<b> — 東京" })).state;
}

Deno.test("readWrittenState() reads what Gait writes as the strict reader does", async () => {
  const state = await sample();
  const times = ["2026-11-29T10:00:00Z", "2024-02-29T00:00:00.5Z", "2026-12-31T23:59:59.000000001Z"];
  fc.assert(fc.property(
    fc.array(
      fc.record({
        summary: fc.string({ unit: "binary" }),
        actor: fc.string(),
        time: fc.constantFrom(...times),
      }),
    ),
    (items) => {
      const checkpoints = items.map(({ summary, actor, time }) => ({
        ...state.checkpoints[0]!,
        summary: summary.toWellFormed(),
        actor,
        created_at: parseTime(time),
      }));
      const bytes = encodeStateFile({ ...state, checkpoints });
      assert.deepEqual(readWrittenState(bytes), strictly(bytes));
    },
  ));
});

Deno.test("readWrittenState() leaves everything else to the strict reader", async () => {
  const text = decodeUtf8(encodeStateFile(await sample()));
  assert(readWrittenState(utf8(text)) !== undefined);
  const others = [
    text + " ",
    text.slice(0, -3),
    text.replace('"revision": 4', '"revision": 4.0'),
    text.replace('"revision": 4', '"revision": "4"'),
    text.replace('"summary": "s"', '"summary": 1'),
    text.replace('"summary": "s"', '"summary": "s",\n      "extra": "x"'),
    text.replace('"summary": "s"', '"summary": null'),
    text.replace(
      /"created_at": "2026-01-02T[^"]*",\n {6}"type": "plan"/,
      '"created_at": "2026-02-30T00:00:00Z",\n      "type": "plan"',
    ),
    text.replace('"job_id"', '"job_id": "x",\n  "job_id"'),
    text.replace('"checkpoints": [', '"checkpoints": ['.replace("[", "{")),
    "[]",
    "",
  ];
  for (const other of others) assert.equal(readWrittenState(utf8(other)), undefined, other);
});
