import { compareBytewise } from "../../formats/bytes.ts";
import type { JsonObject } from "../../formats/json/mod.ts";

/** The presumed causes, each with the words in reason codes that indicate it; the first list with a match decides. */
const DRIVERS: readonly (readonly [driver: string, words: readonly string[]])[] = [
  ["policy_change", ["policy", "approval", "blocked", "credential", "violation"]],
  ["tool_result_shape_change", ["diff", "schema", "result_status", "grader", "unexpected_exit_code"]],
  ["reference_set_change", ["ref", "receipt", "retrieval", "source"]],
  ["configuration_change", ["config", "nondeterministic", "runtime", "timeout"]],
];

/** The presumed causes of failed runs; without any indication, the configuration. */
export function driversOf(reasons: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const reason of reasons) {
    const driver = DRIVERS.find(([, words]) => words.some((word) => reason.includes(word)))?.[0];
    if (driver !== undefined) found.add(driver);
  }
  return found.size === 0 ? ["configuration_change"] : [...found].sort(compareBytewise);
}

/** The recommendation for each driver, from a fixed set. */
const SUGGESTIONS: Readonly<Record<string, JsonObject>> = {
  policy_change: {
    kind: "policy_fixture",
    summary:
      "Write down the intended verdict as a fixture: gait policy test <policy.yaml> <intent.json> --json",
    likely_scope: "policy files and intent fixtures",
  },
  tool_result_shape_change: {
    kind: "regress_fixture",
    summary: "Run the regressions and look at what changed: gait regress run --json",
    likely_scope: "regress fixtures and gait.yaml",
  },
  reference_set_change: {
    kind: "regress_fixture",
    summary: "Pin the retrieval filters and capture a fresh runpack",
    likely_scope: "run input and its receipts",
  },
  configuration_change: {
    kind: "configuration",
    summary: "Pin the configuration of runtime, model and tools, and bootstrap the regression again",
    likely_scope: "runtime configuration of the wrapper, and the CI environment",
  },
};

export function suggestionsFor(drivers: readonly string[]): JsonObject[] {
  return drivers.map((driver) => ({ ...SUGGESTIONS[driver]! }));
}
