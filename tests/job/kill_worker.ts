/**
 * A process that works on one job for ever, until it is killed. It says what it finished, one letter an operation. Started
 * by kill_fault_test.ts.
 */
import { systemEffects } from "../../lib/effects/mod.ts";
import { jobStage } from "../support/job.ts";

const [root, id, kind] = Deno.args as [string, string, string];
const effects = systemEffects();
const say = (letter: string) => Deno.stdout.writeSync(new TextEncoder().encode(letter));

for (let round = 0;; round++) {
  const job = jobStage(effects, kind === "submit" ? `${id}-${Deno.pid}-${round}` : id, root);
  if (kind === "submit") await job.submit();
  else if (kind === "checkpoint") await job.checkpoint();
  else if (kind === "approve") await job.approve();
  else if (round % 2 === 0) await job.change("pause");
  else await job.resume();
  say("x");
}
