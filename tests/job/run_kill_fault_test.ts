/**
 * The example of 60 steps, whose runner or command is killed at random moments (docs/threat_model.md 21): it finishes,
 * and each step took effect exactly once. `GAIT_RUN_KILL_ROUNDS` sets how often it is killed at least.
 */
import assert from "node:assert/strict";
import type { Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { shellTest } from "../support/running_job.ts";

const ROUNDS = Number(Deno.env.get("GAIT_RUN_KILL_ROUNDS") ?? 12);
const STEPS = 60;

shellTest(
  `jobs of ${STEPS} steps are killed ${ROUNDS} times, and each step takes effect exactly once`,
  async (stage) => {
    const { folder, gait, read } = stage;
    // Slow enough to be killed on the way.
    const script = (await Deno.readTextFile(`${repository}examples/jobs/sixty_steps.sh`))
      .replace("mkdir -p effects", "mkdir -p effects; echo $$ >pid")
      .replace('  charge "', '  sleep 0.02\n  charge "');
    await stage.write("steps.sh", script);
    let kills = 0;
    for (let job = 1; kills < ROUNDS; job++) {
      const id = `sixty-${job}`;
      kills += await runToTheEnd(stage, id);
      const effects = [...Deno.readDirSync(`${folder}/effects`)].map(({ name }) =>
        Number(name.split("-").at(-1))
      );
      assert.deepEqual(effects.sort((a, b) => a - b), Array.from({ length: STEPS }, (_, i) => i + 1));
      const log = await read(`gait-out/jobs/${id}/run.log`);
      const charged = [...log.matchAll(/charged for step ([0-9]+)/g)].map(([, step]) => Number(step));
      assert.equal(new Set(charged).size, charged.length);
      const { json } = await gait("job", "inspect", "--id", id, "--json");
      assert.equal(json.job.status, "completed");
      assert.deepEqual(
        json.events.map((event: { revision: number }) => event.revision),
        Array.from(json.events, (_, i) => i + 1),
      );
      await Deno.remove(`${folder}/effects`, { recursive: true });
    }
  },
);

/** Run a job again and again until it is completed, killing runner or command on the way. @returns how many kills */
async function runToTheEnd({ folder }: Stage, id: string): Promise<number> {
  let kills = 0;
  for (;;) {
    const child = new Deno.Command(`${repository}bin/gait`, {
      args: ["job", "run", "--id", id, "--attempts", "1000", "--backoff", "1ms", "--", "/bin/sh", "steps.sh"],
      cwd: folder,
      stdout: "null",
      stderr: "null",
    }).spawn();
    const moments = [100, 250, 400].map((after) =>
      setTimeout(() => {
        try {
          if (Math.random() < 0.6) child.kill("SIGKILL");
          else {
            const group = Number(Deno.readTextFileSync(`${folder}/pid`));
            assert(group > 1, "group 0 would be the one of this test");
            Deno.kill(-group, "SIGKILL");
          }
          kills++;
        } catch {
          // It has ended by itself, or has not begun.
        }
      }, after + Math.random() * 150)
    );
    const { code } = await child.status;
    moments.forEach(clearTimeout);
    if (code === 0) return kills;
  }
}
