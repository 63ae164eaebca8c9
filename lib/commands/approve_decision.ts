import type { Effects } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { pathArgument } from "../formats/shell.ts";
import { findCheckpoint } from "../job/checkpoints.ts";
import { openDecisions } from "../job/decisions.ts";
import { historyEdited } from "../job/links.ts";
import { inspectJob } from "../job/read.ts";
import { decisionDigests } from "../job/signed_approval.ts";
import { checkHistory } from "../job/verify.ts";
import { encodeJobCheckpoint } from "../schema/job.ts";
import { confirm } from "./approve_preview.ts";
import { columns, type Line } from "./text.ts";

/** The decision of a job, as `gait approve --job` signs for it (docs/spec/job.md 5.4). */
export async function decisionToApprove(
  { job: id, root, checkpoint: wanted, yes }: {
    readonly job: string;
    readonly root: string;
    readonly checkpoint: string | undefined;
    readonly yes: boolean;
  },
  effects: Effects,
) {
  const inspected = await inspectJob(root, id, effects);
  const { state } = inspected;
  const [edited] = (await checkHistory(inspected)).findings;
  if (edited !== undefined) throw historyEdited(state.job_id, "approve a decision of", edited);
  const decision = wanted === undefined ? openDecisions(state)[0] : findCheckpoint(state, wanted);
  if (decision?.type !== "decision-needed") {
    throw invalidInput(
      `Cannot approve for job "${state.job_id}": ${decision ? "that is" : "it waits for"} no decision`,
      {
        detail: "checkpoint_no_decision",
      },
    );
  }
  const digests = await decisionDigests(state, decision);
  const name = pathArgument(state.job_id);
  const lines: Line[] = columns([
    ["job", state.job_id],
    ["decision", `${decision.checkpoint_id} of ${decision.created_at}`],
    ["asked by", decision.actor || state.identity || "nobody named"],
    ["question", decision.summary],
    ["needed", decision.required_action],
    ["digest", digests.intentDigest],
  ]);
  return {
    ...digests,
    lines: yes ? lines : [],
    json: { job_id: state.job_id, checkpoint: encodeJobCheckpoint(decision) },
    next: (token: string) =>
      `gait job approve --id ${name} --checkpoint ${decision.checkpoint_id} --approval-token ${
        pathArgument(token)
      } ` +
      "--approval-public-key <public.key>",
    confirm: (rows: readonly (readonly [string, string])[]) =>
      confirm([...lines, ...columns(rows)], yes, effects),
  };
}
