import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { memoryFiles, runpackOf } from "./_test_runs.ts";
import { describeFixture, keepExpectations, readFixture } from "./fixture.ts";
import { resolveSource, type Source } from "./source.ts";

const VALID = { name: "f", run_id: "run_f", runpack: "runpack.zip" };
const read = (changes: JsonObject) =>
  readFixture(utf8(JSON.stringify({ ...VALID, ...changes })), "fixture.json");
const DIGEST = "ab".repeat(32);

async function sourceOf(refs: JsonObject = {}): Promise<Source> {
  const files = memoryFiles({
    "x.zip": await runpackOf("run_f", [{ tool: "t", status: "denied" }], { refs }),
  });
  return await resolveSource({ from: "x.zip" }, { files, home: undefined });
}

Deno.test("readFixture() trims, drops blanks, and normalises", () => {
  const { fixture } = read({
    expected_tool_sequence: [" a ", "", "b"],
    expected_verdict_sequence: [" PASS", "", "needs approval"],
    context_conformance: " Required ",
    expected_context_set_digest: DIGEST.toUpperCase(),
    diff_allow_changed_files: ["refs.json ", "", "a", "refs.json"],
    candidate_runpack: " other.zip ",
    note: "unknown members are ignored",
  });
  assert.deepEqual(fixture.expected_tool_sequence, ["a", "b"]);
  assert.deepEqual(fixture.expected_verdict_sequence, ["allow", "require_approval"]);
  assert.deepEqual(fixture.diff_allow_changed_files, ["a", "refs.json"]);
  assert.equal(fixture.context_conformance, "required");
  assert.equal(fixture.expected_context_set_digest, DIGEST);
  assert.equal(fixture.candidate_runpack, "other.zip");
  assert.deepEqual([fixture.expected_replay_exit_code, fixture.allow_context_runtime_drift], [0, false]);
});

Deno.test("readFixture() refuses what is not allowed", () => {
  const wrong: JsonObject[] = [
    { name: " " },
    { run_id: "" },
    { runpack: null },
    { name: 1 },
    { expected_replay_exit_code: -1 },
    { expected_replay_exit_code: 0.5 },
    { checkpoint_index: -1 },
    { context_conformance: "strict" },
    { expected_context_set_digest: "abc" },
    { expected_verdict_sequence: ["maybe"] },
    { expected_tool_sequence: "a" },
    { allow_context_runtime_drift: "yes" },
  ];
  for (const changes of wrong) {
    assert.throws(() => read(changes), { code: "invalid_input" }, JSON.stringify(changes));
  }
  for (const text of ["[]", "", `{"name":"f","name":"f","run_id":"r","runpack":"p"}`]) {
    assert.throws(() => readFixture(utf8(text), "fixture.json"), { code: "invalid_input" }, text);
  }
});

Deno.test("readFixture() refuses a misspelt member, whose rule would apply to nothing, and leaves notes alone", () => {
  const read = (more: object) =>
    readFixture(utf8(JSON.stringify({ name: "n", run_id: "r", runpack: "runpack.zip", ...more })), "f");
  for (
    const member of ["never_tool", "Never_Tools", "must_tool", "tolerance", "expected_tool_sequnce", "Name"]
  ) {
    assert.throws(() => read({ [member]: ["t"] }), { code: "invalid_input", message: new RegExp(member) });
  }
  read({ owner: "ops", comment: "incident 7", x_ticket: 3 });
});

Deno.test("describeFixture() expects what the run did, and reads back", async () => {
  const document = describeFixture(await sourceOf(), "f");
  assert.equal(
    JSON.stringify(document),
    JSON.stringify({
      schema_id: "gait.regress.fixture",
      schema_version: "1.0.0",
      name: "f",
      run_id: "run_f",
      runpack: "runpack.zip",
      expected_replay_exit_code: 0,
      expected_tool_sequence: ["t"],
      expected_verdict_sequence: ["block"],
    }),
  );
  readFixture(utf8(JSON.stringify(document)), "fixture.json");
});

Deno.test("describeFixture() demands the context of a run that has one, and records its source", async () => {
  const source = await sourceOf({ context_set_digest: DIGEST });
  const document = describeFixture({ ...source, checkpoint: { chain: "s/c.json", index: 2 } }, "f");
  assert.deepEqual(
    Object.entries(document).slice(-4),
    Object.entries({
      context_conformance: "required",
      expected_context_set_digest: DIGEST,
      session_chain: "s/c.json",
      checkpoint_index: 2,
    }),
  );
});

Deno.test("keepExpectations() replaces only what names the recording", async () => {
  const old = {
    ...VALID,
    run_id: "run_old",
    expected_tool_sequence: [],
    note: "mine",
    candidate_runpack: "c",
  };
  assert.deepEqual(keepExpectations(old, await sourceOf(), "f"), { ...old, run_id: "run_f" });
});
