import assert from "node:assert/strict";
import fc from "fast-check";
import { type EvidenceKind, journalOf, kindOf } from "./kinds.ts";
import { planRetention } from "./plan.ts";
import type { FoundFile } from "./walk.ts";

const HOUR = 3_600_000;
const NOW = 1000 * HOUR;
const NONE = () => false;

const file = (path: string, kind: EvidenceKind, hours: number): FoundFile => ({
  path,
  below: path,
  kind,
  modified: NOW - hours * HOUR,
  version: path,
});

const ttl = { trace: 3_600_000_000_000n };

Deno.test("a name tells the kind, in any letter case, and nothing else does", () => {
  const kinds: Record<string, EvidenceKind | undefined> = {
    "trace_1.json": "trace",
    "TRACE_OLD.JSON": "trace",
    "trace_.json": "trace",
    "evidence_pack_a.zip": "pack",
    "incident_pack_b.gaitenc": "pack",
    "evidence_pack_a.zip.age": "pack",
    "s.journal.jsonl": "session",
    "s.journal.jsonl.state.json": "session",
    "s_chain.json": undefined,
    "s.journal.jsonl.lock": undefined,
    "mytrace_1.json": undefined,
    "trace_1.jsonl": undefined,
    "trace_json": undefined,
    "pack_1.zip": undefined,
    "runpack_run.zip": undefined,
    "evidence_pack_.json": undefined,
  };
  for (const [name, kind] of Object.entries(kinds)) assert.equal(kindOf(name), kind, name);
  assert.equal(journalOf("a/s.journal.jsonl.state.json"), "a/s.journal.jsonl");
});

Deno.test("a file goes when it is older than its time, and not when it is just as old", () => {
  const plan = (hours: number, time: bigint | undefined) =>
    planRetention([file("t", "trace", hours)], {
      ttl: time === undefined ? {} : { trace: time },
      isHeld: NONE,
    }, NOW)[0]!.remove;
  assert.deepEqual([plan(1, ttl.trace), plan(1.001, ttl.trace), plan(-5, ttl.trace)], [false, true, false]);
  assert.deepEqual([plan(999, 0n), plan(999, -1n), plan(999, undefined)], [false, false, false]);
});

Deno.test("the newest of each kind stay, a session with all its files", () => {
  const found = [
    file("a", "trace", 3),
    file("b", "trace", 2),
    file("p", "pack", 9),
    file("s1.journal.jsonl", "session", 5),
    file("s1.journal.jsonl.state.json", "session", 5),
    file("s2.journal.jsonl", "session", 6),
    file("s2.journal.jsonl.state.json", "session", 6),
  ];
  const rules = { ttl: { trace: 1n, pack: 1n, session: 1n }, keepLast: 1, isHeld: NONE };
  const gone = planRetention(found, rules, NOW).filter(({ remove }) => remove).map(({ path }) => path);
  assert.deepEqual(gone, ["a", "s2.journal.jsonl", "s2.journal.jsonl.state.json"]);
});

const kind = fc.constantFrom<EvidenceKind>("trace", "pack");
const found = fc.uniqueArray(
  fc.record({ path: fc.string(), kind, hours: fc.integer({ min: -5, max: 50 }) }),
  {
    selector: ({ path }) => path,
  },
).map((all) => all.map(({ path, kind, hours }) => file(path, kind, hours)));

Deno.test("nothing that is held, young or among the last goes; all else that is old does", () => {
  fc.assert(fc.property(found, fc.nat(5), fc.func(fc.boolean()), (files, keepLast, held) => {
    const isHeld = ({ path }: FoundFile) => held(path);
    const planned = planRetention(files, { ttl, keepLast, isHeld }, NOW);
    assert.deepEqual(planned.map(({ path }) => path), files.map(({ path }) => path));
    for (const file of planned) {
      const old = file.kind === "trace" && NOW - file.modified > HOUR;
      // Of files that are just as old, any may be among the last.
      const asNew = files.filter((other) =>
        other.kind === file.kind && other.path !== file.path && other.modified >= file.modified
      ).length;
      if (file.remove) {
        assert.ok(old && !isHeld(file) && asNew >= keepLast);
      } else assert.ok(!old || isHeld(file) || file.reason === "among_the_last");
    }
    const last = planned.filter(({ reason }) => reason === "among_the_last");
    for (const one of ["trace", "pack"]) {
      assert.ok(last.filter((file) => file.kind === one).length <= keepLast);
    }
  }));
});
