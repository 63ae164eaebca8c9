import type { JsonObject } from "../../formats/json/mod.ts";
import type { AdoptionEvent } from "./read.ts";
import { median } from "./median.ts";

/** The workflows of the bundled skills, in report order, with the commands of each. */
const WORKFLOWS: Readonly<Record<string, readonly string[]>> = {
  "gait-capture-runpack": ["run record", "verify"],
  "gait-incident-to-regression": ["regress init", "regress run", "regress bootstrap"],
  "gait-policy-test-rollout": ["policy test", "policy simulate", "gate eval"],
};

/** Statistics of the workflows that have events. */
export function workflows(events: readonly AdoptionEvent[]): JsonObject[] {
  return Object.entries(WORKFLOWS).flatMap(([workflow, commands]) => {
    const own = events.filter((event) =>
      event.workflow === "" ? commands.includes(event.command) : event.workflow === workflow
    );
    if (own.length === 0) return [];
    const failed = own.filter(({ success }) => !success);
    const code = mostCommon(failed.map(({ exitCode }) => exitCode));
    return [{
      workflow,
      total: own.length,
      success: own.length - failed.length,
      failure: failed.length,
      success_rate: (own.length - failed.length) / own.length,
      median_runtime_ms: median(own.map(({ elapsed }) => elapsed)),
      ...(code === undefined || code === 0 ? {} : { most_common_failure_code: code }),
    }];
  });
}

/** The most frequent number; the smallest one if there are several. */
function mostCommon(numbers: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].sort(([a, left], [b, right]) => right - left || a - b)[0]?.[0];
}
