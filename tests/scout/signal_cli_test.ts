import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";

/** Record the run of `gait demo`. */
async function demo({ gait }: Stage): Promise<string> {
  assert.equal((await gait("demo")).code, 0);
  return "gait-out/runpack_run_demo.zip";
}

Deno.test("signal counts a runpack once, however its path is spelt", () =>
  onStage(async (stage) => {
    const { gait, path } = stage;
    const pack = await demo(stage);
    await Deno.symlink(pack, path("link.zip"));
    const { code, json } =
      await gait`scout signal run_demo ./${pack} gait-out/../${pack} link.zip --out r.json --json`;
    assert.deepEqual([code, json.run_count], [0, 1]);
  }));

Deno.test("signal assigns a trace to the run that it is told of, or that is its parent", () =>
  onStage(async (stage) => {
    const { gait, write } = stage;
    await demo(stage);
    const trace = (more: object) =>
      JSON.stringify({ trace_id: "0123", verdict: "block", correlation_id: "abcd", ...more });
    await write("t.json", trace({}));
    await write("p.json", trace({ relationship: { parent_ref: { kind: "run", id: "run_demo" } } }));
    const reasons = async (...more: string[]) => {
      const { code, json } = await gait`scout signal run_demo ${more} --out r.json --json`;
      assert.equal(code, 0);
      return json.report.fingerprints[0].reason_code_vector;
    };
    assert.deepEqual(await reasons("--traces", "t.json"), []);
    assert.deepEqual(await reasons("--traces", "t.json", "--trace-run", "t.json=run_demo"), [
      "trace_verdict_block",
    ]);
    assert.deepEqual(await reasons("--traces", "t.json", "--trace-run", "0123=run_demo"), [
      "trace_verdict_block",
    ]);
    assert.deepEqual(await reasons("--traces", "p.json"), ["trace_verdict_block"]);
    for (const bad of ["t.json", "=run_demo", "t.json=", "t.json=a,t.json=b"]) {
      const { code } = await gait`scout signal run_demo --traces t.json --trace-run ${bad} --out r.json`;
      assert.equal(code, 6, bad);
    }
  }));

Deno.test("signal says of runs without a failure that they are healthy, and of no others", () =>
  onStage(async (stage) => {
    const { gait, write } = stage;
    await demo(stage);
    const healthy = await gait`scout signal run_demo --out r.json --json`;
    assert.equal(healthy.json.report.families[0].healthy, true);
    await write("g.json", '{"graders":[{"name":"run_demo/x","status":"fail"}]}');
    const failing = await gait`scout signal run_demo --regress g.json --out r.json --json`;
    assert.deepEqual(
      [failing.json.report.families[0].healthy, failing.json.report.top_issues[0].top_failure_reason],
      [undefined, "regress_failure"],
    );
  }));

Deno.test("signal gives the same bytes again, and replaces neither an input nor anything foreign", () =>
  onStage(async (stage) => {
    const { gait, bytes, write, read } = stage;
    const pack = await demo(stage);
    await write("mine.txt", "mine");
    for (const out of ["a.json", "b.json"]) {
      assert.equal((await gait`scout signal run_demo --out ${out}`).code, 0);
    }
    assert.deepEqual(await bytes("a.json"), await bytes("b.json"));
    const before = await bytes(pack);
    for (const out of [pack, "mine.txt", "gait-out"]) {
      assert.equal((await gait`scout signal run_demo --out ${out}`).code, 6, out);
    }
    assert.deepEqual([await bytes(pack), await read("mine.txt")], [before, "mine"]);
  }));
