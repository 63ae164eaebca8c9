import assert from "node:assert/strict";
import { RowWindows, WINDOW } from "./row_windows.ts";

const rowsOf = (window: number) => Array.from({ length: WINDOW }, (_, i) => window * WINDOW + i);

Deno.test("rows are asked for window by window, once", () => {
  const rows = new RowWindows<number>();
  assert.deepEqual(rows.missing(0, 30), [0]);
  assert.deepEqual(rows.missing(90, 210), [1, 2]);
  assert.deepEqual(rows.missing(0, 210), []);
  assert.deepEqual(rows.missing(0, 0), []);
  rows.put(1, rowsOf(1));
  assert.equal(rows.at(150), 150);
  assert.equal(rows.at(50), undefined);
  rows.outdate();
  assert.equal(rows.at(150), 150);
  assert.deepEqual(rows.missing(150, 160), [1]);
  rows.clear();
  assert.equal(rows.at(150), undefined);
});

Deno.test("who scrolls through a long list, and stays for long, has no more than a dozen windows", () => {
  const rows = new RowWindows<number>();
  for (let round = 0; round < 3; round++) {
    for (let at = 0; at < 1_000; at++) {
      for (const window of rows.missing(at * WINDOW, at * WINDOW + 20)) rows.put(window, rowsOf(window));
      assert.equal(rows.at(at * WINDOW + 5), at * WINDOW + 5);
      assert.ok(rows.size <= 12 * WINDOW);
    }
    rows.outdate();
  }
});
