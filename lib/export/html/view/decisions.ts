import type { ZipArchive } from "../../../formats/zip/mod.ts";
import { type DecisionRow, type Done, readDecisions } from "../../../pack/authorized/story.ts";
import { readIndex } from "../../../pack/authorized/held.ts";
import { facts, type RecordView, type Step, tagOf, timeText } from "./step.ts";

const DONE: Readonly<Record<Done, string>> = {
  executed: "executed",
  not_executed: "not executed",
  unknown: "allowed; nobody reported what became of it",
};

/** The decisions about a run: what was asked, decided, approved and done. */
export async function viewDecisions(archive: ZipArchive): Promise<RecordView> {
  const index = await readIndex(archive);
  const rows = await readDecisions(archive);
  return {
    facts: facts(
      ["Session", index.session_id],
      ...index.policies.map(({ policy_digest, path }) =>
        ["Policy", path === "" ? `${policy_digest} (not in the pack)` : `${policy_digest} (${path})`] as const
      ),
    ),
    sections: [{ title: "Decisions of the gate", steps: rows.map(decisionStep) }],
  };
}

function decisionStep(row: DecisionRow): Step {
  return {
    time: timeText(row.decidedAt),
    kind: "decision",
    title: row.toolName,
    ...tagOf(row.verdict),
    facts: facts(
      [
        "Asked",
        row.intentId === undefined ? `${row.toolName}, not in the run` : `${row.toolName}, ${row.intentId}`,
      ],
      ["Decided", row.verdict],
      ["Violations", row.violations.join(", ")],
      [
        "Approved by",
        row.approvedBy.map(({ approver, reasonCode }) => `${approver} (${reasonCode})`).join(", "),
      ],
      ["Delegated by", row.delegatedBy.join(", ")],
      ["Credential", row.credential ? `${row.credential.ref} (${row.credential.broker})` : ""],
      ["Done", row.status === "" ? DONE[row.done] : `${DONE[row.done]}, status ${row.status}`],
      ["Trace", row.traceId],
      ["Policy", row.policyDigest],
    ),
  };
}
