import type { JsonObject } from "../../formats/json/mod.ts";
import { trim } from "../../formats/text.ts";
import { readAdoptionLog } from "../../scout/adoption.ts";
import { reportAdoption } from "../../scout/adoption_report.ts";
import { defineCommand, required, text } from "../define.ts";
import { success } from "../outcome.ts";
import { columns, good, line } from "../text.ts";

/** `gait doctor adoption` (docs/spec/scout.md section 5). */
export default defineCommand({
  explain: "Tells from the local adoption log how far you got with Gait, and what comes next.",
  flags: { from: required(text("file", "the log that GAIT_ADOPTION_LOG named")) },
  needs: { read: true },
  examples: ["gait doctor adoption --from adoption.jsonl"],
  async run({ flags, effects, version }) {
    const path = trim(flags.from);
    // A log that is not there has no line, so it is looked for first.
    await effects.files.readPart(path, 0, 1);
    const report = reportAdoption([...readAdoptionLog(effects.files, path)], path, version);
    const milestones = report.milestones as JsonObject[];
    const blockers = (report.blockers ?? []) as string[];
    return success({ report }, [
      line(good("doctor adoption"), `: ${report.total_events} events, ${report.failed_events} failed`),
      ...columns(
        milestones.map(({ name, achieved }) => [String(name), achieved ? "reached" : "not yet"] as const),
      ),
      ...blockers.map((blocker) => line(`next: ${blocker}`)),
    ]);
  },
});
