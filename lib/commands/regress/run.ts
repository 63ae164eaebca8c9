import { EXIT } from "../../errors/mod.ts";
import { runRegressions } from "../../regress/mod.ts";
import { defineCommand } from "../define.ts";
import { compact, verdict } from "../outcome.ts";
import { runFlagOf, runFlags, runOptions } from "./flags.ts";
import { describeRun, encodeRun } from "./report.ts";

/** `gait regress run` (docs/spec/regress.md 1.5). */
export default defineCommand({
  explain: "Grades every fixture of the config against what it expects, offline; drift exits with 5.",
  flagsFirst: true,
  flags: runFlags,
  flagOf: runFlagOf,
  needs: { read: true, write: true },
  examples: [
    "gait regress run --junit junit.xml",
    "gait regress run --candidate run_tuesday",
    "gait regress run --candidate refund-loop=./new.zip",
    "gait regress run --candidate refund-loop=./new.zip --accept refund-loop",
    "gait regress run --candidates runs --at-least 8/10",
    "gait regress run --github --sarif regress.sarif",
  ],
  async run({ flags, effects, version }) {
    const report = await runRegressions(runOptions(flags), effects, version);
    const { fixture_set, graders } = report.result;
    const json = { fixture_set, ...compact({ graders: graders.length }), ...encodeRun(report, flags.github) };
    return verdict(report.status === "pass", EXIT.regressFailed, json, describeRun(report, flags.github));
  },
});
