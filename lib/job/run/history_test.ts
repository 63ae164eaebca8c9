import assert from "node:assert/strict";
import type { JsonObject } from "../../formats/json/mod.ts";
import { JOB_SCHEMA_ID, type JobEvent } from "../../schema/job.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { runHistory } from "./history.ts";

function eventsOf(...items: (JsonObject | "resumed")[]): JobEvent[] {
  return items.map((item, i) => ({
    schema_id: JOB_SCHEMA_ID.event,
    schema_version: "1.0.0",
    created_at: timeOfMillis(i),
    job_id: "a",
    revision: i + 1,
    type: item === "resumed" ? item : "checkpoint_added",
    actor: "",
    reason_code: "",
    ...(item !== "resumed" && { payload: { checkpoint_id: `cp_${i}`, ...item } }),
  }));
}

const counts = (...items: (JsonObject | "resumed")[]) => {
  const { last, failed, lost } = runHistory(eventsOf(...items));
  return [last, failed, lost];
};

Deno.test("runHistory() counts failed and lost attempts since the last resume", () => {
  assert.deepEqual(counts(), [0, 0, 0]);
  assert.deepEqual(counts({ attempt: 1 }), [1, 0, 1]);
  assert.deepEqual(counts({ attempt: 1 }, { attempt: 2 }, { attempt: 2, outcome: "failed" }), [2, 1, 1]);
  assert.deepEqual(counts({ attempt: 1 }, { attempt: 2 }, { attempt: 2, outcome: "lost" }, "resumed"), [
    2,
    0,
    0,
  ]);
  assert.deepEqual(counts({ attempt: 1 }, { attempt: 1, outcome: "deferred" }, { attempt: 2 }), [2, 0, 1]);
  // An attempt that was suspended goes on after the resume.
  assert.deepEqual(counts({ attempt: 1 }, "resumed"), [1, 0, 1]);
  assert.deepEqual(counts({ attempt: 1 }, "resumed", { attempt: 1, exit_status: 2 }), [1, 1, 0]);
});

Deno.test("runHistory() takes a checkpoint for a note by the payload of its event alone", () => {
  const { notes } = runHistory(eventsOf(
    { attempt: 1, command_sha256: "0" },
    { attempt: 1, line_end: 7 },
    { required_action: "" },
    { attempt: 1, exit_status: 0 },
  ));
  assert.deepEqual([...notes], ["cp_0", "cp_3"]);
});
