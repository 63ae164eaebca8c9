import { appendEvent } from "../../../session/append.ts";
import { sessionVerdict } from "../../../session/event.ts";
import { invalidInput } from "../../../errors/mod.ts";
import { encodeSessionEvent } from "../../../schema/session_journal.ts";
import { blankText, defineCommand } from "../../define.ts";
import { compact, success } from "../../outcome.ts";
import { keyValueLines, line, warningLines } from "../../text.ts";
import { journalFlag, onJournal, sessionNeeds } from "./report.ts";

/** `gait run session append` (docs/spec/sessions.md 4.2). */
export default defineCommand({
  explain: "Appends one decision to the journal of a session, durably, linked to all that stands before it.",
  flags: {
    journal: journalFlag,
    tool: blankText("name", "the tool that was asked for"),
    verdict: blankText("verdict", "what was decided", {
      choices: ["allow", "block", "dry_run", "require_approval"],
    }),
    "intent-id": blankText("id", "the intent"),
    "trace-id": blankText("id", "the trace of the decision"),
    "trace-path": blankText("file", "where the trace is"),
    "intent-digest": blankText("sha256", "digest of the intent"),
    "policy-digest": blankText("sha256", "digest of the policy"),
    "reason-codes": blankText("list", "reason codes, comma-separated"),
    violations: blankText("list", "violations, comma-separated"),
  },
  needs: sessionNeeds,
  errorFields: { operation: "append" },
  examples: ["gait run session append --journal session.jsonl --tool files.read --verdict allow"],
  async run({ flags, effects, version }) {
    const { journal, tool, verdict } = flags;
    if ([journal, tool, verdict].some((value) => value.trim() === "")) {
      throw invalidInput("Missing flag: --journal, --tool and --verdict are required");
    }
    sessionVerdict(verdict); // an error about it does not name the journal
    return await onJournal("append", journal, async (head) => {
      const { event, warnings } = await appendEvent(
        journal,
        {
          toolName: tool,
          verdict,
          intentId: flags["intent-id"],
          traceId: flags["trace-id"],
          tracePath: flags["trace-path"],
          intentDigest: flags["intent-digest"],
          policyDigest: flags["policy-digest"],
          reasonCodes: flags["reason-codes"].split(","),
          violations: flags.violations.split(","),
        },
        effects,
        version,
      );
      return success({ ...head, event: encodeSessionEvent(event), ...compact({ warnings }) }, [
        line(`session append: sequence=${event.sequence} verdict=${event.verdict} tool=${event.tool_name}`),
        ...keyValueLines({
          intent: event.intent_digest,
          reason_codes: event.reason_codes?.join(","),
          violations: event.violations?.join(","),
        }),
        ...warningLines(warnings),
      ]);
    });
  },
});
