/**
 * A process that works on one session for ever, until it is killed. It says what it finished, one letter an operation:
 * `a` for append, `c` for checkpoint, `k` for compact. Started by kill_fault_test.ts.
 */
import { systemEffects } from "../../lib/effects/mod.ts";
import { appendEvent } from "../../lib/session/append.ts";
import { checkpointSession } from "../../lib/session/checkpoint.ts";
import { compactSession } from "../../lib/session/compact.ts";

const [journal, kind, name] = Deno.args as [string, string, string];
const effects = systemEffects();
const say = (letter: string) => Deno.stdout.writeSync(new TextEncoder().encode(letter));

for (let round = 0;; round++) {
  await appendEvent(journal, { toolName: "t", verdict: "allow" }, effects, "1.0.0");
  say("a");
  if (kind === "append") continue;
  const out = `${journal}.${name}-${round}.zip`;
  await checkpointSession(journal, { out }, effects, "1.0.0");
  say("c");
  if (kind === "checkpoint") continue;
  await compactSession(journal, {}, effects, "1.0.0");
  say("k");
}
