import { EXIT } from "../../errors/mod.ts";
import { bootstrapFixture } from "../../regress/mod.ts";
import { defineCommand } from "../define.ts";
import { verdict } from "../outcome.ts";
import { initOptions, runFlagOf, runFlags, runOptions, sourceFlags } from "./flags.ts";
import { describeInit, describeRun, encodeInit, encodeRun } from "./report.ts";

/** `gait regress bootstrap` (docs/spec/regress.md 1.7). */
export default defineCommand({
  explain: "Turns a recorded run into a fixture and runs all fixtures of the config.",
  flagsFirst: true,
  flags: { ...sourceFlags, ...runFlags },
  flagOf: runFlagOf,
  needs: { read: true, write: true },
  examples: [
    "gait regress bootstrap --from run_demo --junit junit.xml",
    "gait regress bootstrap --from run_monday --candidate run_tuesday",
    "gait regress bootstrap --from incident_42 --never wire_money --candidate run_fixed",
  ],
  async run({ flags, effects, version }) {
    const { fixture, run } = await bootstrapFixture(
      flags.from,
      initOptions(flags),
      runOptions(flags),
      effects,
      version,
    );
    const json = { ...encodeInit(fixture), ...encodeRun(run, flags.github) };
    const lines = [...describeInit(fixture), ...describeRun(run, flags.github)];
    return verdict(run.status === "pass", EXIT.regressFailed, json, lines);
  },
});
