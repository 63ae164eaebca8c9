import { sessionStatus } from "../../../session/status.ts";
import { defineCommand } from "../../define.ts";
import { compact, success } from "../../outcome.ts";
import { line, warn, warningLines } from "../../text.ts";
import { encodeStatus, journalFlag, onJournal, sessionNeeds, statusLines } from "./report.ts";

/** `gait run session status` (docs/spec/sessions.md 4.3). */
export default defineCommand({
  explain: "Checks the whole journal of a session and shows its state.",
  flags: { journal: journalFlag },
  needs: sessionNeeds,
  errorFields: { operation: "status" },
  examples: ["gait run session status --journal session.jsonl --json"],
  async run({ flags: { journal }, effects, version }) {
    return await onJournal("status", journal, async (head) => {
      const { state, recoveries, warnings } = await sessionStatus(journal, effects, version);
      return success({ ...head, status: encodeStatus(state), ...compact({ recoveries, warnings }) }, [
        ...statusLines("status", state),
        ...recoveries === 0 ? [] : [line(warn(`its end was cut off ${recoveries} times after a crash`))],
        ...warningLines(warnings),
      ]);
    });
  },
});
