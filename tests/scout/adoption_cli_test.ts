import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const EVENT = {
  created_at: "2026-01-01T00:00:00Z",
  command: "demo",
  success: true,
  exit_code: 0,
  environment: { os: "linux", arch: "amd64" },
};
const lines = (...events: object[]) =>
  events.map((event) => JSON.stringify({ ...EVENT, ...event })).join("\n");

Deno.test("doctor adoption reads the log that Gait writes, in its order", () =>
  onStage(async ({ gait, gaitWith, read }) => {
    const env = { GAIT_ADOPTION_LOG: "log.jsonl", GAIT_OPERATIONAL_LOG: "log2.jsonl" };
    await gaitWith({ env }, "demo");
    await gaitWith({ env }, "verify", "run_demo");
    const { code, json } = await gait`doctor adoption --from log.jsonl --json`;
    assert.deepEqual([code, json.report.total_events, json.report.success_events], [0, 2, 2]);
    assert.deepEqual(json.report.milestones.slice(0, 3).map((row: { achieved: boolean }) => row.achieved), [
      true,
      true,
      false,
    ]);
    assert.equal((await read("log2.jsonl")).trimEnd().split("\n").length, 4);
    // The adoption event comes before the end of the operation.
    const one = { GAIT_ADOPTION_LOG: "both.jsonl", GAIT_OPERATIONAL_LOG: "both.jsonl" };
    await gaitWith({ env: one }, "version");
    const kinds = (await read("both.jsonl")).trimEnd().split("\n").map((line) =>
      JSON.parse(line).phase ?? "adoption"
    );
    assert.deepEqual(kinds, ["start", "adoption", "end"]);
  }));

Deno.test("doctor adoption refuses a log with a line that is no event", () =>
  onStage(async ({ gait, write }) => {
    const bad = [
      "x",
      "[]",
      lines({ created_at: "yesterday" }),
      lines({ created_at: null }),
      lines({ command: " " }),
      lines({ exit_code: 256 }),
      lines({ exit_code: 1.5 }),
      lines({ environment: { os: "linux" } }),
      lines({ environment: null }),
      lines({ schema_id: "gait.other" }),
      lines({ schema_version: "2.0.0" }),
      lines({ more: "x".repeat(1 << 20) }),
    ];
    for (const line of bad) {
      await write("log.jsonl", `${lines({})}\n${line}\n`);
      assert.equal((await gait`doctor adoption --from log.jsonl --json`).code, 6, line.slice(0, 60));
    }
    for (const from of ["gone", "/dev/zero", " "]) {
      assert.equal((await gait`doctor adoption --from ${from}`).code, 6, from);
    }
  }));

Deno.test("doctor adoption counts from the earliest event and the first success, whatever their order", () =>
  onStage(async ({ gait, write }) => {
    const demo = { milestones: [" A1", "A1", ""], elapsed_ms: -5 };
    await write(
      "log.jsonl",
      lines(
        { ...demo, created_at: "2026-01-01T00:00:02Z" },
        { ...demo, created_at: "2026-01-01T00:00:01.5Z", success: false, exit_code: 1 },
        { created_at: "2026-01-01T01:00:00+01:00", command: "verify" },
      ),
    );
    const { json } = await gait`doctor adoption --from log.jsonl --json`;
    assert.deepEqual(json.report.activation_timing_ms, { A1: 2000 });
    // A negative time counts as 0.
    assert.deepEqual(json.report.activation_medians_ms, { m1_demo_elapsed_ms: 0 });
    assert.deepEqual(json.report.skill_workflows.map((row: { total: number }) => row.total), [1]);
    assert.equal(json.report.blockers.length, 3);
  }));
