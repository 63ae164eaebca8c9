/**
 * `deno run -A bench/gate/load.ts`: the time to read, check, digest and compile a policy. Budget: 10,000 rules in
 * under a second.
 */
import { compile } from "../../lib/evaluate/compile.ts";
import { parsePolicy } from "../../lib/policy/parse.ts";
import { conclude, median, ms, printTable } from "../table.ts";

const ROUNDS = 7;

const rows: string[][] = [];
for (const [rules, budget] of [[10, undefined], [1_000, undefined], [10_000, 1_000]] as const) {
  const text = "rules:\n" +
    Array.from(
      { length: rules },
      (_, i) =>
        `  - name: rule-${i}\n    priority: ${i}\n    effect: require_approval\n    match:\n` +
        `      tool_names: [tool.a${i}, tool.b${i}]\n      risk_classes: [high]\n    reason_codes: [because_${i}]\n`,
    ).join("");
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    compile((await parsePolicy(text, "policy")).policy);
    times.push(performance.now() - started);
  }
  const time = median(times);
  rows.push([
    rules.toLocaleString("en"),
    `${(text.length / 1000).toFixed(0)} kB`,
    ms(time),
    conclude(time, budget),
  ]);
}
printTable("Loading a policy (median)", ["rules", "size", "ms", "budget"], rows);
