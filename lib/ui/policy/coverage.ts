import { compile } from "../../evaluate/compile.ts";
import { evaluateCompiled } from "../../evaluate/evaluate.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { withoutClaims } from "../../intent/digest.ts";
import type { Policy } from "../../policy/types.ts";
import type { KnownIntents } from "../known_intents.ts";
import { intentKey } from "../traces/packed_row.ts";
import type { TraceIndex } from "../traces/trace_index.ts";

/**
 * How often the traces and intents of the folder reach each rule of a policy. What the gate decided by this very policy it
 * reached; a call that was decided by another one, such as the text before it was edited, is evaluated anew if its intent is
 * known.
 */
export async function coverageOf(
  policy: Policy,
  digest: string,
  { intents, traces: { rows } }: {
    readonly intents: KnownIntents;
    readonly traces: Pick<TraceIndex, "rows">;
  },
): Promise<JsonObject> {
  const compiled = compile(policy);
  const known = await intents.all();
  const reached = new Map(policy.rules.map((rule) => [rule.name, { traces: 0, intents: 0 }]));
  const rulesOf = new Map<string, readonly string[]>();
  let byDefault = 0;
  for (const { intent, digest } of known) {
    const { matchedRule } = evaluateCompiled(compiled, withoutClaims(intent));
    const rules = matchedRule.split(",").filter((name) => name !== "");
    rulesOf.set(intentKey(digest), rules);
    if (rules.length === 0) byDefault++;
    for (const rule of rules) if (reached.has(rule)) reached.get(rule)!.intents++;
  }
  let [total, anew, unknown] = [0, 0, 0];
  for (let n = 0; n < rows.length; n++) {
    const { policy, rules, error } = rows.kindAt(n);
    if (error !== undefined) continue;
    total++;
    const isOurs = policy === digest;
    const found = isOurs && rules.length > 0 ? rules : rulesOf.get(rows.intentKeyAt(n));
    if (found === undefined) unknown++;
    else if (!isOurs) anew++;
    for (const rule of found ?? []) if (reached.has(rule)) reached.get(rule)!.traces++;
  }
  return {
    rules: policy.rules.map(({ name, effect, priority }) => ({
      ...{ name, effect, priority },
      ...reached.get(name)!,
    })),
    coverage: {
      intents: known.length,
      intents_by_default: byDefault,
      traces: total,
      traces_evaluated_anew: anew,
      traces_unknown: unknown,
    },
  };
}
