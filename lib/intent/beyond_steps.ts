import { compactJson } from "../formats/json/mod.ts";
import { encodeProvenance, encodeTarget } from "./encode.ts";
import type { Intent, Provenance, Target } from "./types.ts";

/** What a script has of its own. */
export interface BeyondSteps {
  readonly targets: readonly Target[];
  readonly provenance: readonly Provenance[];
}

const NOTHING: BeyondSteps = { targets: [], provenance: [] };

/**
 * Targets and provenance that stand in a script but in none of its steps. In digests they replace those of the steps
 * (docs/spec/gate.md 2.4), so whatever decides must look at both: else a script hides its steps behind a harmless
 * target, or the steps hide what the script says of itself.
 */
export function beyondSteps({ script, targets, provenance }: Intent): BeyondSteps {
  if (!script) return NOTHING;
  const { steps } = script;
  return {
    targets: others(targets, steps.flatMap((step) => step.targets), encodeTarget),
    provenance: others(provenance, steps.flatMap((step) => step.provenance), encodeProvenance),
  };
}

/** All targets of an intent: those of its steps, and its own. */
export function allTargets(intent: Intent): readonly Target[] {
  const { script, targets } = intent;
  if (!script) return targets;
  return [...script.steps.flatMap((step) => step.targets), ...beyondSteps(intent).targets];
}

function others<T>(
  items: readonly T[],
  known: readonly T[],
  encode: (item: T) => Parameters<typeof compactJson>[0],
): readonly T[] {
  if (items.length === 0) return items;
  const names = new Set(known.map((item) => compactJson(encode(item))));
  return items.filter((item) => !names.has(compactJson(encode(item))));
}
