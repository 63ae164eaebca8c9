import { compactSession } from "../../../session/compact.ts";
import { bool, defineCommand, path } from "../../define.ts";
import { compact, success } from "../../outcome.ts";
import { line, warningLines } from "../../text.ts";
import { journalFlag, onJournal, sessionNeeds } from "./report.ts";

/** `gait run session compact` (docs/spec/sessions.md 4.6). */
export default defineCommand({
  explain: "Removes sealed decisions from the journal; the runpacks of its checkpoints keep them.",
  flags: {
    journal: journalFlag,
    out: path("file", "where the shorter journal goes (default: in place)"),
    "dry-run": bool("report what would be done, and change nothing"),
  },
  needs: sessionNeeds,
  errorFields: { operation: "compact" },
  examples: ["gait run session compact --journal session.jsonl --dry-run"],
  async run({ flags, effects, version }) {
    const { journal, out, "dry-run": dryRun } = flags;
    return await onJournal("compact", journal, async (head) => {
      const done = await compactSession(journal, { out, dryRun }, effects, version);
      const compaction = {
        journal_path: done.journalPath,
        output_path: done.outputPath,
        dry_run: done.dryRun,
        compacted: done.compacted,
        events_before: done.eventsBefore,
        events_after: done.eventsAfter,
        checkpoints: done.checkpoints,
        last_checkpoint_sequence: done.lastCheckpointSequence,
        bytes_before: done.bytesBefore,
        bytes_after: done.bytesAfter,
      };
      const did = !done.compacted ? "nothing to do" : dryRun ? "would be compacted" : "compacted";
      return success({ ...head, compaction, ...compact({ warnings: done.warnings }) }, [
        line(`session compact: ${did}`),
        line(
          `events=${done.eventsBefore}->${done.eventsAfter} bytes=${done.bytesBefore}->${done.bytesAfter} ` +
            `checkpoints=${done.checkpoints}`,
        ),
        ...warningLines(done.warnings),
      ]);
    });
  },
});
