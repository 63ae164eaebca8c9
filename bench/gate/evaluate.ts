/**
 * `deno run -A bench/gate/evaluate.ts [--quick]`: the cost of an in-process decision, evaluation only. Budgets are
 * those of docs/architecture.md: 15 µs with 10 rules, 60 µs with 1,000 rules at any position of the matching rule.
 */
import { compile } from "../../lib/evaluate/compile.ts";
import { evaluateCompiled } from "../../lib/evaluate/evaluate.ts";
import type { Intent } from "../../lib/intent/types.ts";
import type { Rule } from "../../lib/policy/types.ts";
import {
  aDataflowRule,
  anEndpointRule,
  anIntent,
  aPolicy,
  aRule,
  aTarget,
  provenanceOf,
} from "../../tests/support/gate.ts";
import { conclude, median, printTable } from "../table.ts";

const quick = Deno.args.includes("--quick");
const ROUNDS = quick ? 20 : 200;
const CALLS = 200;

const intent = anIntent({
  toolName: "tool.write",
  targets: [
    aTarget({
      kind: "url",
      value: "https://api.test/x",
      endpointClass: "net.http",
      endpointDomain: "api.test",
    }),
  ],
  provenance: provenanceOf("user"),
});

const CONSTRAINED: Partial<Rule> = {
  endpoint: anEndpointRule({ domainAllowlist: ["*.corp.test", "a?i.test"], pathDenylist: ["/etc/**"] }),
  dataflow: aDataflowRule(),
};

/** Rules that each test another fact and never match. */
const KINDS = {
  "other tools": (i: number) =>
    aRule({ name: `r${i}`, priority: i, match: { toolNames: [`tool.other${i}`] } }),
  "the same tool": (i: number) =>
    aRule({ name: `r${i}`, priority: i, match: { toolNames: ["tool.write"], targetValues: [`/else/${i}`] } }),
  "any tool": (i: number) =>
    aRule({ name: `r${i}`, priority: i, match: { riskClasses: ["low"], dataClasses: [`class${i}`] } }),
};

const rows: string[][] = [];
for (const [rules, budget] of [[10, 15], [1_000, 60]] as const) {
  for (const [kind, make] of Object.entries(KINDS)) {
    for (const place of ["first", "middle", "last", "none"] as const) {
      const list = Array.from({ length: rules }, (_, i) => make(2 * i + 2));
      const priority = { first: 1, middle: rules + 1, last: 2 * rules + 3, none: undefined }[place];
      if (priority !== undefined) list.push(aRule({ name: "hit", priority, ...CONSTRAINED }));
      const time = measure(list, intent);
      rows.push([`${rules} rules about ${kind}, ${place}`, time.toFixed(2), conclude(time, budget)]);
    }
  }
}
printTable("Decisions in process, evaluation alone (median)", ["policy", "µs", "budget"], rows);

function measure(rules: readonly Rule[], intent: Intent): number {
  const policy = compile(aPolicy(rules));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let call = 0; call < CALLS; call++) evaluateCompiled(policy, intent);
    times.push((performance.now() - start) * 1000 / CALLS);
  }
  return median(times);
}
