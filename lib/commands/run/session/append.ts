import { appendEvent } from "../../../session/append.ts";
import { SESSION_VERDICTS } from "../../../session/event.ts";
import { encodeSessionEvent } from "../../../schema/session_journal.ts";
import { choice, defineCommand, list, path, required, text } from "../../define.ts";
import { compact, success } from "../../outcome.ts";
import { keyValueLines, line, warningLines } from "../../text.ts";
import { journalFlag, onJournal, sessionNeeds } from "./report.ts";

/** `gait run session append` (docs/spec/sessions.md 4.2). */
export default defineCommand({
  explain: "Appends one decision to the journal of a session, durably, linked to all earlier ones.",
  flags: {
    journal: journalFlag,
    tool: required(text("name", "the tool of the call")),
    verdict: required(choice("verdict", "what was decided", SESSION_VERDICTS)),
    "intent-id": text("id", "the intent"),
    "trace-id": text("id", "the trace of the decision"),
    "trace-path": path("file", "path of the trace"),
    "intent-digest": text("digest", "digest of the intent"),
    "policy-digest": text("digest", "digest of the policy"),
    "reason-codes": list("list", "reason codes, separated by commas"),
    violations: list("list", "violations, comma-separated"),
  },
  needs: sessionNeeds,
  errorFields: { operation: "append" },
  examples: ["gait run session append --journal session.jsonl --tool files.read --verdict allow"],
  async run({ flags, effects, version }) {
    const { journal, tool, verdict } = flags;
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
          reasonCodes: flags["reason-codes"],
          violations: flags.violations,
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
