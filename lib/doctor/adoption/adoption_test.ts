import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonObject } from "../../formats/json/mod.ts";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { published, validator } from "../../../tests/support/schemas.ts";
import { median } from "./median.ts";
import { readEvents, readValidEvents } from "./read.ts";
import { adoptionReport } from "./report.ts";

const EVENT = {
  created_at: "2026-01-01T00:00:00Z",
  command: "demo",
  success: true,
  exit_code: 0,
  elapsed_ms: 10,
  environment: { os: "linux", arch: "amd64" },
};

const readLog = (...lines: (object | string)[]) => {
  const text = lines.map((line) => typeof line === "string" ? line : JSON.stringify(line)).join("\n");
  return readEvents(memoryFiles({ log: text }), "log");
};

Deno.test("readEvents() skips blank lines and refuses a log with any line that is no event", () => {
  assert.equal(readLog("", EVENT, " \t\r", { ...EVENT, elapsed_ms: -5 }).length, 2);
  for (
    const line of [
      ...["{", "[]", "null", "5", '{"command":"x"}', "\u00a0"],
      ...["created_at", "command", "environment"].map((name) => ({ ...EVENT, [name]: undefined })),
      { ...EVENT, exit_code: 256 },
      { ...EVENT, exit_code: -1 },
      JSON.stringify(EVENT).replace('"exit_code":0', '"exit_code":0.0'),
      { ...EVENT, success: "yes" },
      { ...EVENT, created_at: "0001-01-01T00:00:00Z" },
      { ...EVENT, schema_id: "other" },
      { ...EVENT, schema_version: "2" },
      { ...EVENT, environment: { os: " ", arch: "x" } },
      `{"command":"${"x".repeat(1 << 20)}"}`,
    ]
  ) {
    assert.throws(() => readLog(EVENT, line), { code: "invalid_input" }, JSON.stringify(line).slice(0, 90));
  }
});

Deno.test("readValidEvents() leaves out lines that are no events, and names them", () => {
  const text = ["{", JSON.stringify(EVENT), "", "[]", JSON.stringify(EVENT)].join("\n");
  const { events, skippedLines } = readValidEvents(memoryFiles({ log: text }), "log");
  assert.deepEqual([events.length, skippedLines], [2, [1, 4]]);
});

Deno.test("adoptionReport() tells which milestones succeeded, and which events contradict themselves", () => {
  const events = readLog(
    { ...EVENT, milestones: ["A1"] },
    { ...EVENT, milestones: ["A2"], success: false, exit_code: 2 },
    { ...EVENT, milestones: ["A3"], success: true, exit_code: 2 },
    { ...EVENT, milestones: ["A4"], success: false },
  );
  const report = adoptionReport(events, { source: "log", version: "1", skippedLines: [7] });
  const { milestones } = report as { milestones: { name: string; achieved: boolean; succeeded: boolean }[] };
  assert.deepEqual(
    milestones.slice(0, 5).map(({ achieved, succeeded }) => [achieved, succeeded]),
    [[true, true], [true, false], [true, true], [true, false], [false, false]],
  );
  assert.deepEqual(
    [
      report.activation_complete,
      report.activation_succeeded,
      report.contradictory_events,
      report.skipped_lines,
    ],
    [true, false, 2, 1],
  );
});

Deno.test("adoptionReport() counts every event once, whatever their order, and fits its schema", () => {
  const validate = validator(published("doctor/adoption_report.schema.json"));
  const event = fc.record({
    created_at: fc.integer({ min: 0, max: 1e6 }).map((s) =>
      new Date(Date.UTC(2026, 0, 1) + s * 1000).toISOString()
    ),
    command: fc.constantFrom("demo", "verify", "regress run", "policy test", "gate eval"),
    workflow_id: fc.constantFrom("", "gait-capture-runpack", "own"),
    success: fc.boolean(),
    exit_code: fc.integer({ min: 0, max: 8 }),
    elapsed_ms: fc.integer({ min: -9, max: 9999 }),
    milestones: fc.subarray(["A1", "A2", "A3", "A4", "E1"]),
    environment: fc.constant({ os: "linux", arch: "amd64" }),
  });
  fc.assert(fc.property(fc.array(event, { maxLength: 20 }), (events) => {
    const report = (of: typeof events) => adoptionReport(readLog(...of), { source: "log", version: "1" });
    const found = report(events);
    assert.ok(validate(found), JSON.stringify(validate.errors));
    assert.deepEqual(report(events.toReversed()), found);
    const sum = (found.commands as JsonObject[]).reduce((total, { total: own }) => total + Number(own), 0);
    assert.deepEqual([sum, found.total_events], [events.length, events.length]);
    assert.equal(Number(found.success_events) + Number(found.failed_events), events.length);
    assert.equal(found.activation_complete, found.blockers === undefined);
  }));
});

Deno.test("median() is the middle, or the whole part of the mean of two", () => {
  for (
    const [numbers, middle] of [[[3], 3], [[1, 4], 2], [[5, 1, 3], 3], [
      [2 ** 53 - 1, 2 ** 53 - 1],
      2 ** 53 - 1,
    ]]
  ) {
    assert.equal(median(numbers as number[]), middle);
  }
});
