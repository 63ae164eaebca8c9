/** Many processes on one limit: the count is exact, also when some are killed (docs/threat_model.md 23 and 24). */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const LIMIT = 20;
const CALLS = 32;

Deno.test("gate eval counts exactly with 32 processes at the same time", () =>
  onStage(async ({ gait, write, read, files }) => {
    await write(
      "policy.yaml",
      `rules: [{name: r, effect: allow, rate_limit: {requests: ${LIMIT}, window: hour, scope: tool}}]`,
    );
    await write(
      "intent.json",
      '{"tool_name": "t", "context": {"identity": "i", "workspace": "/w", "risk_class": "low"}}',
    );
    // The window could end in between; then nothing is proved and it is played again.
    const hour = () => Math.floor(Date.now() / 3_600_000);
    let results: { code: number }[] = [];
    for (let begun = -1; begun !== hour();) {
      begun = hour();
      results = await Promise.all(
        Array.from({ length: CALLS }, (_, i) =>
          gait`gate eval --policy policy.yaml --intent intent.json
            --rate-limit-state state-${begun}/s.json --trace-out traces/${i}.json`),
      );
    }
    const codes = results.map(({ code }) => code);
    assert.equal(codes.filter((code) => code === 0).length, LIMIT, codes.join(" "));
    assert.equal(codes.filter((code) => code === 3).length, CALLS - LIMIT, codes.join(" "));
    const state = (await files()).filter((name) => name.startsWith("state-")).at(-1)!;
    const { counters } = JSON.parse(await read(state));
    assert.deepEqual(counters.map((counter: { count: number }) => counter.count), [LIMIT]);
    assert.equal((await files()).filter((name) => name.startsWith("traces/")).length, CALLS);
  }));

/** A process that counts calls for ever and says so, one byte a call. */
function counter(state: string): Deno.ChildProcess {
  const module = (path: string) => JSON.stringify(new URL(`../../lib/${path}`, import.meta.url).href);
  const script = `import { makeFiles } from ${module("effects/mod.ts")};
    import { chargeLimits } from ${module("gate/limits/charge.ts")};
    const charge = { limit: { requests: 1e9, window: "hour", scope: "tool" }, toolName: "t", identity: "i" };
    for (;;) {
      try {
        await chargeLimits(makeFiles(), ${JSON.stringify(state)}, [charge], () => 0);
      } catch (error) {
        // On a busy machine the others can hold the lock for longer than a call waits; that is no loss.
        if (error.detail === "state_contention") continue;
        throw error;
      }
      Deno.stdout.writeSync(new Uint8Array([1]));
    }`;
  return new Deno.Command(Deno.execPath(), { args: ["eval", "--ext=js", script], stdout: "piped" }).spawn();
}

Deno.test("chargeLimits() never forgets a call that it acknowledged, and never gets stuck, when processes are killed", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gait-limits-" });
  const state = `${folder}/s.json`;
  try {
    const children = [counter(state), counter(state), counter(state)];
    let acknowledged = 0;
    for (const child of children) {
      const reader = child.stdout.getReader();
      // Each is killed after a few calls, wherever it is then; the ones behind it must get on.
      for (let seen = 0; seen < 10;) {
        const { value, done } = await reader.read();
        assert(!done, "it must not end by itself");
        seen += value.length;
        acknowledged += value.length;
      }
      child.kill("SIGKILL");
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        acknowledged += part.value.length;
      }
      await child.status;
    }
    const { counters } = JSON.parse(await Deno.readTextFile(state));
    // A call may have been counted by a process that was killed before it could say so.
    assert(counters[0].count >= acknowledged && counters[0].count <= acknowledged + children.length);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
