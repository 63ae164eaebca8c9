/** `gait run recover` with the journal of a session of an SDK. */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const SESSION = { run: { run_id: "run_1", created_at: "2026-01-02T03:04:05Z" }, refs: { run_id: "run_1" } };
const ATTEMPTS = [
  {
    intents: [{ intent_id: "i1", tool_name: "t", args: { n: 1 } }],
    results: [{ intent_id: "i1", status: "ok", result: { rows: 1 } }],
  },
  { intents: [{ intent_id: "i2", tool_name: "t", args: { n: 2 } }] },
  {},
];
const LINES = [{ session: SESSION }, ...ATTEMPTS.map((attempt) => ({ attempt }))]
  .map((line) => `${JSON.stringify(line)}\n`);

Deno.test("run recover counts the calls and results that its runpack holds, and keeps a torn end", () =>
  onStage(async ({ gait, write, files }) => {
    await write("run.zip.journal", `${LINES.join("")}{"attempt":{"int`);
    const { code, json } = await gait`run recover run.zip --json`;
    assert.deepEqual([code, json.calls, json.results, json.run_id], [0, 2, 1, "run_1"]);
    assert.equal((await gait`verify run.zip`).code, 0);
    const inspected = await gait`run inspect --from run.zip --json`;
    assert.equal(inspected.code, 0);
    assert.deepEqual((await files()).sort(), ["run.zip", "run.zip.journal.torn"]);
  }));

Deno.test("run recover makes no runpack of a session that is torn in its first line", () =>
  onStage(async ({ gait, write, read, files }) => {
    const torn = LINES[0]!.slice(0, -9);
    await write("run.zip.journal", torn);
    const { code, json } = await gait`run recover run.zip --json`;
    assert.deepEqual([code, json.calls, json.results, json.path], [0, 0, 0, undefined]);
    assert.deepEqual(await files(), ["run.zip.journal.torn"]);
    assert.equal(await read("run.zip.journal.torn"), torn);
  }));
