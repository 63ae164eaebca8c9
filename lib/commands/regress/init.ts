import { initFixture } from "../../regress/mod.ts";
import { defineCommand } from "../define.ts";
import { success } from "../outcome.ts";
import { nextLines } from "../text.ts";
import { initOptions, sourceFlags } from "./flags.ts";
import { describeInit, encodeInit } from "./report.ts";

const NEXT = ["gait regress run", "gait regress run --candidate <run_id|path>"];

/** `gait regress init` (docs/spec/regress.md 1.3). */
export default defineCommand({
  explain: "Turns a recorded run into a fixture: later runs must behave like it.",
  flagsFirst: true,
  flags: sourceFlags,
  needs: { read: true, write: true },
  examples: [
    "gait regress init --from run_demo",
    "gait regress init --from ./incident.zip --name refund-loop",
  ],
  async run({ flags, effects }) {
    const report = await initFixture(flags.from, initOptions(flags), effects);
    return success(
      { ...encodeInit(report), next_commands: NEXT },
      [...describeInit(report), ...nextLines(NEXT)],
    );
  },
});
