import { GaitError } from "../../errors/mod.ts";
import { followReceipt, initFixture } from "../../regress/mod.ts";
import { defineCommand } from "../define.ts";
import { failure, success } from "../outcome.ts";
import { nextLines } from "../text.ts";
import { initOptions, sourceFlags } from "./flags.ts";
import { describeInit, encodeInit } from "./report.ts";

const NEXT = ["gait regress run"];

/** `gait regress add` (docs/spec/regress.md 1.4). */
export default defineCommand({
  explain: "Adds a fixture like regress init, also from the receipt of gait capture.",
  flagsFirst: true,
  flags: sourceFlags,
  needs: { read: true, write: true },
  examples: ["gait regress add --from run_demo", "gait regress add --from gait-out/capture.json"],
  async run({ flags, effects }) {
    const source = flags.from.trim();
    try {
      const options = initOptions(flags);
      const followed = await followReceipt({ from: source, checkpoint: options.checkpoint }, effects);
      const { from, checkpoint, manifestDigest } = followed;
      const report = await initFixture(from, { ...options, checkpoint, manifestDigest }, effects);
      return success(
        { ...encodeInit(report), source, next_commands: NEXT },
        [...describeInit(report), ...nextLines(NEXT)],
      );
    } catch (error) {
      if (error instanceof GaitError) return failure(error, { source });
      throw error;
    }
  },
});
