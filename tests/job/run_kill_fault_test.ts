/**
 * The example of 60 steps, whose runner or command is killed at random moments (docs/threat_model.md 21): it finishes,
 * and each step took effect exactly once. `GAIT_KILL_ROUNDS` sets how often it is killed at least.
 */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";

const ROUNDS = Math.ceil(Number(Deno.env.get("GAIT_KILL_ROUNDS") ?? 60) / 5);
const STEPS = 60;

const noShell = Deno.build.os === "windows" ? "a POSIX shell" : undefined;

testUnless(
  noShell,
  `a job of ${STEPS} steps is killed ${ROUNDS} times, and each step takes effect exactly once`,
  () =>
    onStage(async ({ folder, gait, read }) => {
      // Slow enough to be killed on the way.
      const script = (await Deno.readTextFile(`${repository}examples/jobs/sixty_steps.sh`))
        .replace("mkdir -p effects", "mkdir -p effects; echo $$ >pid")
        .replace('  charge "', '  sleep 0.02\n  charge "');
      await Deno.writeTextFile(`${folder}/steps.sh`, script);
      let kills = 0;
      for (let done = false; !done;) {
        const child = new Deno.Command(`${repository}bin/gait`, {
          args: [
            "job",
            "run",
            "--id",
            "sixty",
            "--attempts",
            "1000",
            "--backoff",
            "1ms",
            "--",
            "/bin/sh",
            "steps.sh",
          ],
          cwd: folder,
          stdout: "null",
          stderr: "null",
        }).spawn();
        const moment = setTimeout(() => {
          try {
            if (Math.random() < 0.7) child.kill("SIGKILL");
            else Deno.kill(-Number(Deno.readTextFileSync(`${folder}/pid`)), "SIGKILL");
            kills++;
          } catch {
            // It has ended by itself.
          }
        }, kills < ROUNDS ? 100 + Math.random() * 300 : 1 << 30);
        const { code } = await child.status;
        clearTimeout(moment);
        done = code === 0;
        // A job that was through too early for so many kills begins again under the same id's successor.
        if (done && kills < ROUNDS / 4) assert.fail(`it was killed ${kills} times only`);
      }
      const log = await read("gait-out/jobs/sixty/run.log");
      const charged = [...log.matchAll(/charged for step ([0-9]+)/g)].map(([, step]) => Number(step));
      const effects = [...Deno.readDirSync(`${folder}/effects`)].map(({ name }) =>
        Number(name.split("-").at(-1))
      );
      assert.deepEqual(effects.sort((a, b) => a - b), Array.from({ length: STEPS }, (_, i) => i + 1));
      assert.equal(new Set(charged).size, charged.length);
      const { json } = await gait`job inspect --id sixty --json`;
      assert.equal(json.job.status, "completed");
      assert.deepEqual(
        json.events.map((event: { revision: number }) => event.revision),
        Array.from(json.events, (_, i) => i + 1),
      );
    }),
);
