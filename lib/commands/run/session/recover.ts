import { recoverSession } from "../../../session/recover.ts";
import { encodeRecovery } from "../../../schema/session_journal.ts";
import { defineCommand } from "../../define.ts";
import { success } from "../../outcome.ts";
import { good, type Line, line, warn } from "../../text.ts";
import { journalFlag, onJournal, sessionNeeds } from "./report.ts";

/** `gait run session recover` (compatibility: in the existing program a torn journal is unusable). */
export default defineCommand({
  explain:
    "Cuts a journal at its last complete line after a crash, keeps the torn bytes in another file, and records that.",
  flags: { journal: journalFlag },
  needs: sessionNeeds,
  errorFields: { operation: "recover" },
  examples: ["gait run session recover --journal session.jsonl"],
  async run({ flags: { journal }, effects, version }) {
    return await onJournal("recover", journal, async (head) => {
      const { whole, recovery } = await recoverSession(journal, effects, version);
      if (whole) {
        return success({ ...head, recovered: false }, [
          line(good("journal is complete"), ": nothing was cut"),
        ]);
      }
      const { cut_bytes: cut, kept_as: keptAs, last_sequence: last, lost_sequences: lost } = recovery;
      const lines: Line[] = [line(`session recover: last_sequence=${last}`)];
      if (cut > 0) lines.push(line(warn(`${cut} torn bytes were cut off`), `, kept in ${keptAs}`));
      if (lost > 0) lines.push(line(warn(`${lost} earlier events are lost`)));
      return success({ ...head, recovered: true, recovery: encodeRecovery(recovery) }, lines);
    });
  },
});
