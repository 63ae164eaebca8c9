import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";

/** Record a run of these calls. */
async function record({ gait, write }: Stage, runId: string, tools: readonly string[], value = 1) {
  const at = "2026-03-01T10:00:00Z";
  await write(
    `${runId}.json`,
    JSON.stringify({
      run: { run_id: runId, created_at: at, timeline: [] },
      intents: tools.map((tool, i) => ({ intent_id: `${runId}_${i}`, tool_name: tool, args: { value } })),
      results: tools.map((_, i) => ({ intent_id: `${runId}_${i}`, status: "ok", result: {} })),
      capture_mode: "raw",
    }),
  );
  const { code, stdout } = await gait`run record ${runId}.json --capture-mode raw --json`;
  assert.equal(code, 0, stdout);
}

Deno.test("gait regress run tells as data what drifted, with an inserted call as one row", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await record(stage, "run_a", ["look", "pay", "mail"]);
    await record(stage, "run_b", ["look", "look", "pay", "mail"]);
    await gait`regress init --from run_a --name f`;
    const { code, json } = await gait`regress run --candidate run_b --json`;
    const [drift, ...more] = json.drift;
    assert.deepEqual([code, more, drift.fixture, drift.rows.length], [5, [], "f", 4]);
    const kinds = drift.rows.map(({ kind }: { kind: string }) => kind);
    assert.equal(kinds.filter((kind: string) => kind === "inserted").length, 1);
    assert.deepEqual(
      [kinds.filter((kind: string) => kind === "same").length, kinds[drift.first_difference]],
      [3, "inserted"],
    );
    assert.equal((await gait`regress run --candidate run_a --json`).json.drift, undefined);
  }));

Deno.test("gait regress run --also-compare looks at what no other grader does, and without it a note says so", () =>
  onStage(async (stage) => {
    const { gait, read, write } = stage;
    await record(stage, "run_a", ["look", "pay"]);
    const other = JSON.parse(await read("run_a.json"));
    other.run = {
      ...other.run,
      run_id: "run_b",
      timeline: [{ event: "handed over", ts: other.run.created_at }],
    };
    await write("run_b.json", JSON.stringify(other));
    await gait`run record run_b.json --capture-mode raw`;
    await gait`regress init --from run_a --name f`;
    const silent = await gait`regress run --candidate run_b --json`;
    assert.deepEqual([silent.code, silent.json.notes?.length], [0, 1]);
    assert.match(silent.json.notes[0], /--also-compare timeline$/);
    assert.match((await gait`regress run --candidate run_b`).stdout, /note: nothing compared the timeline/);
    const asked = await gait`regress run --candidate run_b --also-compare order,timeline --json`;
    assert.deepEqual([asked.code, asked.json.top_failure_reason], [5, "timeline_changed"]);
    const same = await gait`regress run --candidate run_b --also-compare order,replay,run --json`;
    assert.deepEqual([same.code, same.json.notes?.length], [0, 1]);
    await write(
      "fixtures/f/fixture.json",
      JSON.stringify({ ...JSON.parse(await read("fixtures/f/fixture.json")), also_compare: ["timeline"] }),
    );
    assert.equal((await gait`regress run --candidate run_b`).code, 5);
    assert.equal((await gait`regress run`).code, 0);
    assert.equal((await gait`regress run --also-compare everything`).code, 6);
  }));

Deno.test("gait regress run --github and --sarif point at the fixture, and nothing breaks out of them", () =>
  onStage(async (stage) => {
    const { gait, read } = stage;
    await record(stage, "run_a", ["look"]);
    await record(stage, "run_b", ["::error::%0A\n::stop-commands::x"]);
    await gait`regress init --from run_a --name f`;
    const { code, stdout } = await gait`regress run --candidate run_b --github --sarif out/r.sarif`;
    const commands = stdout.split("\n").filter((line) => line.trim().startsWith("::"));
    assert.equal(code, 5);
    assert.deepEqual(commands, [
      "::error file=fixtures/f/fixture.json,line=1,title=regression f%3A diff::f: diff failed: unexpected_diff",
      "::error file=fixtures/f/fixture.json,line=1,title=regression f%3A trajectory::f: trajectory failed: unexpected_tool_sequence",
    ]);
    const { version, runs: [run] } = JSON.parse(await read("out/r.sarif"));
    assert.equal(version, "2.1.0");
    assert.deepEqual(run.results.map(({ ruleId }: { ruleId: string }) => ruleId), ["diff", "trajectory"]);
    for (const { ruleIndex, ruleId, locations } of run.results) {
      assert.equal(run.tool.driver.rules[ruleIndex].id, ruleId);
      assert.equal(locations[0].physicalLocation.artifactLocation.uri, "fixtures/f/fixture.json");
    }
    assert.equal((await gait`regress run --candidate run_b --sarif fixtures/f/fixture.json`).code, 6);
  }));

Deno.test("gait regress run --accept records what the candidate did, and keeps rules and settings", () =>
  onStage(async (stage) => {
    const { gait, read, write } = stage;
    await record(stage, "run_a", ["look", "pay"]);
    await record(stage, "run_b", ["look", "mail"]);
    await record(stage, "run_c", ["look", "drop"]);
    await gait`regress init --from run_a --name f --never drop`;
    const path = "fixtures/f/fixture.json";
    await write(path, JSON.stringify({ ...JSON.parse(await read(path)), owner: "team" }));
    const before = await read(path);
    for (
      const args of [
        ["--accept", "f"],
        ["--candidate", "run_c", "--accept", "f"],
        ["--candidate", "run_b", "--accept", "g"],
        ["--candidates", ".", "--accept", "f"],
      ]
    ) {
      assert.equal((await gait("regress", "run", ...args)).code, 6, args.join(" "));
      assert.equal(await read(path), before);
    }
    const { code, json } = await gait`regress run --candidate run_b --accept f --json`;
    assert.deepEqual([code, json.accepted, json.drift[0].first_difference], [0, ["f"], 1]);
    const fixture = JSON.parse(await read(path));
    assert.deepEqual(
      [fixture.run_id, fixture.owner, fixture.never_tools, fixture.expected_tool_sequence],
      ["run_b", "team", ["drop"], ["look", "mail"]],
    );
    assert.equal((await gait`regress run --candidate run_b`).code, 0);
    const again = await gait`regress run --candidate run_b --accept f --json`;
    assert.deepEqual([again.code, again.json.accepted, again.json.drift ?? []], [0, ["f"], []]);
    assert.equal((await gait`regress run --candidate run_a`).code, 5);
  }));

Deno.test("gait regress bootstrap makes no fixture when a report can't be written", () =>
  onStage(async (stage) => {
    const { gait, files } = stage;
    await record(stage, "run_a", ["look"]);
    const before = await files();
    for (const flag of ["--output", "--junit", "--sarif"]) {
      assert.equal((await gait("regress", "bootstrap", "--from", "run_a", flag, ".")).code, 6, flag);
      assert.deepEqual(await files(), before, flag);
    }
  }));

Deno.test("gait regress run --accept of several fixtures accepts all or none", () =>
  onStage(async (stage) => {
    const { gait, read, files } = stage;
    for (const [run, tools] of [["run_a", ["look"]], ["run_b", ["pay"]], ["run_c", ["drop"]]] as const) {
      await record(stage, run, tools);
    }
    await gait`regress init --from run_a --name f`;
    await gait`regress init --from run_a --name g --never drop`;
    const paths = ["gait.yaml", "fixtures/f/fixture.json", "fixtures/g/fixture.json"];
    const before = await Promise.all(paths.map(read));
    const accept = ["--accept", "f", "--accept", "g"];
    const bad = await gait("regress", "run", "--candidate", "f=run_b,g=run_c", ...accept);
    assert.equal(bad.code, 6);
    assert.deepEqual(await Promise.all(paths.map(read)), before);
    const good = await gait(
      ...["regress", "run", "--candidate", "f=run_b,g=run_b", ...accept, "--json"],
    );
    assert.deepEqual([good.code, good.json.accepted], [0, ["f", "g"]]);
    const { fixtures } = JSON.parse(await read("gait.yaml"));
    assert.deepEqual(fixtures.map(({ run_id }: { run_id: string }) => run_id), ["run_b", "run_b"]);
    assert.deepEqual((await files()).filter((path) => path.includes(".accept")), []);
  }));

Deno.test("gait regress run --candidates passes when enough runs do", () =>
  onStage(async (stage) => {
    const { gait, path, write } = stage;
    await record(stage, "run_a", ["look"]);
    await record(stage, "run_b", ["pay"]);
    await gait`regress init --from run_a --name f`;
    await Deno.mkdir(path("runs"));
    for (const [name, run] of [["1", "run_a"], ["2", "run_a"], ["3", "run_b"]] as const) {
      await Deno.copyFile(path(`gait-out/runpack_${run}.zip`), path(`runs/${name}.zip`));
    }
    const run = async (...args: string[]) =>
      (await gait("regress", "run", "--candidates", "runs", ...args)).code;
    assert.deepEqual([await run(), await run("--at-least", "2/3"), await run("--at-least", "3/3")], [
      5,
      0,
      5,
    ]);
    assert.deepEqual([await run("--at-least", "1/2"), await run("--at-least", "2/2")], [0, 5]);
    for (const bad of ["3/4", "0/3", "4/3", "2", "x"]) assert.equal(await run("--at-least", bad), 6, bad);
    assert.match((await gait`regress run --candidates runs`).stdout, /runs\/3\.zip: .*unexpected_diff/);
    const { json } = await gait`regress run --candidates runs --json`;
    assert.equal(json.next_command, "gait run diff fixtures/f/runpack.zip runs/3.zip");
    await write("runs/4.zip", "no zip");
    assert.deepEqual([await run("--at-least", "2/4"), await run("--at-least", "3/4")], [0, 5]);
    assert.equal((await gait`regress run --at-least 1/1`).code, 6);
    // With several fixtures the runs of each stand in a folder of its name.
    await gait`regress init --from run_b --name g`;
    assert.equal(await run(), 6);
    for (const [name, run] of [["f", "run_a"], ["g", "run_b"]] as const) {
      await Deno.mkdir(path(`runs/${name}`));
      await Deno.copyFile(path(`gait-out/runpack_${run}.zip`), path(`runs/${name}/1.zip`));
    }
    assert.equal(await run(), 0);
  }));

Deno.test("gait regress run reads a config in YAML", () =>
  onStage(async (stage) => {
    const { gait, write } = stage;
    await record(stage, "run_a", ["look"]);
    await gait`regress init --from run_a --name f`;
    await write(
      "nightly.yaml",
      "# nightly\nfixture_set: night\nfixtures:\n  - name: f\n    runpack: fixtures/f/runpack.zip\n",
    );
    const { code, json } = await gait`regress run --config nightly.yaml --json`;
    assert.deepEqual([code, json.fixture_set], [0, "night"]);
  }));

Deno.test("gait regress run in a folder of the project names the folder that has the regressions", () =>
  onStage(async (stage) => {
    await record(stage, "run_a", ["look"]);
    await stage.gait`regress init --from run_a --name f`;
    const cwd = stage.path("deep/down");
    await Deno.mkdir(cwd, { recursive: true });
    const { code, json } = await stage.gaitWith({ cwd }, "regress", "run", "--json");
    assert.equal(code, 6);
    assert.match(json.hint, /^There is one in \.\.\/\.\.: run it from there/);
  }));

Deno.test("gait regress run in a folder without regressions says how to make the first one", () =>
  onStage(async ({ gait, files }) => {
    const { code, json } = await gait`regress run --json`;
    assert.deepEqual([code, json.error], [6, 'Cannot read "gait.yaml": no such file']);
    assert.match(json.hint, /gait regress init --from <run_id\|path>$/);
    const other = await gait`regress run --config other.yaml --json`;
    assert.match(other.json.hint, /^Check the path/);
    assert.deepEqual(await files(), []);
  }));
