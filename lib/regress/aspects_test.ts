import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { parseTime } from "../formats/time.ts";
import type { Runpack } from "../runpack/read.ts";
import { type Call, packOf } from "./_test_runs.ts";
import { ASPECTS, changedAspects, readAspects } from "./aspects.ts";
import { readFixture } from "./fixture.ts";
import { gradeFixture } from "./grade.ts";

const CALLS: Call[] = [
  { id: "1", tool: "search", args: { q: 1 }, result: { hits: 1 } },
  { id: "2", tool: "kafka.send", args: { row: 1 }, open: true },
  { id: "3", tool: "write", args: { row: 1 }, status: "denied" },
];
const PLAIN = { context: false, enforceContext: false, allowRuntimeDrift: false };
const EVENT = { event: "start", ts: parseTime("2026-03-01T10:00:00Z"), ref: "1", relationship: undefined };

const recorded = (calls = CALLS) => packOf("run_a", calls);
const named = (pack: Runpack) => ({ kind: "named", path: "c.zip", pack }) as const;
const rerun = (pack: Runpack) => ({ kind: "rerun", path: "c.zip", pack }) as const;

/** Changes of a run, each in one aspect alone. */
const CHANGES: Readonly<Record<string, (pack: Runpack) => Runpack>> = {
  order: (pack) => ({ ...pack, results: pack.results.toReversed() }),
  run: (pack) => ({ ...pack, run: { ...pack.run, env: { ...pack.run.env, os: "other" } } }),
  timeline: (pack) => ({ ...pack, run: { ...pack.run, timeline: [{ ...EVENT, event: "other" }] } }),
};

Deno.test("changedAspects() names what changed, by id and by place, and nothing else", async () => {
  const pack = await recorded();
  for (const candidate of [named, rerun]) {
    assert.deepEqual(await changedAspects(pack, candidate(pack)), []);
    for (const [aspect, change] of Object.entries(CHANGES)) {
      assert.deepEqual(await changedAspects(pack, candidate(change(pack))), [aspect], aspect);
    }
    const answered = { ...pack, results: [{ ...pack.results[0]!, result_digest: "00" }, pack.results[1]!] };
    assert.deepEqual(await changedAspects(pack, candidate(answered)), ["replay"]);
  }
});

Deno.test("changedAspects() knows the calls of another recording by their place", async () => {
  const timed = (pack: Runpack, ref: string, ts: string): Runpack => ({
    ...pack,
    run: { ...pack.run, timeline: [{ ...EVENT, ref, ts: parseTime(ts) }] },
  });
  const pack = timed(await recorded(), "1", "2026-03-01T10:00:00Z");
  const calls = CALLS.map((call) => ({ ...call, id: `other_${call.id}` }));
  const again = timed(await packOf("run_b", calls), "other_1", "2026-09-09T09:09:09Z");
  assert.deepEqual(
    await changedAspects(pack, rerun(again)),
    [],
    "ids and times don't count, nor those under a stub",
  );
  assert.deepEqual(await changedAspects(pack, named(again)), ["order", "replay", "timeline"]);
  const moved = timed(await packOf("run_b", calls), "other_2", "2026-03-01T10:00:00Z");
  assert.deepEqual(await changedAspects(pack, rerun(moved)), ["timeline"]);
  const twice = { ...pack, intents: [...pack.intents, pack.intents[0]!] };
  assert.deepEqual(await changedAspects(pack, named(twice)), ["order", "replay"]);
});

Deno.test("gradeFixture() compares what a fixture or the command line asks for, and else says that nothing did", async () => {
  const pack = await recorded();
  const grade = async (change: string, also: string[], alsoCompare: readonly string[] = []) => {
    const document = { name: "f", run_id: "run_a", runpack: "runpack.zip", also_compare: also };
    const { fixture } = readFixture(utf8(JSON.stringify(document)), "fixture.json");
    const candidate = named(CHANGES[change]!(pack));
    const results = await gradeFixture({ fixture, pack, candidate }, { ...PLAIN, alsoCompare });
    const of = (name: string) => results.find((result) => result.name === `f/${name}`);
    return { diff: of("diff")!, recording: of("recording") };
  };
  const codes = { order: "record_order_changed", run: "run_record_changed", timeline: "timeline_changed" };
  for (const [aspect, code] of Object.entries(codes)) {
    const silent = await grade(aspect, []);
    assert.deepEqual([silent.recording, silent.diff.status], [undefined, "pass"]);
    assert.deepEqual(silent.diff.details?.uncompared_changes, [aspect]);
    for (
      const asked of [await grade(aspect, [` ${aspect.toUpperCase()} `]), await grade(aspect, [], [aspect])]
    ) {
      assert.deepEqual([asked.recording?.status, asked.recording?.reason_codes], ["fail", [code]]);
      assert.equal(asked.diff.details?.uncompared_changes, undefined);
    }
    const others = ASPECTS.filter((other) => other !== aspect);
    assert.deepEqual((await grade(aspect, others)).recording?.reason_codes, ["recording_match"]);
  }
});

Deno.test("readAspects() refuses what it does not know", () => {
  assert.deepEqual(readAspects(["timeline", " order ", "order", ""], "x"), ["order", "timeline"]);
  assert.throws(() => readAspects(["orders"], "x"), { code: "invalid_input" });
  const document = { name: "f", run_id: "r", runpack: "runpack.zip", also_compare: ["time"] };
  assert.throws(() => readFixture(utf8(JSON.stringify(document)), "fixture.json"), { code: "invalid_input" });
});
