import { FINISHED_AREAS, LATER } from "../conformance/areas.ts";
import { shared } from "../support/places.ts";

/** About this many cases are run. */
const SAMPLE = 30;

/**
 * Run an even sample of the recorded cases of the finished areas.
 *
 * @returns how many passed and failed, `undefined` when the cases are absent
 */
export async function runSample(executable: string): Promise<{ passed: number; failed: number } | undefined> {
  const conformance = await shared("conformance");
  if (conformance === undefined) return undefined;
  const cases: string[] = [];
  for (const area of FINISHED_AREAS) {
    for await (const { name } of Deno.readDir(`${conformance}/cases/${area}`)) cases.push(`${area}/${name}`);
  }
  const all = cases.filter((id) => !(id in LATER)).sort();
  const chosen = all.filter((_, i) => i % Math.max(1, Math.floor(all.length / SAMPLE)) === 0);
  const { stdout } = await new Deno.Command("python3", {
    args: [`${conformance}/run`, "--gait", executable, ...chosen.flatMap((id) => ["--only", id])],
    stderr: "inherit",
  }).output();
  const text = new TextDecoder().decode(stdout);
  const counts = /^conformance: (\d+) passed, (\d+) failed$/m.exec(text);
  const [passed, failed] = [Number(counts?.[1] ?? 0), Number(counts?.[2] ?? chosen.length)];
  if (failed > 0) console.log(text);
  return { passed, failed };
}
