import { invalidInput } from "../errors/mod.ts";
import { suggest } from "../formats/suggest.ts";
import { trimLower } from "../formats/text.ts";
import { HIGH_RISK } from "./baselines/high_risk.ts";
import { LOW_RISK } from "./baselines/low_risk.ts";
import { MEDIUM_RISK } from "./baselines/medium_risk.ts";

/** A policy to start from. */
export interface Baseline {
  readonly name: string;
  readonly text: string;
}

/** The policies to start from, with the names that stand for each (docs/spec/gate.md 6.1). */
const BASELINES: readonly (Baseline & { readonly aliases: readonly string[] })[] = [
  { name: "baseline-lowrisk", aliases: ["low", "baseline_low_risk"], text: LOW_RISK },
  { name: "baseline-mediumrisk", aliases: ["medium", "baseline_medium_risk"], text: MEDIUM_RISK },
  { name: "baseline-highrisk", aliases: ["high", "baseline_high_risk"], text: HIGH_RISK },
];

/** Canonical names of the policies to start from. */
export const BASELINE_NAMES: readonly string[] = BASELINES.map(({ name }) => name);

/**
 * The policy to start from that a name stands for; case and blanks at the ends don't count.
 *
 * @throws {GaitError} `invalid_input` for an unknown name
 */
export function baseline(template: string): Baseline {
  const wanted = trimLower(template);
  const found = BASELINES.find(({ name, aliases }) => name === wanted || aliases.includes(wanted));
  if (found) return { name: found.name, text: found.text };
  const near = suggest(wanted, BASELINES.flatMap(({ name, aliases }) => [name, ...aliases]));
  throw invalidInput(`Unknown template "${template}"`, {
    hint: near ? `Did you mean "${near}"?` : `Use one of: ${BASELINE_NAMES.join(", ")}`,
  });
}
