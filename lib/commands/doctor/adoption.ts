import { readEvents } from "../../doctor/adoption/read.ts";
import { adoptionReport } from "../../doctor/adoption/report.ts";
import { trim } from "../../formats/text.ts";
import { defineCommand, path, required } from "../define.ts";
import { success } from "../outcome.ts";
import { line } from "../text.ts";

/** `gait doctor adoption` (docs/spec/doctor.md section 3). */
export default defineCommand({
  explain: "Reports from an adoption log how far the adoption of Gait has got, and what comes next.",
  flags: { from: required(path("file", "the log that GAIT_ADOPTION_LOG named")) },
  flagsFirst: true,
  needs: { read: true },
  examples: ["gait doctor adoption --from events.jsonl --json"],
  async run({ flags, effects, version }) {
    const source = trim(flags.from);
    const events = await Promise.resolve().then(() => readEvents(effects.files, source));
    const report = adoptionReport(events, { source, version });
    const blockers = report.blockers as string[] | undefined;
    return success({ report }, [
      line(
        `adoption: source=${source} total=${events.length} activation_complete=${report.activation_complete}`,
      ),
      ...(blockers === undefined ? [] : [line(`blockers: ${blockers.join("; ")}`)]),
    ]);
  },
});
