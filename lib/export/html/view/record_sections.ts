import { isJsonObject, type JsonObject, type JsonValue, readJsonLines } from "../../../formats/json/mod.ts";
import type { ZipArchive } from "../../../formats/zip/mod.ts";
import { CALL_ENTRY } from "../../../schema/voice/layout.ts";
import { CALL_LIST_LIMITS, readDocument } from "../../../formats/zip/documents.ts";
import { readAuthorizationView } from "../../../pack/contracts/authorization.ts";
import { readCallPayload } from "../../../pack/contracts/call.ts";
import { readJobEvents, readJobState } from "../../../pack/contracts/job.ts";
import {
  type Fact,
  facts,
  json,
  type RecordView,
  type Section,
  type Step,
  tagOf,
  timeText,
  word,
} from "./step.ts";

/** A job: its status, its events, and its requests for approval. */
export async function viewJob(archive: ZipArchive): Promise<RecordView> {
  const state = await readJobState(archive);
  const events = await Array.fromAsync(readJobEvents(archive));
  return {
    facts: facts(
      ["Job", state.job_id],
      ["Status", state.status],
      ["Stop reason", state.stop_reason],
      ["Reason code", state.status_reason_code],
      ["Revision", String(state.revision)],
      ["Identity", state.identity],
      ["Policy", state.policy_digest],
      ["Environment", state.environment_fingerprint],
    ),
    sections: [
      {
        title: "Timeline",
        steps: events.map(({ created_at, type, actor, reason_code, revision, payload }) => ({
          time: timeText(created_at),
          kind: "event",
          title: type,
          ...tagOf(reason_code),
          facts: facts(["Actor", actor], ["Revision", String(revision)], ["Payload", json(payload)]),
        })),
      },
      {
        title: "Checkpoints",
        steps: state.checkpoints.map((one) => ({
          time: timeText(one.created_at),
          kind: "checkpoint",
          title: one.summary || one.checkpoint_id,
          ...tagOf(one.type),
          facts: facts(
            ["Checkpoint", one.checkpoint_id],
            ["Required action", one.required_action],
            ["Reason code", one.reason_code],
            ["Actor", one.actor],
          ),
        })),
      },
      {
        title: "Approvals",
        steps: state.approvals.map(({ created_at, actor, reason }) => ({
          time: timeText(created_at),
          kind: "approval",
          title: actor,
          facts: facts(["Reason", reason]),
        })),
      },
    ],
  };
}

/** The lists of a call pack, in display order. */
const CALL_LISTS = [
  ["Timeline", "event", CALL_ENTRY.events],
  ["Verdicts of the gate", "decision", CALL_ENTRY.decisions],
  ["Commitments", "commitment", CALL_ENTRY.commitments],
  ["What was spoken", "speech", CALL_ENTRY.receipts],
] as const;

/** A call: its events and the decisions of the gate. */
export async function viewCall(archive: ZipArchive): Promise<RecordView> {
  const payload = await readCallPayload(archive);
  const sections: Section[] = [];
  for (const [title, kind, entry] of CALL_LISTS) {
    const lines = [
      ...readJsonLines(await readDocument(archive, entry, CALL_LIST_LIMITS), entry, { duplicates: "refuse" }),
    ];
    sections.push({ title, steps: lines.map(({ value }) => recordStep(kind, value)) });
  }
  return {
    facts: facts(
      ["Call", payload.call_id],
      ["Run", payload.run_id],
      ["Privacy mode", payload.privacy_mode],
      ["Environment", payload.environment_fingerprint],
    ),
    sections,
  };
}

/** An authorization: its decision and linked evidence. */
export async function viewAuthorization(archive: ZipArchive): Promise<RecordView> {
  const { authorization_bundle: bundle } = await readAuthorizationView(archive);
  const members = isJsonObject(bundle) ? bundle : {};
  const tag = tagOf(word(members.outcome_status));
  return {
    facts: facts(
      ["Trace", word(members.trace_id)],
      ["Intent", word(members.intent_digest)],
      ["Policy", word(members.policy_digest)],
    ),
    sections: [{
      title: "Timeline",
      steps: [{ ...recordStep("authorization", members), title: word(members.trace_id), ...tag }],
    }],
  };
}

/** Any record: time and kind come first, all other members follow unchanged. */
function recordStep(kind: string, value: JsonValue): Step {
  const members: JsonObject = isJsonObject(value) ? value : { value };
  const { created_at, emitted_at, event_type, commitment_class, verdict, ...rest } = members;
  return {
    time: word(created_at) || word(emitted_at),
    kind,
    title: word(event_type) || word(commitment_class) || kind,
    ...tagOf(word(verdict)),
    facts: facts(
      ...(word(event_type) === "" ? [] : [["commitment_class", word(commitment_class)] as const]),
      ...Object.entries(rest).filter(([name]) => !name.startsWith("schema_"))
        .map(([name, member]): Fact => [name, typeof member === "string" ? member : json(member)]),
    ),
  };
}
