import assert from "node:assert/strict";
import type { Files } from "../../../effects/types.ts";
import { hex } from "../../../formats/bytes.ts";
import { HOLDS_PATH } from "../../../guard/retain/holds.ts";
import { memoryFiles } from "../../../../tests/support/memory_files.ts";
import { pendingCalls, type PendingLimits } from "./pending_calls.ts";

const HOUR = 3_600_000;
const digest = (i: number) => hex(Uint8Array.of(0, 0, 0, 0, 0, 0, i >> 8, i & 255));

/** Pending calls on files whose times are those of a clock that the test moves. */
function staged(limits: Partial<PendingLimits> = {}, given: Record<string, string> = {}) {
  let time = 0;
  const memory = memoryFiles(given);
  const written = new Map<string, number>();
  const files: Files = {
    ...memory,
    async writeAtomic(path, ...more) {
      await memory.writeAtomic(path, ...more);
      written.set(path, time);
    },
    async stat(path) {
      const info = await memory.stat(path);
      return info && { ...info, modified: written.get(path) ?? 0 };
    },
  };
  const notes: string[] = [];
  const effects = { files, now: () => time, notify: (text: string) => void notes.push(text) };
  const gateway = () => pendingCalls("e", { maxAge: 100 * HOUR, maxCount: 8, ...limits }, effects);
  return {
    gateway,
    calls: gateway(),
    notes,
    pass: (hours: number) => time += hours * HOUR,
    kept: () =>
      memory.paths().flatMap((path) => {
        const found = /^e\/pending\/intent_([0-9a-f]{16})\.json$/.exec(path);
        return found ? [parseInt(found[1]!, 16)] : [];
      }),
    files: memory,
  };
}

Deno.test("pendingCalls() keeps only so many of the newest calls that nobody approved", async () => {
  const { calls, kept, pass } = staged();
  for (let i = 1; i <= 50; i++) {
    const { path, letGo } = await calls.keep(digest(i), { i });
    assert.equal(path, `e/pending/intent_${digest(i)}.json`);
    letGo();
    pass(0.001);
    assert.ok(kept().length <= 9, String(kept()));
    assert.ok(kept().includes(i));
  }
  await calls.clear();
  assert.deepEqual(kept(), [43, 44, 45, 46, 47, 48, 49, 50]);
});

Deno.test("pendingCalls() never removes a call that still waits, however old and many they are", async () => {
  const { calls, kept, pass } = staged();
  const waiting = [];
  for (let i = 1; i <= 20; i++) waiting.push(await calls.keep(digest(i), {}));
  // Decided again while it waits: one of the two is over.
  (await calls.keep(digest(1), {})).letGo();
  pass(1_000);
  await calls.clear();
  assert.equal(kept().length, 20);
  for (const { letGo } of waiting.slice(0, 15)) {
    letGo();
    letGo(); // once is as good as twice
  }
  await calls.clear();
  assert.deepEqual(kept(), [16, 17, 18, 19, 20]);
});

Deno.test("pendingCalls() removes old calls, but of another gateway none that could still wait", async () => {
  const { gateway, kept, pass } = staged({ maxAge: 1, maxCount: 1 });
  const other = gateway();
  await other.keep(digest(1), {});
  await other.keep(digest(2), {});
  pass(0.9);
  const own = gateway();
  (await own.keep(digest(3), {})).letGo();
  pass(0.1);
  await own.clear();
  assert.deepEqual(kept(), [1, 2]);
  pass(0.1);
  await own.clear();
  assert.deepEqual(kept(), []);
});

Deno.test("pendingCalls() drops an approved call, and leaves alone what it did not write and what is on hold", async () => {
  const hold = {
    hold_id: "hold_1",
    path: `e/pending/intent_${digest(7)}.json`,
    reason: "",
    case_id: "",
    created_at: "2026-01-01T00:00:00Z",
  };
  const holds = { schema_id: "gait.guard.holds", schema_version: "1.0.0", holds: [hold] };
  const stage = staged({}, {
    [`/${HOLDS_PATH}`]: JSON.stringify(holds),
    [hold.path]: "{}",
    "e/pending/notes.txt": "",
    "e/pending/intent_x.json": "",
  });
  (await stage.calls.keep(digest(1), {})).letGo();
  await stage.calls.drop(digest(1));
  await stage.calls.drop(digest(2));
  stage.pass(10_000);
  await stage.calls.clear();
  assert.deepEqual(stage.kept(), [7]);
  assert.deepEqual(stage.files.paths().filter((path) => /notes|_x/.test(path)).length, 2);
  assert.deepEqual(stage.notes, []);
});

Deno.test("pendingCalls() removes nothing while the holds can't be read, and stops no call for it", async () => {
  const { calls, kept, pass, notes } = staged({ maxCount: 1 }, { [`/${HOLDS_PATH}`]: "{" });
  for (let i = 1; i <= 3; i++) {
    (await calls.keep(digest(i), {})).letGo();
    pass(1);
  }
  assert.deepEqual(kept(), [1, 2, 3]);
  assert.ok(notes.length > 0);
});
