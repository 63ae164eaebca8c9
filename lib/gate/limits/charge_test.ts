import assert from "node:assert/strict";
import { makeFiles } from "../../effects/mod.ts";
import { GaitError } from "../../errors/mod.ts";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { applyLimits, chargeLimits } from "./charge.ts";
import type { Charge } from "./count.ts";
import { aDeletion, anIntent, aScript, aTarget } from "../../../tests/support/gate.ts";
import { plainEvaluation } from "../../evaluate/combine.ts";
import type { Intent } from "../../intent/types.ts";
import { firstOutcome } from "../decision_outcome.ts";

const NOON = Date.UTC(2026, 10, 23, 12);
const charge = (scope: Charge["limit"]["scope"], requests: number): Charge => ({
  limit: { requests, window: "hour", scope },
  toolName: "t",
  identity: "i",
});
const STATE = "new/folder/state.json";

Deno.test("chargeLimits() makes the folder, counts all charges in one write, and leaves no lock", async () => {
  const files = memoryFiles();
  const counts = await chargeLimits(files, STATE, [charge("tool", 5), charge("identity", 1)], () => NOON);
  assert.deepEqual(counts.map(({ used, refused }) => [used, refused]), [[1, false], [1, false]]);
  const again = await chargeLimits(files, STATE, [charge("tool", 5), charge("identity", 1)], () => NOON);
  assert.deepEqual(again.map(({ used, refused }) => [used, refused]), [[2, false], [1, true]]);
  assert.deepEqual(files.paths(), [STATE]);
  assert.equal(files.modeOf(STATE), 0o600);
});

Deno.test("chargeLimits() touches nothing when nothing is to be counted, and writes nothing when all is refused", async () => {
  const files = memoryFiles();
  assert.deepEqual(await chargeLimits(files, STATE, [], () => NOON), []);
  assert.deepEqual(files.paths(), []);
  await chargeLimits(files, STATE, [charge("tool", 1)], () => NOON);
  files.breakWrites(STATE);
  const [count] = await chargeLimits(files, STATE, [charge("tool", 1)], () => NOON);
  assert.equal(count!.refused, true);
  await assert.rejects(chargeLimits(files, STATE, [charge("tool", 2)], () => NOON), { code: "io_failure" });
});

Deno.test("chargeLimits() refuses a state that it can't read and leaves it as it is", async () => {
  const files = memoryFiles({ [STATE]: "{" });
  await assert.rejects(chargeLimits(files, STATE, [charge("tool", 1)], () => NOON), {
    code: "invalid_input",
  });
  assert.equal(files.text(STATE), "{");
});

Deno.test("chargeLimits() refuses a state outside of the working folder", async () => {
  for (const path of ["../state.json", "..", "", " ", "/"]) {
    await assert.rejects(chargeLimits(memoryFiles(), path, [charge("tool", 1)], () => NOON), {
      code: "invalid_input",
    });
  }
});

Deno.test("chargeLimits() writes a lock that the existing program reads, and takes over one of it that is stale", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gait-limits-" });
  const [state, lock] = [`${folder}/s.json`, `${folder}/s.json.lock`];
  try {
    let held = "";
    const files = makeFiles();
    const spying = {
      ...files,
      read: async (path: string, limit?: number) => {
        held = await Deno.readTextFile(lock);
        return await files.read(path, limit);
      },
    };
    for (const left of ['{"created_at":"2001-01-01T00:00:00Z"}\n', "x"]) {
      await Deno.writeTextFile(lock, left);
      if (left === "x") await Deno.utime(lock, 978_307_200, 978_307_200);
      await chargeLimits(spying, state, [charge("tool", 9)], () => NOON);
    }
    const { created_at, holder: _, ...rest } = JSON.parse(held);
    assert.deepEqual(rest, {
      schema_id: "gait.gate.rate_limit_lock",
      schema_version: "1.0.0",
      pid: Deno.pid,
    });
    assert(!Number.isNaN(Date.parse(created_at)) && held.endsWith("\n"));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["s.json"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("chargeLimits() turns a lock that stays held into an internal failure, as the existing program has it", async () => {
  const files = memoryFiles();
  const held = {
    ...files,
    withLock: () => Promise.reject(new GaitError("state_contention", "held")),
  };
  await assert.rejects(chargeLimits(held, STATE, [charge("tool", 1)], () => NOON), {
    code: "internal_failure",
    detail: "state_contention",
  });
});

/** Verdicts of one call after another under a budget of one destructive call. */
async function verdicts(intent: Intent): Promise<string[]> {
  const destructiveBudget = { requests: 1, window: "hour", scope: "identity" } as const;
  const evaluation = { ...plainEvaluation("allow", []), destructiveBudget };
  const limits = { files: memoryFiles({}), now: () => 0, path: "counters.json" };
  const charged = async () =>
    (await applyLimits(firstOutcome(evaluation, ""), intent, evaluation, limits)).verdict;
  return [await charged(), await charged()];
}

const read = aTarget({ operation: "read", endpointClass: "fs.read" });

for (
  const [what, intent] of [
    ["a call that deletes", anIntent({ targets: [aDeletion()] })],
    ["a call that wipes", anIntent({ targets: [aTarget({ operation: "wipe" })] })],
    ["a shell without targets", anIntent({ toolName: "mcp__shell__bash", targets: [] })],
    ["a script with a step that deletes", anIntent({ script: aScript(["a", aDeletion()]), targets: [read] })],
    [
      "a script with a step that is a shell",
      anIntent({ script: aScript(["a", read], ["bash"]), targets: [read] }),
    ],
    ["a script that says so of itself", anIntent({ script: aScript(["a", read]), targets: [aDeletion()] })],
  ] as const
) {
  Deno.test(`applyLimits() counts ${what} against the destructive budget`, async () => {
    assert.deepEqual(await verdicts(intent), ["allow", "block"]);
  });
}

Deno.test("applyLimits() counts no call against it that destroys nothing", async () => {
  assert.deepEqual(await verdicts(anIntent({ targets: [read] })), ["allow", "allow"]);
  assert.deepEqual(await verdicts(anIntent({ script: aScript(["a", read]), targets: [read] })), [
    "allow",
    "allow",
  ]);
});
