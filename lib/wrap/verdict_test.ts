import assert from "node:assert/strict";
import fc from "fast-check";
import { type WrapContext, wrapVerdict } from "./verdict.ts";

const NONE = { allow: 0, block: 0, dry_run: 0, require_approval: 0 };

function facts(parts: Partial<WrapContext> = {}, counts: Partial<typeof NONE> = { allow: 1 }): WrapContext {
  const traces = { counts: { ...NONE, ...counts }, invalid: [], stale: [], verified: 0 };
  return { mode: "enforce", timedOut: false, code: 0, named: 1, traces, ...parts };
}

Deno.test("wrapVerdict() lets the first rule decide", () => {
  const bad = { counts: NONE, invalid: ["x"], stale: [], verified: 0 };
  const old = { counts: NONE, invalid: [], stale: ["x"], verified: 1 };
  const cases = [
    [facts({ timedOut: true, named: 0, code: 9 }), "failed child_timed_out"],
    [facts({ named: 0, code: 9 }), "failed missing_trace_reference"],
    [facts({ traces: bad, code: 9 }), "failed invalid_trace_artifact"],
    [facts({ traces: old, code: 9 }), "failed stale_trace_artifact"],
    [facts({ mode: "test", traces: old }), "ok"],
    [facts({ named: 2, traces: { ...old, counts: { ...NONE, allow: 1 } } }), "ok"],
    [facts({ named: 2, traces: { ...old, counts: { ...NONE, block: 1 } } }), "blocked"],
    [facts({ mode: "test", traces: bad, code: 9 }), "child_failed 9"],
    [facts({ code: -1 }), "child_failed 255"],
    [facts({ code: 9 }, { block: 1 }), "child_failed 9"],
    [facts({}, { block: 1, require_approval: 1 }), "blocked"],
    [facts({}, { dry_run: 1, allow: 3 }), "blocked"],
    [facts({}, { require_approval: 1, allow: 1 }), "approval_required"],
    [facts({}, {}), "blocked"],
    [facts(), "ok"],
    [facts({ mode: "test" }, { block: 1 }), "ok"],
    [facts({ mode: "trace", traces: bad }), "ok"],
  ] as const;
  for (const [given, expected] of cases) {
    const { kind, ...more } = wrapVerdict(given);
    assert.equal([kind, ...Object.values(more)].join(" "), expected);
  }
});

Deno.test("wrapVerdict() of enforce is ok only when every named trace is valid and allows", () => {
  const count = fc.nat({ max: 2 });
  const given = fc.record({
    timedOut: fc.boolean(),
    code: fc.constantFrom(-1, 0, 1, 255),
    named: count,
    invalid: fc.array(fc.constant("x"), { maxLength: 2 }),
    stale: fc.array(fc.constant("x"), { maxLength: 2 }),
    counts: fc.record({ allow: count, block: count, dry_run: count, require_approval: count }),
  });
  fc.assert(fc.property(given, ({ timedOut, code, named, invalid, stale, counts }) => {
    const { kind } = wrapVerdict({
      mode: "enforce",
      timedOut,
      code,
      named,
      traces: { counts, invalid, stale, verified: 0 },
    });
    if (kind !== "ok") return;
    assert.deepEqual([timedOut, code, invalid.length], [false, 0, 0]);
    assert.deepEqual({ ...counts, allow: 0 }, NONE);
    assert.ok(named > 0 && counts.allow > 0 && stale.length !== named);
  }));
});
