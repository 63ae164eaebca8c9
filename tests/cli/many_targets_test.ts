/** What a command is given it verifies, builds or prints, all of it, or it refuses: nothing is passed over. */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";

async function withPacks({ gait, bytes, write }: Stage): Promise<void> {
  await gait("demo");
  await gait`pack build run_demo --out a.zip`;
  const damaged = await bytes("a.zip");
  damaged[300]! ^= 1;
  await write("b.zip", damaged);
}

Deno.test("verify and pack verify look at every argument, and the worst decides", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await withPacks(stage);
    const cases: [string[], number][] = [
      [["pack", "verify", "a.zip", "b.zip"], 2],
      [["pack", "verify", "b.zip", "a.zip"], 2],
      [argv`pack verify --path a.zip b.zip`, 2],
      [["pack", "verify", "a.zip", "gone.zip"], 6],
      [["pack", "verify", "a.zip", "./a.zip"], 0],
      [["verify", "run_demo", "./a.zip"], 0],
      [["verify", "run_demo", "./b.zip"], 2],
      [["verify", "./b.zip", "run_gone"], 2],
      [["verify", "run_demo", "run_gone"], 6],
    ];
    for (const [args, code] of cases) {
      const { code: actual, json } = await gait`${args} --json`;
      assert.deepEqual([actual, json.ok], [code, code === 0], args.join(" "));
    }
    const { json } = await gait`verify run_demo ./a.zip run_gone --json`;
    assert.deepEqual([json.total, json.verified, json.failed], [3, 2, 1]);
    assert.deepEqual(json.results.map(({ ok }: { ok: boolean }) => ok), [true, true, false]);
  }));

Deno.test("verify shows what came of every argument when one of them can't be read, and names that one", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await withPacks(stage);
    const { code, stdout, stderr } = await gait`verify run_demo ./a.zip run_gone`;
    assert.equal(code, 6);
    for (const target of ["runpack_run_demo.zip", "a.zip", "run_gone"]) {
      assert.ok(stdout.includes(target), target);
    }
    assert.ok(stderr.includes("run_gone"));
    const damaged = await stage.bytes("gait-out/runpack_run_demo.zip");
    damaged[300]! ^= 1;
    await stage.write("c.zip", damaged);
    for (const args of [["run_demo", "./c.zip"], ["./c.zip", "run_demo"]]) {
      const { stdout, stderr } = await gait`verify ${args}`;
      assert.deepEqual([stdout.includes("runpack_run_demo.zip"), stderr.includes("c.zip")], [true, true]);
    }
  }));

Deno.test("commands that take one target refuse a second one", () =>
  onStage(async (stage) => {
    await withPacks(stage);
    const cases = [
      ["pack", "inspect", "a.zip", "b.zip"],
      argv`pack inspect --path a.zip b.zip`,
      argv`pack export a.zip b.zip --otel-out x.jsonl`,
      argv`pack build run_demo run_other --out c.zip`,
      argv`pack build --from run_demo run_other --out c.zip`,
      ["voice", "pack", "build", "call.json", "other.json"],
      ["run", "inspect", "run_demo", "run_other"],
    ];
    const before = await stage.files();
    for (const args of cases) {
      const { code, json } = await stage.gait`${args} --json`;
      assert.deepEqual([code, json.error_code], [6, "invalid_input"], args.join(" "));
    }
    assert.deepEqual(await stage.files(), before);
  }));

Deno.test("trace verify looks at every trace", () =>
  onStage(async ({ gait, write, read }) => {
    await write("policy.yaml", "default_verdict: block\n");
    const context = { identity: "alice", workspace: "/w", risk_class: "low" };
    await write("intent.json", JSON.stringify({ tool_name: "t", args: {}, context }));
    await gait`keys init --out-dir k`;
    const flags = argv`--policy policy.yaml --intent intent.json --key-mode prod`;
    for (const name of ["a.json", "b.json"]) {
      await gait`gate eval ${flags} --private-key k/gait_private.key --trace-out ${name}`;
    }
    const key = ["--public-key", "k/gait_public.key", "--json"];
    const both = await gait`trace verify a.json b.json ${key}`;
    assert.deepEqual([both.code, both.json.verified], [0, 2]);
    await write("b.json", JSON.stringify({ ...JSON.parse(await read("b.json")), verdict: "allow" }));
    const worst = await gait`trace verify a.json b.json ${key}`;
    assert.deepEqual([worst.code, worst.json.verified, worst.json.results.length], [2, 1, 2]);
  }));

Deno.test("run inspect, diff and replay, and regress --candidate, take a pack for the run inside", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await withPacks(stage);
    const inspected = await gait`run inspect ./a.zip --json`;
    assert.deepEqual([inspected.code, inspected.json.run_id, inspected.json.intents_total], [
      0,
      "run_demo",
      3,
    ]);
    assert.equal((await gait`run diff ./a.zip run_demo`).code, 0);
    assert.equal((await gait`run replay ./a.zip`).code, 0);
    assert.equal((await gait`regress bootstrap --from ./a.zip --candidate ./a.zip`).code, 0);
  }));
