import { startSession } from "../../../session/start.ts";
import { defineCommand, required, text } from "../../define.ts";
import { success } from "../../outcome.ts";
import { nextLines } from "../../text.ts";
import { encodeStatus, journalFlag, onJournal, sessionNeeds, statusLines } from "./report.ts";
import { pathArgument } from "../../../formats/shell.ts";

/** `gait run session start` (docs/spec/sessions.md 4.1). */
export default defineCommand({
  explain:
    "Starts the journal of a session, to which decisions are appended; a second start changes nothing.",
  flags: {
    journal: journalFlag,
    "session-id": required(text("id", "id of the session")),
    "run-id": required(text("id", "id of the run")),
  },
  needs: sessionNeeds,
  errorFields: { operation: "start" },
  examples: ["gait run session start --journal session.jsonl --session-id s1 --run-id run_a"],
  async run({ flags, effects, version }) {
    const { journal, "session-id": sessionId, "run-id": runId } = flags;
    return await onJournal("start", journal, async (head) => {
      const state = await startSession(journal, { sessionId, runId }, effects, version);
      return success({ ...head, status: encodeStatus(state) }, [
        ...statusLines("start", state),
        ...nextLines([
          `gait run session append --journal ${
            pathArgument(journal.trim())
          } --tool <name> --verdict <verdict>`,
        ]),
      ]);
    });
  },
});
