import assert from "node:assert/strict";
import fc from "fast-check";
import { orderedRows } from "./ordered_rows.ts";
import { type TraceRow, unreadableRow } from "./row.ts";
import { invalidInput } from "../../errors/mod.ts";

const row = (path: string, at: number): TraceRow => ({ ...unreadableRow(path, invalidInput("bad")), at });

Deno.test("rows that come and go one by one are in the order of one sort", () => {
  const step = fc.record({ at: fc.nat(8), removes: fc.boolean(), looks: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const ordered = orderedRows();
    let present: TraceRow[] = [];
    steps.forEach(({ at, removes, looks }, i) => {
      if (removes && present.length > 0) {
        const gone = present[at % present.length]!;
        ordered.remove(gone);
        present = present.filter((row) => row !== gone);
      } else {
        const added = row(`trace_${i}.json`, at);
        ordered.add(added);
        present.push(added);
      }
      if (!looks) return;
      const wanted = [...present].sort((a, b) => b.at - a.at || (a.path < b.path ? -1 : 1));
      assert.deepEqual([...ordered], wanted);
      assert.equal(ordered.length, wanted.length);
      assert.deepEqual(wanted.map((_, n) => ordered.at(n)), wanted);
      assert.equal(ordered.at(wanted.length), undefined);
    });
  }));
});
