import { readEvents, readValidEvents } from "../../doctor/adoption/read.ts";
import { adoptionReport } from "../../doctor/adoption/report.ts";
import { trim } from "../../formats/text.ts";
import { bool, defineCommand, path, required } from "../define.ts";
import { success } from "../outcome.ts";
import { line, warningLines } from "../text.ts";

/** `gait doctor adoption` (docs/spec/doctor.md section 3). */
export default defineCommand({
  explain: "Reports from an adoption log how far the adoption of Gait has got, and what comes next.",
  flags: {
    from: required(path("file", "the log that GAIT_ADOPTION_LOG named")),
    "skip-invalid": bool("leave out lines that are no events, and report how many"),
  },
  flagsFirst: true,
  needs: { read: true },
  examples: ["gait doctor adoption --from events.jsonl --json"],
  async run({ flags, effects, version }) {
    const source = trim(flags.from);
    const { events, skippedLines } = await Promise.resolve().then(() =>
      flags["skip-invalid"]
        ? readValidEvents(effects.files, source)
        : { events: readEvents(effects.files, source), skippedLines: [] }
    );
    const report = adoptionReport(events, { source, version, skippedLines });
    const blockers = report.blockers as string[] | undefined;
    return success({ report }, [
      line(
        `adoption: source=${source} total=${events.length} activation_complete=${report.activation_complete}`,
      ),
      ...(skippedLines.length === 0
        ? []
        : warningLines([`${skippedLines.length} lines are no events, first line ${skippedLines[0]}`])),
      ...(report.contradictory_events === undefined ? [] : warningLines([
        `${report.contradictory_events} events have an exit code that contradicts their success`,
      ])),
      ...(blockers === undefined ? [] : [line(`blockers: ${blockers.join("; ")}`)]),
    ]);
  },
});
