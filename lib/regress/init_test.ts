import assert from "node:assert/strict";
import { memoryFiles, runpackOf } from "./_test_runs.ts";
import { initFixture, type InitOptions } from "./init.ts";

const pack = await runpackOf("run_a", [{ tool: "x" }, { tool: "y" }]);
const refused = { code: "invalid_input" };
const FIXTURE = { name: "f", run_id: "run_a", runpack: "runpack.zip" };

/** A folder with a run, and a way to make fixtures in it. */
function stage(more: Record<string, string | Uint8Array> = {}) {
  const files = memoryFiles({ "a.zip": pack, ...more });
  const init = ({ from = "a.zip", ...options }: InitOptions & { from?: string } = {}) =>
    initFixture(from, options, { files, home: undefined });
  return { files, init, paths: () => files.paths() };
}

Deno.test("initFixture() refuses a run that called nothing, unless it is asked for", async () => {
  const files = memoryFiles({ "x.zip": await runpackOf("run_x", []) });
  const places = { files, home: undefined };
  await assert.rejects(initFixture("x.zip", {}, places), { code: "invalid_input" });
  assert.equal(files.paths().length, 1);
  const { expectations } = await initFixture("x.zip", { allowEmpty: true }, places);
  assert.equal(expectations.expected_tool_sequence, undefined);
});

Deno.test("initFixture() says what becomes expected, and warns where that is a failure", async () => {
  const calls = [{ tool: "pay", status: "error" }, { tool: "mail" }, { tool: "mail", open: true as const }];
  const files = memoryFiles({ "x.zip": await runpackOf("run_x", calls) });
  const report = await initFixture("x.zip", {}, { files, home: undefined });
  assert.deepEqual(report.recorded, {
    tools: ["pay", "mail", "mail"],
    verdicts: { error: 1, allow: 1 },
    failed: ["pay"],
    unanswered: 1,
  });
  assert.equal(report.warnings.length, 1);
});

Deno.test("initFixture() stores the run byte for byte, its expectations, and the list of fixtures", async () => {
  const { files, init } = stage();
  const report = await init();
  assert.deepEqual([report.name, report.folder, report.warnings], ["run_a", "fixtures/run_a", []]);
  assert.deepEqual(await files.read("fixtures/run_a/runpack.zip"), pack);
  assert.deepEqual(files.json("fixtures/run_a/fixture.json").expected_tool_sequence, ["x", "y"]);
  assert.deepEqual(files.json("gait.yaml").fixtures, [
    { name: "run_a", run_id: "run_a", runpack: "fixtures/run_a/runpack.zip" },
  ]);
});

Deno.test("initFixture() again changes nothing and has nothing to warn of", async () => {
  const { files, init } = stage();
  await init();
  const before = files.text("fixtures/run_a/fixture.json") + files.text("gait.yaml");
  assert.deepEqual((await init()).warnings, []);
  assert.equal(files.text("fixtures/run_a/fixture.json") + files.text("gait.yaml"), before);
});

Deno.test("initFixture() creates nothing when source, name or another fixture is wrong", async () => {
  const wrong: [InitOptions & { from?: string }, Record<string, string | Uint8Array>][] = [
    [{ from: "nowhere.zip" }, {}],
    [{ from: "bad.zip" }, { "bad.zip": "no zip" }],
    [{ name: "Upper" }, {}],
    [{ name: "../x" }, {}],
    [{}, { "fixtures/run_a": "a file" }],
    [{}, { "fixtures/other/runpack.zip": pack }],
    [{}, { "fixtures/other/fixture.json": "{" }],
    [{}, { "fixtures/other/fixture.json": JSON.stringify(FIXTURE) }],
    [{}, { "fixtures/f/fixture.json": JSON.stringify(FIXTURE) }],
    [{}, {
      "fixtures/f/fixture.json": JSON.stringify({ ...FIXTURE, runpack: "../../a.zip" }),
      "fixtures/f/runpack.zip": pack,
    }],
    [{}, {
      "fixtures/f/fixture.json": JSON.stringify({ ...FIXTURE, runpack: "NUL.zip" }),
      "fixtures/f/NUL.zip": pack,
    }],
    [{}, {
      "fixtures/f/fixture.json": JSON.stringify({ ...FIXTURE, runpack: "C:runpack.zip" }),
      "fixtures/f/C:runpack.zip": pack,
    }],
    [{ name: "f", keep: true }, { "fixtures/f/fixture.json": "{}" }],
  ];
  for (const [request, more] of wrong) {
    const { init, paths } = stage(more);
    const before = paths();
    await assert.rejects(init(request), refused, JSON.stringify(request));
    assert.deepEqual(paths(), before);
  }
});

Deno.test("initFixture() passes over folders that are no fixtures", async () => {
  const { files, init } = stage({
    "fixtures/note.txt": "",
    "fixtures/voice/readme.txt": "",
    "fixtures/Bad Name/runpack.zip": pack,
    "fixtures/f/fixture.json": JSON.stringify(FIXTURE),
    "fixtures/f/runpack.zip": pack,
  });
  await init({ name: "e" });
  assert.deepEqual(files.json("gait.yaml").fixtures.map((f: { name: string }) => f.name), ["e", "f"]);
});

Deno.test("initFixture() leaves no half of a fixture when a write fails", async () => {
  for (const broken of ["fixtures/run_a/runpack.zip", "fixtures/run_a/fixture.json", "gait.yaml"]) {
    const { files, init, paths } = stage();
    files.breakWrites(broken);
    await assert.rejects(init(), { code: "io_failure" }, broken);
    assert.deepEqual(paths(), ["a.zip"], broken);
  }
});

Deno.test("initFixture() brings an existing fixture back when a write fails", async () => {
  const { files, init } = stage({ "b.zip": await runpackOf("run_b", [{ tool: "z" }]) });
  await init({ name: "f" });
  const before = await files.all();
  files.breakWrites("gait.yaml");
  await assert.rejects(init({ from: "b.zip", name: "f", force: true }), { code: "io_failure" });
  assert.deepEqual(await files.all(), before);
});

const HAND_MADE = {
  ...FIXTURE,
  expected_replay_exit_code: 2,
  expected_tool_sequence: ["mine"],
  candidate_runpack: "other.zip",
};
const HAND_MADE_FILES = {
  "fixtures/f/fixture.json": JSON.stringify(HAND_MADE),
  "fixtures/f/runpack.zip": "old",
  "gait.yaml": JSON.stringify({
    fixture_set: "nightly",
    fixtures: [{ name: "f", runpack: "fixtures/f/runpack.zip" }, { name: "far", runpack: "../far.zip" }],
  }),
};

Deno.test("initFixture() replaces a fixture and says what was lost", async () => {
  const { files, init } = stage(HAND_MADE_FILES);
  const before = files.text("fixtures/f/fixture.json");
  // Its recording is another run, so somebody must want that.
  await assert.rejects(init({ name: "f" }), { code: "invalid_input", detail: "output_exists" });
  assert.equal(files.text("fixtures/f/fixture.json"), before);
  const { warnings } = await init({ name: "f", force: true });
  assert.equal(warnings.length, 3);
  assert.match(warnings[0]!, /expected_replay_exit_code, expected_tool_sequence, candidate_runpack/);
  assert.match(warnings[1]!, /nightly/);
  assert.match(warnings[2]!, /far/);
  assert.deepEqual(files.json("fixtures/f/fixture.json").expected_tool_sequence, ["x", "y"]);
  assert.equal(files.json("gait.yaml").fixture_set, "default");
});

Deno.test("initFixture() keeps expectations and the set when asked", async () => {
  const { files, init } = stage(HAND_MADE_FILES);
  const { warnings } = await init({ name: "f", keep: true });
  assert.deepEqual(files.json("fixtures/f/fixture.json"), HAND_MADE);
  assert.deepEqual(await files.read("fixtures/f/runpack.zip"), pack);
  assert.equal(files.json("gait.yaml").fixture_set, "nightly");
  assert.equal(warnings.length, 2); // another recording, and a fixture that is no longer listed
});

Deno.test("initFixture() replaces by force alone what a person may have written", async () => {
  const elsewhere = `{"fixtures":[{"name":"f","run_id":"","runpack":"other/r.zip"}]}`;
  for (
    const there of [
      { "fixtures/f/fixture.json": "{" },
      { "fixtures/f/fixture.json": JSON.stringify(FIXTURE) },
      { "gait.yaml": "notes: of mine" },
      { "gait.yaml": "{" },
      { "gait.yaml": elsewhere, "other/r.zip": pack },
    ] as Record<string, string>[]
  ) {
    const { files, init } = stage(there);
    const before = await files.all();
    await assert.rejects(init({ name: "f" }), { code: "invalid_input", detail: "output_exists" });
    assert.deepEqual(await files.all(), before);
    await init({ name: "f", force: true });
    assert.equal(files.json("gait.yaml").fixtures.length, 1);
  }
});

Deno.test("initFixture() keeps fixtures that the config lists elsewhere, and replaces a config without any", async () => {
  const config = (files: ReturnType<typeof stage>["files"]) =>
    files.json("gait.yaml").fixtures.map((
      { name, runpack }: { name: string; runpack: string },
    ) => [name, runpack]);
  const kept = stage({
    "gait.yaml":
      `{"fixtures":[{"name":"o","run_id":"r","runpack":"other/r.zip"},{"name":"gone","runpack":"x"}]}`,
    "other/r.zip": pack,
  });
  await kept.init({ name: "f" });
  assert.deepEqual(config(kept.files), [["f", "fixtures/f/runpack.zip"], ["o", "other/r.zip"]]);
  const empty = stage({ "gait.yaml": `{"fixtures":[]}` });
  await empty.init({ name: "f" });
  assert.equal(config(empty.files).length, 1);
});

Deno.test("initFixture() extends a config in YAML, with its comments, and refuses one that it can't extend", async () => {
  const text = `# nightly
fixture_set: night
fixtures:
  # the first
  - name: o
    runpack: other/r.zip # kept
`;
  const { files, init } = stage({ "gait.yaml": text, "other/r.zip": pack });
  await init({ name: "f" });
  assert.equal(
    files.text("gait.yaml"),
    `${text}  - name: "f"\n    run_id: "run_a"\n    runpack: "fixtures/f/runpack.zip"\n`,
  );
  await init({ name: "f" }); // nothing to add
  assert.ok(files.text("gait.yaml").startsWith(text));
  for (const other of [`${text}note: behind\n`, "fixtures: [{name: o, runpack: other/r.zip}]\n"]) {
    const flow = stage({ "gait.yaml": other, "other/r.zip": pack });
    await assert.rejects(flow.init({ name: "f" }), { code: "invalid_input", detail: "output_exists" });
    assert.equal(flow.files.text("gait.yaml"), other);
  }
});

Deno.test("initFixture() loses no fixture when many are made at once", async () => {
  const { files, init } = stage();
  const names = Array.from({ length: 8 }, (_, i) => `f${i}`);
  await Promise.all(names.map((name) => init({ name })));
  assert.deepEqual(files.json("gait.yaml").fixtures.map(({ name }: { name: string }) => name), names);
});
