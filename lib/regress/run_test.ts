import assert from "node:assert/strict";
import type { JsonObject } from "../formats/json/mod.ts";
import { ambiguousRunpack, type Call, memoryFiles, runpackOf } from "./_test_runs.ts";
import { initFixture } from "./init.ts";
import { type RunOptions, runRegressions } from "./run.ts";

const CALLS: Call[] = [{ tool: "search" }, { tool: "write" }];
const refused = { code: "invalid_input" };

/** A folder with fixtures of two runs, and a way to run them. */
async function stage() {
  const files = memoryFiles({
    "a.zip": await runpackOf("run_a", CALLS, { createdAt: "2026-02-01T00:00:00Z" }),
    "b.zip": await runpackOf("run_b", CALLS, { createdAt: "2026-01-01T00:00:00Z" }),
    "same.zip": await runpackOf("run_same", CALLS, { createdAt: "2026-05-05T05:05:05Z" }),
    "other.zip": await runpackOf("run_other", [...CALLS, { tool: "mail" }]),
  });
  const places = { files, home: undefined };
  await initFixture("b.zip", { name: "b" }, places);
  await initFixture("a.zip", { name: "a" }, places);
  const edit = async (name: string, changes: JsonObject) => {
    const path = `fixtures/${name}/fixture.json`;
    await files.writeAtomic(
      path,
      new TextEncoder().encode(JSON.stringify({ ...files.json(path), ...changes })),
    );
  };
  const run = (options: RunOptions = {}) => runRegressions(options, places, "1.2.3");
  return { files, run, edit };
}

Deno.test("runRegressions() passes fresh fixtures and writes the same bytes each time", async () => {
  const { files, run } = await stage();
  const report = await run();
  assert.deepEqual([report.status, report.failed, report.nextCommand, report.junit], [
    "pass",
    0,
    undefined,
    undefined,
  ]);
  assert.equal(report.result.graders.length, 8);
  const first = files.text("regress_result.json");
  assert.equal(files.json("regress_result.json").created_at, "2026-02-01T00:00:00Z");
  await run();
  assert.equal(files.text("regress_result.json"), first);
});

Deno.test("runRegressions() fails when a rerun behaves differently, and passes when it does not", async () => {
  const { run } = await stage();
  const same = await run({ candidates: ["./same.zip"] });
  assert.deepEqual([same.status, same.result.graders.length], ["pass", 10]);
  const other = await run({ candidates: ["b=other.zip"] });
  assert.equal(other.status, "fail");
  assert.deepEqual(
    other.result.graders.filter(({ status }) => status === "fail").map(({ name }) => name),
    ["b/diff", "b/trajectory"],
  );
  assert.equal(other.topFailureReason, "unexpected_diff");
  assert.equal(other.nextCommand, "gait run diff fixtures/b/runpack.zip other.zip");
});

Deno.test("runRegressions() compares with the candidate that a fixture names, or the one on the command line", async () => {
  const { files, run, edit } = await stage();
  await edit("a", { candidate_runpack: "../../other.zip" });
  const report = await run();
  assert.equal(report.failed, 2);
  assert.equal(report.nextCommand, "gait run diff fixtures/a/runpack.zip other.zip");
  assert.equal((await run({ candidates: ["a=same.zip"] })).status, "pass");
  await edit("a", { candidate_runpack: "nowhere.zip" });
  const { result } = await run();
  assert.deepEqual(result.graders[0]!.reason_codes, ["candidate_path_invalid"]);
  await files.writeAtomic("twice.zip", await ambiguousRunpack("run_a"));
  await edit("a", { candidate_runpack: "../../twice.zip" });
  assert.deepEqual((await run()).result.graders[0]!.reason_codes, ["diff_error"]);
  await assert.rejects(run({ candidates: ["./twice.zip"] }), { code: "verification_failed" });
  await edit("a", { candidate_runpack: "." });
  assert.deepEqual((await run()).result.graders[0]!.reason_codes, ["diff_error"]);
});

Deno.test("runRegressions() asks every fixture for its context when one of them does, or the caller", async () => {
  const { run, edit } = await stage();
  const enforced = await run({ contextConformance: true });
  assert.deepEqual([enforced.result.graders.length, enforced.topFailureReason], [
    10,
    "context_evidence_missing",
  ]);
  await edit("b", { allow_context_runtime_drift: true });
  const asked = await run();
  assert.deepEqual([asked.status, asked.result.graders.length], ["pass", 10]);
  await edit("b", { allow_context_runtime_drift: false, expected_context_set_digest: "ab".repeat(32) });
  const expected = await run();
  assert.deepEqual([expected.topFailureReason, expected.failed], ["context_set_digest_mismatch", 1]);
});

Deno.test("runRegressions() writes nothing when a fixture is not what config and fixture.json say", async () => {
  const wrong: JsonObject[] = [
    { name: "c" },
    { run_id: "run_other" },
    { expected_replay_exit_code: -1 },
    { expected_verdict_sequence: ["maybe"] },
  ];
  for (const changes of wrong) {
    const { files, run, edit } = await stage();
    await edit("a", changes);
    await assert.rejects(run(), refused, JSON.stringify(changes));
    assert.equal(await files.isFile("regress_result.json"), false);
  }
});

Deno.test("runRegressions() refuses a config that names another run than the fixture", async () => {
  const { files, run } = await stage();
  const config = files.text("gait.yaml");
  const write = (text: string) => files.writeAtomic("gait.yaml", new TextEncoder().encode(text));
  await write(config.replace('"run_id": "run_a"', '"run_id": "run_else"'));
  await assert.rejects(run(), refused);
  await write(config.replace('"run_id": "run_a"', '"run_id": ""'));
  assert.equal((await run()).status, "pass");
});

Deno.test("runRegressions() writes nothing when a runpack is damaged or gone, or of another run", async () => {
  const { files, run } = await stage();
  const other = await files.read("other.zip");
  const flipped = other.slice();
  flipped[other.length >> 1]! ^= 1;
  for (const content of [flipped, other, undefined]) {
    await files.remove("fixtures/b/runpack.zip");
    if (content) await files.writeAtomic("fixtures/b/runpack.zip", content);
    await assert.rejects(run(), refused);
    assert.equal(await files.isFile("regress_result.json"), false);
  }
});

Deno.test("runRegressions() writes where it is told, and nowhere else", async () => {
  const { files, run } = await stage();
  await run({ output: "r.json", junit: "new/dir/j.xml" });
  assert.ok(files.text("new/dir/j.xml").startsWith("<?xml"));
  assert.equal(files.json("r.json").status, "pass");
  const before = files.paths();
  for (
    const request of [
      { output: "../r.json" },
      { output: "no/folder/r.json" },
      { junit: "../j.xml" },
      { output: "x", junit: "./x" },
      { output: "gait.yaml" },
      { junit: "gait.yaml" },
    ]
  ) {
    await assert.rejects(run(request), refused, JSON.stringify(request));
    assert.deepEqual(files.paths(), before);
  }
});

Deno.test("runRegressions() writes the result where it usually goes, and no report unless asked for", async () => {
  const { run } = await stage();
  const report = await run();
  assert.deepEqual([report.output, report.junit], ["regress_result.json", undefined]);
});
