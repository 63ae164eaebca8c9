import { EXIT } from "../../errors/mod.ts";
import { initFixture, parseReruns, runRegressions } from "../../regress/mod.ts";
import { defineCommand } from "../define.ts";
import { verdict } from "../outcome.ts";
import { initRequest, runFlags, runRequest, sourceFlags } from "./flags.ts";
import { describeInit, describeRun, encodeInit, encodeRun } from "./report.ts";

/** `gait regress bootstrap` (docs/spec/regress.md 1.7). */
export default defineCommand({
  explain: "Turns a recorded run into a fixture and runs all fixtures of the config.",
  flagsFirst: true,
  flags: { ...sourceFlags, ...runFlags },
  needs: { read: true, write: true },
  examples: [
    "gait regress bootstrap --from run_demo --junit junit.xml",
    "gait regress bootstrap --from run_monday --candidate run_tuesday",
    "gait regress bootstrap --from incident_42 --never wire_money --candidate run_fixed",
  ],
  async run({ flags, effects, version }) {
    const given = parseReruns(flags.candidate);
    const fixture = await initFixture(initRequest(flags), effects);
    // A candidate without a name is another run of the task that was just made a fixture, not of all the others.
    const reruns = given.map((rerun) => ({ ...rerun, fixture: rerun.fixture ?? fixture.name }));
    const report = await runRegressions({ ...runRequest(flags), reruns }, effects, version);
    const json = { ...encodeInit(fixture), ...encodeRun(report) };
    const lines = [...describeInit(fixture), ...describeRun(report)];
    return verdict(report.status === "pass", EXIT.regressFailed, json, lines);
  },
});
