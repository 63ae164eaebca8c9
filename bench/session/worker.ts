/** A worker process of append.ts: appends, and prints its start and end times. */
import { systemEffects } from "../../lib/effects/mod.ts";
import { appendEvent } from "../../lib/session/append.ts";

const [journal, times] = Deno.args as [string, string];
const settings: Readonly<Record<string, string>> = { TIMEOUT: "120s", RETRY: "5ms" };
const effects = { ...systemEffects(), env: { get: (name: string) => settings[name.split("_").at(-1)!] } };
const started = Date.now();
for (let i = 0; i < Number(times); i++) {
  await appendEvent(journal, { toolName: "t", verdict: "allow" }, effects, "1.0.0");
}
console.log(JSON.stringify([started, Date.now()]));
